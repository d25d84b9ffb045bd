"""`perpetual explain`: the whole story of an order on one screen, across domains, from the database alone."""
