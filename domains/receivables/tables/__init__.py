"""The tables of receivables, one module per document."""
