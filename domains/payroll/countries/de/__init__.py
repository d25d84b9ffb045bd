"""What German law makes of pay."""
