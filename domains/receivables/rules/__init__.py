"""The rules of receivables: pure functions on values, one module per document."""
