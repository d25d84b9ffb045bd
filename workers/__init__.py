"""The machinery that runs processes and operations."""
