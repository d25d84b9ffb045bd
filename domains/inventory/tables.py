"""The tables of inventory."""
