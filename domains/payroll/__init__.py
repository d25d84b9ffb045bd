"""Gross to net: what people earn, what is withheld and paid for them, and why."""
