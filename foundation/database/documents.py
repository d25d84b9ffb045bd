"""A document is written as a whole: its head, its lines, and whatever else it consists of.

    number = tx.closing.number("INV", books.fiscal_year)
    write_document(tx, {Invoice: head | {"number": number}, InvoiceLine: lines, InvoiceTax: taxes})

The rows are checked now and written by the operation's closing statement (see `closing`), beside
all else that it writes. A column that is left out takes its default from the database; one that its table
does not have raises TypeError.
"""

from collections.abc import Mapping
from typing import TypeAlias

from foundation.database.closing import Rows
from foundation.database.connections import Table, rows_of
from foundation.database.transaction import Transaction

Document: TypeAlias = Mapping[type[Table], Rows]
"""The rows of each table: one, or a list in which all have the same columns. An empty list writes nothing."""


def write_document(tx: Transaction, document: Document) -> None:
    """Collect all rows of a document. Raises TypeError, see above."""
    for entity, rows in document.items():
        tx.closing.add(rows_of(entity), rows)
