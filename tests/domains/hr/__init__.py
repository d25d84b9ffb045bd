"""The rules of hr."""
