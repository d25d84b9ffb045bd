"""What replenishment can do."""
