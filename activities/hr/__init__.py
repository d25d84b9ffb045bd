"""What hr can do."""
