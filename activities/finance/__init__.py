"""What finance can do, one module per document."""
