"""The stock is corrected: counted, scrapped, moved, written down, priced anew; and each is taken back."""

from uuid import UUID

from fastapi import Response

from activities import inventory
from api.door import Asked, AskedRequest, Router, allows
from api.inventory.stock import receipts
from api.lists import add_list
from domains.inventory import messages
from domains.inventory.messages import ReverseStockCorrection, StockCorrectionType
from domains.inventory.queries import corrections as queries
from domains.ledger.messages import DocumentReversed, ReversalAsked

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
    await asked.run(inventory.count_stock, command)
    response.headers["Location"] = f"/v1/stock-counts/{count_id}"
    async with asked.read() as tx:
        return await queries.stock_count(tx, count_id)


add_list(counts, queries.STOCK_COUNTS, allows("inventory.count.read"))


@counts.get("/{count_id}", dependencies=[allows("inventory.count.read")])
async def one_stock_count(count_id: UUID, asked: Asked) -> queries.StockCountView:
    """One document, as it was written."""
    async with asked.read() as tx:
        return await queries.stock_count(tx, count_id)


@counts.post("/{count_id}/reversal", status_code=201, dependencies=[allows("inventory.count.reverse")])
async def reverse_stock_count(count_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take it back: goods, what they are worth, and its entry."""
    return await _reverse(asked, StockCorrectionType.STOCK_COUNT, count_id, why)


@scrappings.post("", status_code=201, dependencies=[allows("inventory.scrapping.post")])
async def scrap(told: messages.ScrapAsked, asked: Asked, response: Response) -> queries.ScrappingView:
    """Take goods off the shelf that are worth nothing any more; what they cost is a loss."""
    scrapping_id = asked.new_id("scrapping")
    on = told.scrapped_on or asked.today
    command = messages.ScrapGoods(**{**dict(told), "scrapping_id": scrapping_id, "scrapped_on": on})
    await asked.run(inventory.scrap_goods, command)
    response.headers["Location"] = f"/v1/scrappings/{scrapping_id}"
    async with asked.read() as tx:
        return await queries.scrapping(tx, scrapping_id)


add_list(scrappings, queries.SCRAPPINGS, allows("inventory.scrapping.read"))


@scrappings.get("/{scrapping_id}", dependencies=[allows("inventory.scrapping.read")])
async def one_scrapping(scrapping_id: UUID, asked: Asked) -> queries.ScrappingView:
    """One document, as it was written."""
    async with asked.read() as tx:
        return await queries.scrapping(tx, scrapping_id)


@scrappings.post(
    "/{scrapping_id}/reversal", status_code=201, dependencies=[allows("inventory.scrapping.reverse")]
)
async def reverse_scrapping(scrapping_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take it back: goods, what they are worth, and its entry."""
    return await _reverse(asked, StockCorrectionType.SCRAPPING, scrapping_id, why)


@transfers.post("", status_code=201, dependencies=[allows("inventory.transfer.post")])
async def transfer(
    told: messages.TransferAsked, asked: Asked, response: Response
) -> queries.StockTransferView:
    """Move goods to another warehouse, at once or with a time in transit."""
    transfer_id = asked.new_id("stock-transfer")
    on = told.transferred_on or asked.today
    command = messages.TransferStock(**{**dict(told), "transfer_id": transfer_id, "transferred_on": on})
    await asked.run(inventory.transfer_stock, command)
    response.headers["Location"] = f"/v1/stock-transfers/{transfer_id}"
    async with asked.read() as tx:
        return await queries.stock_transfer(tx, transfer_id)


add_list(transfers, queries.STOCK_TRANSFERS, allows("inventory.transfer.read"))


@transfers.get("/{transfer_id}", dependencies=[allows("inventory.transfer.read")])
async def one_stock_transfer(transfer_id: UUID, asked: Asked) -> queries.StockTransferView:
    """One document, as it was written."""
    async with asked.read() as tx:
        return await queries.stock_transfer(tx, transfer_id)


@transfers.post(
    "/{transfer_id}/reversal", status_code=201, dependencies=[allows("inventory.transfer.reverse")]
)
async def reverse_stock_transfer(transfer_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take it back: goods, what they are worth, and its entry."""
    return await _reverse(asked, StockCorrectionType.STOCK_TRANSFER, transfer_id, why)


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
    await asked.run(inventory.receive_transfer, command)
    response.headers["Location"] = f"/v1/transfer-receipts/{receipt_id}"
    async with asked.read() as tx:
        return await queries.transfer_receipt(tx, receipt_id)


add_list(transfer_receipts, queries.TRANSFER_RECEIPTS, allows("inventory.transfer.read"))


@transfer_receipts.get("/{transfer_receipt_id}", dependencies=[allows("inventory.transfer.read")])
async def one_transfer_receipt(transfer_receipt_id: UUID, asked: Asked) -> queries.TransferReceiptView:
    """One document, as it was written."""
    async with asked.read() as tx:
        return await queries.transfer_receipt(tx, transfer_receipt_id)


@transfer_receipts.post(
    "/{transfer_receipt_id}/reversal", status_code=201, dependencies=[allows("inventory.transfer.reverse")]
)
async def reverse_transfer_receipt(
    transfer_receipt_id: UUID, why: ReversalAsked, asked: Asked
) -> DocumentReversed:
    """Take it back: goods, what they are worth, and its entry."""
    return await _reverse(asked, StockCorrectionType.TRANSFER_RECEIPT, transfer_receipt_id, why)


@write_downs.post("", status_code=201, dependencies=[allows("ledger.stock.write_down")])
async def write_down(
    told: messages.WriteDownAsked, asked: Asked, response: Response
) -> queries.WriteDownView:
    """Carry an item at what can be got for it, or write it up again, at most to what it cost."""
    write_down_id = asked.new_id("write-down")
    on = told.written_on or asked.today
    command = messages.WriteDownItem(**{**dict(told), "write_down_id": write_down_id, "written_on": on})
    await asked.run(inventory.write_down_item, command)
    response.headers["Location"] = f"/v1/write-downs/{write_down_id}"
    async with asked.read() as tx:
        return await queries.write_down(tx, write_down_id)


add_list(write_downs, queries.WRITE_DOWNS, allows("inventory.valuation.read"))


@write_downs.get("/{write_down_id}", dependencies=[allows("inventory.valuation.read")])
async def one_write_down(write_down_id: UUID, asked: Asked) -> queries.WriteDownView:
    """One document, as it was written."""
    async with asked.read() as tx:
        return await queries.write_down(tx, write_down_id)


@write_downs.post(
    "/{write_down_id}/reversal", status_code=201, dependencies=[allows("ledger.stock.write_down")]
)
async def reverse_write_down(write_down_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take it back: goods, what they are worth, and its entry."""
    return await _reverse(asked, StockCorrectionType.WRITE_DOWN, write_down_id, why)


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
    await asked.run(inventory.correct_price, command)
    response.headers["Location"] = f"/v1/price-corrections/{correction_id}"
    async with asked.read() as tx:
        return await queries.price_correction(tx, correction_id)


add_list(price_corrections, queries.PRICE_CORRECTIONS, allows("inventory.valuation.read"))


@price_corrections.get("/{correction_id}", dependencies=[allows("inventory.valuation.read")])
async def one_price_correction(correction_id: UUID, asked: Asked) -> queries.PriceCorrectionView:
    """One document, as it was written."""
    async with asked.read() as tx:
        return await queries.price_correction(tx, correction_id)


@price_corrections.post(
    "/{correction_id}/reversal", status_code=201, dependencies=[allows("ledger.stock.correct_price")]
)
async def reverse_price_correction(correction_id: UUID, why: ReversalAsked, asked: Asked) -> DocumentReversed:
    """Take it back: goods, what they are worth, and its entry."""
    return await _reverse(asked, StockCorrectionType.PRICE_CORRECTION, correction_id, why)


async def _reverse(
    asked: AskedRequest, document_type: StockCorrectionType, document_id: UUID, reversal: ReversalAsked
) -> DocumentReversed:
    command = ReverseStockCorrection(
        document_type=document_type,
        document_id=document_id,
        reversal_id=asked.new_id("reversal"),
        reversed_on=reversal.reversed_on or asked.today,
        reason=reversal.reason,
    )
    return await asked.run(inventory.reverse_correction, command)
