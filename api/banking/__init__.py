"""Routes of banking: our bank accounts, and their statements."""
