"""Servers of the outside world as a test needs them: they do what is asked of them, and fail as they are told."""
