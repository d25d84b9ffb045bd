"""What is read of finance, one module per document."""
