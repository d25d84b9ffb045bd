"""What is read of banking."""
