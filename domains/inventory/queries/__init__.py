"""The queries of inventory: what operations load under a lock, and what lists and documents show."""
