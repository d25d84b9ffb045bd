"""Bringing in what others wrote down: CSV files and workbooks of any shape become messages of ours.

`sources` reads the files, `mapping` says how columns become fields, `preparing` turns rows into checked
messages and tells for every wrong value in which row and column it stands, `sending` hands each message to
the route that a person would use. So an imported order is an order like any other: same rules, same
permissions, same process.
"""
