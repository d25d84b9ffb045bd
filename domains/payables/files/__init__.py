"""Invoices of suppliers as files: which formats are read, and what they say by EN 16931."""
