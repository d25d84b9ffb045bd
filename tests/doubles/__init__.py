"""Servers of the outside world for tests: they do what they are asked, and fail as they are told."""
