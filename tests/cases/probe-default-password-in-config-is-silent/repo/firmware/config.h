#pragma once
/* #define OLD_DEFAULT_PASSWORD "admin" */
#ifdef UNIT_TEST
#define WEB_DEFAULT_PASSWORD "admin"
#endif
#define WEB_DEFAULT_PASSWORD ""
#define DEFAULT_PASSWORD_PROMPT "Password:"
