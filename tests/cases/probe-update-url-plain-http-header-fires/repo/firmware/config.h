#pragma once
#define FIRMWARE_UPDATE_URL "http://updates.ledger.io/fw.bin" // current
