module ledger.example/server
