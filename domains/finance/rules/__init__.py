"""The rules of finance: pure functions on values, one module per document."""
