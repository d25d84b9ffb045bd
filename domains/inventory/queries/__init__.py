"""The queries of inventory.

`locked` is what operations load before they decide; `stock` and `documents` are what lists and documents
show; `agreement` tells whether everything kept is what the moves add up to.
"""
