"""The queries of master_data."""
