module ledger.example/own

go 1.22

require example.invalid/a v1.2.3
