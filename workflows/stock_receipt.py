"""Stock receipt: goods arrive, are valued, and serve who waits for them.

1. Inventory takes the goods in at cost, and sets aside what the oldest backorders wait for.
2. Finance posts their value: inventory against goods received not invoiced, or what the reason says.
3. The orders that were served are told.
"""

from uuid import UUID

from temporalio import workflow

from activities import inventory
from domains.inventory.messages import ReceiptProgress, ReceiveStock, StockReceived
from foundation.process import Process


@workflow.defn(name="stock_receipt")
class StockReceipt(Process):
    """Goods arrive, are valued, and serve who waits for them."""

    @workflow.init
    def __init__(self, receipt: ReceiveStock) -> None:
        super().__init__(receipt)
        self.receipt_id = receipt.receipt_id
        self.received: StockReceived | None = None

    @workflow.run
    async def run(self, receipt: ReceiveStock) -> UUID:
        """The whole way, as the numbers above say."""
        return await self.conduct(self.procedure(receipt))

    async def procedure(self, receipt: ReceiveStock) -> UUID:
        """Steps 1 to 3."""
        done = self.at("received", outcome="closed")
        received = await self.step(inventory.receive_stock, receipt, stage=done)
        self.received = received
        for served in received.served:
            await self.tell(served.process_id, "goods_set_aside", served)
        return receipt.receipt_id

    @workflow.update(description="Wait until the goods are received and their value is posted")
    async def taken_in(self) -> ReceiptProgress:
        """What the caller who reports a receipt waits for. Refuses what the receipt was refused for."""
        await self.reached(lambda: self.received is not None)
        return self.answer()

    def answer(self) -> ReceiptProgress:
        """The receipt, for whoever reported it."""
        assert self.received is not None
        return ReceiptProgress(
            receipt_id=self.receipt_id,
            receipt_number=self.received.receipt_number,
            value=self.received.value,
            request_hash=self.request_hash,
        )
