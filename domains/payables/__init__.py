"""What suppliers bill us: their invoices, matched with what was ordered and what has come."""
