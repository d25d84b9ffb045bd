"""Twenty processes of all kinds, each brought to a stage where it waits, and then to its end: for a company
that is disturbed in between, and for its twin that is not.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.days import TODAY
from tests.erp import Erp, an_order
from tests.workflows.approving import BIG, a_held_order, decide
from tests.workflows.billing_together import deliver, until_billed
from tests.workflows.dunning import reminding
from tests.workflows.test_returns import delivered, inspect, return_of


def _lines(quantity: str) -> list[dict[str, object]]:
    return [{"line_number": 1, "quantity": quantity}]


class Stages:
    """One company's processes, by what they wait for."""

    def __init__(self, erp: Erp) -> None:
        self.erp = erp
        self.orders: dict[str, Any] = {}
        self.returned: dict[str, Any] = {}
        self.approvals: dict[str, Any] = {}

    async def begin(self) -> None:
        """Each comes to its stage."""
        erp = self.erp
        await reminding.open_years(erp, TODAY)
        await erp.post("/v1/dunning-procedures/template", {}, by="accountant")
        await erp.receive({"APPLE": 400, "PEAR": 100})
        for number in range(3):
            self.orders[f"waits for shipment {number}"] = await erp.place()
            self.orders[f"waits for payment {number}"] = await delivered(erp, paid=False)
        await self._shipped_in_parts()
        await self._prepaid()
        await self._amended()
        await self._backordered()
        await self._asked_in_vain()
        for number in range(2):
            order, approval = await a_held_order(erp)
            self.orders[f"held {number}"], self.approvals[f"held {number}"] = order, approval
            if number == 0:
                await decide(erp, approval, "credit manager")
                await erp.until(order, "waiting for shipment")
                await erp.ship(order)
                await erp.pay(order, order_total(BIG))
        for number in range(2):
            order = await delivered(erp)
            self.returned[f"return {number}"] = await return_of(erp, order, "3")
        await self._cancelled_after_delivery()
        await self._reminded()
        await self._billed_together()
        told = {"url": "http://127.0.0.1:9/nobody", "events": ["ledger.document_reversed"]}
        await erp.post("/v1/webhooks", told)

    async def _shipped_in_parts(self) -> None:
        order = self.orders["shipped in parts"] = await self.erp.place()
        await self.erp.ship(order, lines=_lines("4"))
        await self.erp.pay(order, "47.60")

    async def _prepaid(self) -> None:
        order = self.orders["prepaid"] = await self.erp.place()
        await self.erp.pay(order, "119.00", received_on="2026-03-03")

    async def _amended(self) -> None:
        order = self.orders["amended"] = await self.erp.place()
        wanted = {"lines": [{"line_number": 1, "quantity": "6"}]}
        answer = await self.erp.request(
            "POST", f"/v1/sales-orders/{order['order_id']}/amendments", wanted, by="sales clerk"
        )
        self.amended = answer.status_code < 400

    async def _backordered(self) -> None:
        """All that is set aside leaves, twice: how much that was, only the order of what was told says."""
        erp = self.erp
        lines = [{"item_code": "FIFO-NUT", "quantity": "130", "unit_price": "2.00"}]
        order = self.orders["backordered"] = await erp.place(an_order(lines=lines))
        await erp.ship(order)
        await erp.until(order, "waiting for stock")
        await erp.receive({"FIFO-NUT": 20})
        await erp.until(order, "waiting for shipment")
        await erp.ship(order)
        await erp.until(order, "waiting for stock")

    async def _asked_in_vain(self) -> None:
        """What was refused stays so: it could be done now."""
        erp = self.erp
        lines = [{"item_code": "FIFO-NUT", "quantity": "5", "unit_price": "2.00"}]
        order = self.orders["asked in vain"] = await erp.place(an_order(lines=lines))
        for _ in range(2):
            body = {"shipped_on": "2026-03-05"}
            path = f"/v1/sales-orders/{order['order_id']}/shipments"
            refused = await erp.request("POST", path, body, by="warehouse")
            assert refused.status_code == 409, refused.text

    async def _cancelled_after_delivery(self) -> None:
        erp = self.erp
        order = self.orders["cancelled"] = await delivered(erp, paid=False)
        asked = {"reason": "no more", "cancelled_on": "2026-04-05"}
        path = f"/v1/sales-orders/{order['order_id']}/cancellation"
        self.returned["cancelled"] = await erp.post(path, asked, by="sales clerk")

    async def _reminded(self) -> None:
        erp = self.erp
        self.orders["reminded"] = await reminding.owe(
            erp, TODAY, days_overdue=9, price="3.00", customer="BOB"
        )
        run = {"on": str(TODAY - timedelta(days=1))}
        assert (await erp.post("/v1/dunning-runs", run, by="accountant"))["done"] == 2
        await reminding.until(erp, "reminded, level 1", "BOB")

    async def _billed_together(self) -> None:
        erp = self.erp
        self.orders["billed together"] = await deliver(erp, "2")
        await erp.post("/v1/collective-invoice-runs", {"month": "2026-03"}, by="accountant")
        await until_billed(erp, self.orders["billed together"])
        self.orders["to be billed"] = await deliver(erp, "3", on="2026-04-05")

    async def end(self) -> None:
        """Each goes on to its end."""
        erp, orders = self.erp, self.orders
        for number in range(3):
            order = orders[f"waits for shipment {number}"]
            await erp.ship(order)
            await erp.pay(order, "119.00")
            await erp.pay(orders[f"waits for payment {number}"], "119.00")
        await erp.ship(orders["shipped in parts"])
        await erp.pay(orders["shipped in parts"], "71.40")
        await erp.ship(orders["prepaid"])
        await erp.ship(orders["amended"])
        await erp.pay(orders["amended"], "71.40" if self.amended else "119.00")
        await erp.receive({"FIFO-NUT": 15})
        await erp.until(orders["backordered"], "waiting for shipment")
        await erp.ship(orders["backordered"])
        await erp.pay(orders["backordered"], "309.40")
        await erp.until(orders["asked in vain"], "waiting for shipment")
        await erp.ship(orders["asked in vain"])
        await erp.pay(orders["asked in vain"], "11.90")
        assert (await decide(erp, self.approvals["held 1"], "credit manager"))[0] == 200
        await erp.ship(orders["held 1"])
        await erp.pay(orders["held 1"], order_total(BIG))
        for returned in self.returned.values():
            await inspect(erp, returned)
        await erp.pay(orders["reminded"], "35.70", received_on=str(TODAY))
        invoices = (await erp.get("/v1/invoices", order_id=orders["billed together"]["order_id"]))["items"]
        money = {"customer_code": "ALICE", "currency": "EUR", "received_on": "2026-04-10", "amount": "23.80"}
        await erp.post("/v1/payments", money | {"invoice_id": invoices[0]["invoice_id"]}, by="accountant")
        await erp.until(orders["billed together"], "closed")

    async def picture(self) -> dict[str, Any]:
        """What the company's books and processes come to, without what differs between twins."""
        erp = self.erp
        processes = (await erp.get("/v1/processes", limit=200))["items"]
        return {
            "balances": await erp.balances(),
            "stock": {item: await erp.stock(item) for item in ("APPLE", "PEAR", "FIFO-NUT")},
            "processes": sorted(
                (
                    one["type"],
                    (one["document"] or "").partition("-")[0],
                    one["stage"],
                    one["outcome"] or "",
                    one["exception"] or "",
                )
                for one in processes
                if one["type"] not in ("collective_invoice_run", "dunning_run")
            ),
            "invoices": sorted(
                (one["customer_code"], one["total_amount"], one["open_amount"])
                for one in (await erp.get("/v1/invoices", limit=200))["items"]
            ),
        }


def order_total(lines: list[dict[str, str]]) -> str:
    """With 19 % tax."""
    net = sum(Decimal(line["quantity"]) * Decimal(line["unit_price"]) for line in lines)
    return f"{net * Decimal('1.19'):.2f}"
