"""The tables of inventory: the ledger of goods, what is kept beside it, and the documents behind the moves.

Quantities are in the items' stock units, values in the company's currency.
"""

from domains.inventory.tables.corrections import (
    PriceCorrection,
    PriceCorrectionLine,
    Scrapping,
    ScrappingLine,
    StockCount,
    StockCountLine,
    StockTransfer,
    StockTransferLine,
    TransferReceipt,
    TransferReceiptLine,
    WriteDown,
)
from domains.inventory.tables.documents import (
    GoodsReturn,
    GoodsReturnLine,
    Revaluation,
    Shipment,
    ShipmentLine,
    StockReceipt,
    StockReceiptLine,
    VendorReturn,
    VendorReturnLine,
)
from domains.inventory.tables.goods import (
    CostLayer,
    ItemValuation,
    Reservation,
    Stock,
    StockMove,
)
from domains.inventory.tables.landed_costs import LandedCost, LandedCostLine

__all__ = [
    "CostLayer",
    "GoodsReturn",
    "GoodsReturnLine",
    "ItemValuation",
    "LandedCost",
    "LandedCostLine",
    "PriceCorrection",
    "PriceCorrectionLine",
    "Reservation",
    "Revaluation",
    "Scrapping",
    "ScrappingLine",
    "Shipment",
    "ShipmentLine",
    "Stock",
    "StockCount",
    "StockCountLine",
    "StockMove",
    "StockReceipt",
    "StockReceiptLine",
    "StockTransfer",
    "StockTransferLine",
    "TransferReceipt",
    "TransferReceiptLine",
    "VendorReturn",
    "VendorReturnLine",
    "WriteDown",
]
