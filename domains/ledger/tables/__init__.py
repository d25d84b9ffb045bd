"""The tables of the ledger, one module per document."""
