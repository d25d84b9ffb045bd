"""What is read of the ledger, one module per document."""
