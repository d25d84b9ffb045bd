"""Master data: what all domains refer to by code — companies, customers, items, warehouses, prices, taxes,
terms.

It is reference data: everyone may read it. Codes are chosen by people, unique in their company, and never
change. The rules that go with it live here as well, because sales and finance must come to the same figure:
prices, taxes, payment terms and units.
"""
