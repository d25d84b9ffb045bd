"""What we ask suppliers for: purchase orders, at which price, and how far they have come."""
