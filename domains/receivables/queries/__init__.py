"""What is read of receivables, one module per document."""
