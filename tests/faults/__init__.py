"""Fault runs: processes are killed, and afterwards everything has happened once."""
