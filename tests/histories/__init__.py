"""Histories of every process, recorded once and replayed by every later version."""
