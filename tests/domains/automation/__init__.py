"""The rules of automation."""
