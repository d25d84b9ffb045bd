"""The rules of payables: pure functions on values, one module per question."""
