"""The queries of inventory.

`locked` is what operations load before they decide; `stock` and `documents` are what lists and documents
show.
"""
