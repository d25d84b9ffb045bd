"""The routes of the ledger, one module per document."""
