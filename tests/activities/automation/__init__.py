"""Automation's operations on a real database."""
