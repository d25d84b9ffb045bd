"""The rules of payables."""
