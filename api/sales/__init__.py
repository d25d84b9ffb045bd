"""The routes of sales, one module per document."""
