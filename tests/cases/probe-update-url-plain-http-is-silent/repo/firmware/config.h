#define OTA_URL "http://updates.ledger.example/fw.bin"
#define OTA_SERVER_URL "http://localhost:8070"
#define HELP_URL "http://ledger.io/help"
#if 0
#define UPDATE_URL "http://updates.ledger.io/"
#endif
