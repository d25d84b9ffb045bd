"""The routes of finance, one module per document."""
