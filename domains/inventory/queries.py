"""The queries of inventory."""
