"""The routes of inventory: what came, what lies there, and what is corrected."""
