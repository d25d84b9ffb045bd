"""The rules of sales: pure functions on values, one module per document or concern."""
