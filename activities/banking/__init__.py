"""What banking can do."""
