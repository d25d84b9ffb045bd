"""The stock is corrected: counted, scrapped, moved, written down, priced anew; and each is taken back."""

from inspect import Parameter, Signature
from typing import Any
from uuid import UUID

from fastapi import Response

from activities import inventory
from api.door import Asked, AskedRequest, Router, allows
from api.inventory.stock import receipts, reversal
from api.lists import add_list
from domains.inventory import messages
from domains.inventory.messages import ReverseStockCorrection, StockCorrectionType
from domains.inventory.queries import corrections as queries
from domains.inventory.queries.corrections import View
from domains.ledger.messages import DocumentReversed, ReversalAsked
from foundation.database.connections import rows_of
from foundation.database.document_types import DOCUMENT_TYPES
from foundation.operations.operation import Answer, Ask, Operation

counts = Router(prefix="/v1/stock-counts", tags=["Inventory"])
scrappings = Router(prefix="/v1/scrappings", tags=["Inventory"])
transfers = Router(prefix="/v1/stock-transfers", tags=["Inventory"])
transfer_receipts = Router(prefix="/v1/transfer-receipts", tags=["Inventory"])
write_downs = Router(prefix="/v1/write-downs", tags=["Inventory"])
price_corrections = Router(prefix="/v1/price-corrections", tags=["Inventory"])


@counts.post("", status_code=201, dependencies=[allows("inventory.count.post")])
async def count(told: messages.CountAsked, asked: Asked, response: Response) -> queries.StockCountView:
    """Take over what was counted in a warehouse: differences to the books of that day are posted."""
    count_id = asked.new_id("stock-count")
    on = told.counted_on or asked.today
    command = messages.CountStock(**{**dict(told), "count_id": count_id, "counted_on": on})
    return await _written(asked, response, inventory.count_stock, command, queries.STOCK_COUNTS, count_id)


@scrappings.post("", status_code=201, dependencies=[allows("inventory.scrapping.post")])
async def scrap(told: messages.ScrapAsked, asked: Asked, response: Response) -> queries.ScrappingView:
    """Take goods off the shelf that are worth nothing any more; what they cost is a loss."""
    scrapping_id = asked.new_id("scrapping")
    on = told.scrapped_on or asked.today
    command = messages.ScrapGoods(**{**dict(told), "scrapping_id": scrapping_id, "scrapped_on": on})
    return await _written(asked, response, inventory.scrap_goods, command, queries.SCRAPPINGS, scrapping_id)


@transfers.post("", status_code=201, dependencies=[allows("inventory.transfer.post")])
async def transfer(
    told: messages.TransferAsked, asked: Asked, response: Response
) -> queries.StockTransferView:
    """Move goods to another warehouse, at once or with a time in transit."""
    transfer_id = asked.new_id("stock-transfer")
    on = told.transferred_on or asked.today
    command = messages.TransferStock(**{**dict(told), "transfer_id": transfer_id, "transferred_on": on})
    return await _written(
        asked, response, inventory.transfer_stock, command, queries.STOCK_TRANSFERS, transfer_id
    )


@transfers.post(
    "/{transfer_id}/receipts", status_code=201, dependencies=[allows("inventory.transfer.receive")]
)
async def receive_transfer(
    transfer_id: UUID, arrived: messages.TransferReceiptAsked, asked: Asked, response: Response
) -> queries.TransferReceiptView:
    """Take in what is on its way: all of it, or the lines named."""
    receipt_id = asked.new_id("transfer-receipt", of=transfer_id)
    command = messages.ReceiveTransfer(
        **{
            **dict(arrived),
            "transfer_receipt_id": receipt_id,
            "transfer_id": transfer_id,
            "received_on": arrived.received_on or asked.today,
        }
    )
    return await _written(
        asked, response, inventory.receive_transfer, command, queries.TRANSFER_RECEIPTS, receipt_id
    )


@write_downs.post("", status_code=201, dependencies=[allows("ledger.stock.write_down")])
async def write_down(
    told: messages.WriteDownAsked, asked: Asked, response: Response
) -> queries.WriteDownView:
    """Carry an item at what can be got for it, or write it up again, at most to what it cost."""
    write_down_id = asked.new_id("write-down")
    on = told.written_on or asked.today
    command = messages.WriteDownItem(**{**dict(told), "write_down_id": write_down_id, "written_on": on})
    return await _written(
        asked, response, inventory.write_down_item, command, queries.WRITE_DOWNS, write_down_id
    )


@receipts.post(
    "/{receipt_id}/price-corrections", status_code=201, dependencies=[allows("ledger.stock.correct_price")]
)
async def correct_price(
    receipt_id: UUID, prices: messages.PriceCorrectionAsked, asked: Asked, response: Response
) -> queries.PriceCorrectionView:
    """Give lines of a receipt the cost that they really had: stock and cost of goods sold follow."""
    correction_id = asked.new_id("price-correction", of=receipt_id)
    command = messages.CorrectPrice(
        **{
            **dict(prices),
            "correction_id": correction_id,
            "receipt_id": receipt_id,
            "corrected_on": prices.corrected_on or asked.today,
        }
    )
    return await _written(
        asked, response, inventory.correct_price, command, queries.PRICE_CORRECTIONS, correction_id
    )


async def _written(
    asked: AskedRequest,
    response: Response,
    operation: Operation[Ask, Answer],
    command: Ask,
    document: queries.StockDocument[View],
    document_id: UUID,
) -> View:
    """Write the document, say where it is, and show it."""
    await asked.run(operation, command)
    kind = DOCUMENT_TYPES[rows_of(document.table).name]
    response.headers["Location"] = kind.location(document_id)
    async with asked.read() as tx:
        return await document.read(tx, document_id)


def _add_the_rest(
    router: Router,
    kind: StockCorrectionType,
    document: queries.StockDocument[Any],
    *,
    read: str,
    reverse: str,
) -> None:
    """What each of them has besides: its list, one document by its id, and its reversal.

    `read` and `reverse` are the permissions.
    """
    # What FastAPI reads instead of the arguments: the id has another name in each path.
    own_id = Parameter(document.id_name, Parameter.KEYWORD_ONLY, annotation=UUID)
    asks = Parameter("asked", Parameter.KEYWORD_ONLY, annotation=Asked)
    tells = Parameter("why", Parameter.KEYWORD_ONLY, annotation=ReversalAsked)

    async def one(asked: AskedRequest, **path: UUID) -> Any:
        """One document, as it was written."""
        async with asked.read() as tx:
            return await document.read(tx, path[document.id_name])

    async def take_back(asked: AskedRequest, why: ReversalAsked, **path: UUID) -> DocumentReversed:
        """Take it back: goods, what they are worth, and its entry."""
        document_id = path[document.id_name]
        asked_with = await reversal(asked, kind, document_id, why)
        command = ReverseStockCorrection(document_type=kind, document_id=document_id, **asked_with)
        return await asked.run(inventory.reverse_correction, command)

    vars(one)["__signature__"] = Signature([own_id, asks], return_annotation=document.view)
    vars(take_back)["__signature__"] = Signature([own_id, tells, asks], return_annotation=DocumentReversed)
    one.__name__, take_back.__name__ = f"one_{kind}", f"reverse_{kind}"
    add_list(router, document.listing, allows(read))
    path = f"/{{{document.id_name}}}"
    router.get(path, dependencies=[allows(read)])(one)
    router.post(f"{path}/reversal", status_code=201, dependencies=[allows(reverse)])(take_back)


_add_the_rest(
    counts,
    StockCorrectionType.STOCK_COUNT,
    queries.STOCK_COUNTS,
    read="inventory.count.read",
    reverse="inventory.count.reverse",
)
_add_the_rest(
    scrappings,
    StockCorrectionType.SCRAPPING,
    queries.SCRAPPINGS,
    read="inventory.scrapping.read",
    reverse="inventory.scrapping.reverse",
)
_add_the_rest(
    transfers,
    StockCorrectionType.STOCK_TRANSFER,
    queries.STOCK_TRANSFERS,
    read="inventory.transfer.read",
    reverse="inventory.transfer.reverse",
)
_add_the_rest(
    transfer_receipts,
    StockCorrectionType.TRANSFER_RECEIPT,
    queries.TRANSFER_RECEIPTS,
    read="inventory.transfer.read",
    reverse="inventory.transfer.reverse",
)
_add_the_rest(
    write_downs,
    StockCorrectionType.WRITE_DOWN,
    queries.WRITE_DOWNS,
    read="inventory.valuation.read",
    reverse="ledger.stock.write_down",
)
_add_the_rest(
    price_corrections,
    StockCorrectionType.PRICE_CORRECTION,
    queries.PRICE_CORRECTIONS,
    read="inventory.valuation.read",
    reverse="ledger.stock.correct_price",
)
