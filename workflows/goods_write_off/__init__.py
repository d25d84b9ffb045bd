"""Goods write-off: goods that are never billed, or never credited. The procedure is in `process`."""

from workflows.goods_write_off.process import WriteOffOfGoods

__all__ = ["WriteOffOfGoods"]
