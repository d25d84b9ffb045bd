"""The tables of finance, one module per document."""
