"""A small trading company as a test sees it: everything through the outermost door, the REST API."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
from temporalio.client import Client, WorkflowHandle

from foundation.operations import inbox
from tests.days import TIME_ZONE

ADMIN_KEY = "pk_administrator-of-the-tests"

ALL_DAYS = {"from": "1900-01-01", "to": "2099-12-31"}

PEOPLE = {
    "sales clerk": ("Sam Sales", ["sales clerk"]),
    "credit manager": ("Clara Credit", ["credit manager", "sales clerk"]),
    "warehouse": ("Walt Warehouse", ["warehouse"]),
    "accountant": ("Anna Account", ["accountant"]),
    "operator": ("Olga Operator", ["operator"]),
    "viewer": ("Victor Viewer", ["viewer"]),
}
_keys: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
"""Of each company by itself: what it makes has the same ids, whatever other tests have asked for before."""


class Refused(AssertionError):
    """The API said no where the test expected a yes."""


@dataclass
class Erp:
    """One company's ERP."""

    http: httpx.AsyncClient
    temporal: Client
    company: str
    keys: dict[str, str] = field(default_factory=dict)

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str = "administrator",
        key: str | None = None,
        if_match: str | None = None,
        **query: Any,
    ) -> httpx.Response:
        """One request by somebody; POST with a new Idempotency-Key unless one is given."""
        secret = ADMIN_KEY if by == "administrator" else self.keys[by]
        headers = {"Authorization": f"Bearer {secret}", "X-Company": self.company}
        if method == "POST" or key is not None:
            headers["Idempotency-Key"] = key or f"{self.company}-{next(_keys[self.company])}"
        if if_match is not None:
            headers["If-Match"] = if_match
        return await self.http.request(
            method, path, json=body, headers=headers, params=query or None, timeout=30
        )

    async def post(
        self, path: str, body: Any = None, *, by: str = "administrator", key: str | None = None
    ) -> Any:
        """A POST that must succeed, and its answer."""
        return self.accepted(await self.request("POST", path, body, by=by, key=key))

    async def get(self, path: str, *, by: str = "administrator", **query: Any) -> Any:
        """A GET that must succeed, and its answer."""
        return self.accepted(await self.request("GET", path, by=by, **query))

    @staticmethod
    def accepted(response: httpx.Response) -> Any:
        """The answer, which must be a yes."""
        if response.status_code >= 400:
            request = response.request
            raise Refused(f"{request.method} {request.url.path}: {response.status_code} {response.text}")
        return response.json()

    # The company

    async def open_for_business(self) -> None:
        """A company in euros with its books, two customers, four items, 100 of each in stock."""
        await self.found()
        await self.post("/v1/accounts/template", {})
        await self.post(
            "/v1/fiscal-years", {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
        )
        for path, records in MASTER_DATA.items():
            for record in records:
                await self.post(f"/v1/{path}", record)
        await self.receive({"APPLE": 100, "PEAR": 100, "FIFO-NUT": 100})

    async def found(self) -> None:
        """The company, and everybody who works for it; it has nothing yet."""
        await self.post("/v1/companies", a_company(self.company))
        for role, (name, roles) in PEOPLE.items():
            asked = {"actor": name, "companies": [self.company], "roles": roles}
            self.keys[role] = (await self.post("/v1/api-keys", asked))["key"]

    def requests_were_made_by(self, other: str) -> None:
        """The company goes on with the keys that another would take next: its requests were copied."""
        _keys[self.company] = copy(_keys[other])

    async def receive(self, quantities: dict[str, Any], *, unit_cost: str = "4.00", **more: Any) -> Any:
        """Goods arrive."""
        lines = [
            {"item_code": item, "quantity": str(quantity), "unit_cost": unit_cost}
            for item, quantity in quantities.items()
        ]
        receipt = {"warehouse_code": "MAIN", "received_on": "2026-03-01", "lines": lines, **more}
        return await self.post("/v1/stock-receipts", receipt, by="warehouse")

    # An order on its way

    async def place(self, order: dict[str, Any] | None = None, **more: Any) -> Any:
        """Place an order and give the answer."""
        return await self.post("/v1/sales-orders", order or an_order(), by="sales clerk", **more)

    async def ship(self, order: Any, **shipment: Any) -> Any:
        """The warehouse ships what is set aside, or the given lines."""
        body = {"shipped_on": "2026-03-05", "carrier": "DHL", "tracking": "JD0001", **shipment}
        return await self.post(f"/v1/sales-orders/{order['order_id']}/shipments", body, by="warehouse")

    async def ship_with_key(self, order: Any, key: str) -> Any:
        """The same under a key of the test's own."""
        path = f"/v1/sales-orders/{order['order_id']}/shipments"
        return await self.post(path, {"shipped_on": "2026-03-05"}, by="warehouse", key=key)

    async def pay(self, order: Any, amount: Any, **payment: Any) -> Any:
        """The customer pays."""
        body = {"received_on": "2026-03-20", "amount": str(amount), "currency": "EUR", **payment}
        return await self.post(f"/v1/sales-orders/{order['order_id']}/payments", body, by="accountant")

    async def order(self, order: Any) -> Any:
        """The order as the API shows it: document and process."""
        return await self.get(f"/v1/sales-orders/{order['order_id']}")

    async def stage_of(self, order: Any) -> str:
        """Where the order's process stands, from the database."""
        return str((await self.order(order))["process"]["stage"])

    async def until(self, order: Any, stage: str) -> None:
        """Wait a moment for news to reach the order's process; fail when it does not."""
        for _ in range(400):  # A machine may be busy with others.
            if (now := await self.stage_of(order)) == stage:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"the order is still at '{now}', not at '{stage}'")

    def process_of(self, order: Any) -> WorkflowHandle[Any, Any]:
        """The order's process in Temporal."""
        return self.temporal.get_workflow_handle(f"{self.company}/order_to_cash/{order['order_id']}")

    @staticmethod
    async def at_rest() -> None:
        """Wait until what processes have answered is noted, and what they are told is sent."""
        from api.app import app  # noqa: PLC0415  # Importing it builds every route.

        await app.state.answers.all_noted()
        await inbox.all_sent()

    # The books

    async def balances(self) -> dict[str, Decimal]:
        """Every account's balance by its role, debit positive; they add up to zero."""
        report = await self.get("/v1/reports/trial-balance", **ALL_DAYS)
        assert sum(Decimal(row["closing"]) for row in report["rows"]) == 0
        return {row["role"] or row["account_code"]: Decimal(row["closing"]) for row in report["rows"]}

    async def stock(self, item: str) -> Any:
        """What is on hand, reserved and available of an item."""
        (row,) = (await self.get("/v1/stock", item=item))["items"]
        return row


def a_company(code: str) -> dict[str, Any]:
    """A trading company in Germany."""
    return {
        "code": code,
        "name": f"Trading {code}",
        "currency": "EUR",
        "country": "DE",
        "time_zone": TIME_ZONE,
        "default_warehouse_code": "MAIN",
        # Clocks of tests go ahead of the database's.
        "days_ahead": 3_660,
        "exchange_rate_days": 366,
    }


def an_order(**more: Any) -> dict[str, Any]:
    """10 apples at 10.00 with 19 % tax: 119.00 in all."""
    order = {
        "customer_code": "ALICE",
        "ordered_on": "2026-03-02",
        "lines": [{"item_code": "APPLE", "quantity": "10", "unit_price": "10.00"}],
    }
    return order | more


MASTER_DATA: dict[str, list[dict[str, Any]]] = {
    "warehouses": [{"code": "MAIN", "name": "Main warehouse"}],
    "tax-codes": [
        {"code": "S19", "name": "VAT 19 %", "components": [{"name": "VAT 19 %", "rate_percent": "19"}]},
        {"code": "S7", "name": "VAT 7 %", "components": [{"name": "VAT 7 %", "rate_percent": "7"}]},
        {"code": "EXPORT", "name": "Export", "kind": "exempt", "exemption_reason": "Export outside the EU"},
    ],
    "payment-terms": [
        {"code": "NET30", "name": "30 days net", "instalments": [{"days": 30}]},
        {
            "code": "DISC",
            "name": "2 % in 10 days, 30 days net",
            "instalments": [{"days": 30}],
            "discount_percent": "2",
            "discount_days": 10,
        },
    ],
    "items": [
        {"code": "APPLE", "name": "Apple", "tax_code": "S19", "units": [{"unit": "box", "factor": "10"}]},
        {"code": "PEAR", "name": "Pear", "tax_code": "S7"},
        {"code": "FIFO-NUT", "name": "Nut", "tax_code": "S19", "costing_method": "fifo"},
        {"code": "ADVICE", "name": "Advice", "kind": "service", "tax_code": "S19"},
    ],
    "price-lists": [
        {
            "code": "STD",
            "name": "Standard",
            "currency": "EUR",
            "lines": [
                {"item_code": "APPLE", "unit_price": "10.00"},
                {"item_code": "APPLE", "min_quantity": "50", "unit_price": "9.00"},
                {"item_code": "PEAR", "unit_price": "5.00"},
            ],
        }
    ],
    "exchange-rates": [{"currency": "USD", "valid_from": "2026-01-01", "rate": "1.20"}],
    "customers": [
        {
            "code": "ALICE",
            "name": "Alice's Apples",
            "country": "DE",
            "currency": "EUR",
            "price_list_code": "STD",
            "payment_terms_code": "NET30",
        },
        {
            "code": "BOB",
            "name": "Bob's Bakery",
            "country": "DE",
            "currency": "EUR",
            "price_list_code": "STD",
            "payment_terms_code": "DISC",
            "credit_limit": "1000.00",
        },
    ],
}
