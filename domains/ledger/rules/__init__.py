"""The rules of the ledger: pure functions on values, one module per document."""
