"""The schema that the tables of receivables stand in."""

SCHEMA = {"schema": "receivables"}
