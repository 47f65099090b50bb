#pragma once
#define WEB_DEFAULT_PASSWORD "admin"
