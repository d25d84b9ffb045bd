"""The queries of finance."""
