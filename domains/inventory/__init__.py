"""Inventory owns the goods: what is on hand where, what is set aside for whom, every move, and what it is
worth.

The ledger of goods is the list of moves: it is only added to. On hand and reserved are kept beside it per
item and warehouse, because a reservation must decide under a lock. Values are in the company's currency.
"""
