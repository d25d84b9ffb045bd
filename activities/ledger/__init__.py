"""What the ledger can do, one module per document."""
