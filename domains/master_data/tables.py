"""The tables of master_data."""
