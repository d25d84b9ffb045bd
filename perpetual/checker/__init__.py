"""The separate checker: whether the books, the goods, the orders and their processes agree.

It shares no code with the application, so that a mistake there cannot hide itself here: it knows the tables
only. Each invariant is one file of SQL below `invariants/`, named for what it says; its first line is the
sentence, and its rows are what breaks it: company, document, and the figures that differ.
"""
