"""Goods of the order that came and were written off, as never billed. No Temporal here."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from domains.payables.messages.goods_write_offs import GoodsWriteOffNews
from domains.procurement.messages import PurchaseLine
from foundation.values.money import UNIT_COST


@dataclass
class GoodsNeverBilled:
    """The number of a write-off, and what it has written off by line of the order, in its unit."""

    number: str
    lines: dict[int, Decimal]

    @classmethod
    def of(cls, news: GoodsWriteOffNews, ordered: Iterable[PurchaseLine]) -> Self:
        """By the conversion that was agreed, six decimals."""
        by_number = {line.line_number: line for line in ordered}
        lines = {}
        for number, quantity in news.lines.items():
            line = by_number[number]
            lines[number] = (quantity * line.quantity / line.stock_quantity).quantize(UNIT_COST)
        return cls(news.write_off_number, lines)
