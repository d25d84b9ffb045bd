"""The tables of finance."""
