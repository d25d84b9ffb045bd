"""What payables can do."""
