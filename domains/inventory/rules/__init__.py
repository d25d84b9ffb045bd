"""The rules of inventory: what may be set aside and issued, and what goods are worth."""
