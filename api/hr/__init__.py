"""The routes of hr."""
