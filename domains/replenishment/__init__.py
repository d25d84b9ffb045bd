"""Replenishment asks for what runs short: reorder rules, shortages, and what was asked for because of them.

It stands above the business domains: it reads what lies, what comes and what waits by their queries, and asks
procurement for what is missing.
"""
