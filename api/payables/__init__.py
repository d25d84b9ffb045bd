"""Routes of payables."""
