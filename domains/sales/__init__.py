"""Sales owns the order: what the customer asked for, at what price, and how far we have come with it.

It knows nothing of stock and nothing of the ledger: what was set aside, shipped, billed and paid is told to
it by the process, which is where the domains meet.
"""
