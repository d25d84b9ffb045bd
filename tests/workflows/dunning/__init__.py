"""Dunning, on a clock of its own."""
