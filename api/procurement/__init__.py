"""The routes of procurement."""
