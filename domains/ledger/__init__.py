"""The ledger owns the books: accounts, periods, journal entries, open items, and what settles them.

Every business domain posts to it. The journal is only added to; every other figure (a balance, what a
customer owes, a statement) is a sum of its lines. A correction is a new entry in an open period.
"""
