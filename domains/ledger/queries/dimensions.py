"""Values of dimensions that journal lines may name."""

from collections.abc import Iterable

from sqlalchemy import ARRAY, Text, any_, bindparam, select

from domains.ledger.tables.accounts import DimensionValue
from foundation.database.transaction import Transaction

_IN_USE = select(DimensionValue.dimension, DimensionValue.code).where(
    DimensionValue.code == any_(bindparam("codes", type_=ARRAY(Text))), ~DimensionValue.blocked
)


async def dimensions_in_use(tx: Transaction, codes: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Dimension and code of all values that have one of the codes and are not blocked."""
    rows = await tx.execute(_IN_USE, {"codes": sorted(set(codes))})
    return frozenset((row.dimension, row.code) for row in rows)
