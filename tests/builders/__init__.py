"""Builders: what a test needs, with everything it does not care about filled in."""
