"""Finance owns the books: accounts, periods, journal entries, invoices, open items, payments, credit.

The journal is only added to. Every other figure — a balance, an aged receivable, a statement — is a sum of
its lines. A correction is a new entry in an open period.
"""
