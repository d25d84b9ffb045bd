"""What receivables can do, one module per document."""
