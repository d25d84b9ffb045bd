"""The routes of receivables, one module per document."""
