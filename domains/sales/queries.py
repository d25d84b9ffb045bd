"""The queries of sales."""
