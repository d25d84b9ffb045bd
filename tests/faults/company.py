"""The company that the fault run trades with."""

from typing import Any, NamedTuple

from tests.faults.books import Books
from tests.faults.patience import Client

COMPANY = "FAULTS"
ITEMS = [f"PLENTY-{number}" for number in range(10)]
SCARCE = "SCARCE"
CUSTOMERS = [f"CUSTOMER-{number}" for number in range(20)]
EARLY = [f"EARLY-{number}" for number in range(5)]
"""They pay within ten days and keep two per cent."""
TIGHT = "TIGHT"
"""Its credit limit is so low that a person decides about every order."""
ABROAD = "ABROAD"
"""It pays in dollars."""
DOLLARS, DOLLARS_LATER = "1.25", "1.00"
"""For one euro: when it is billed, and when it pays."""
OPENING_QUANTITY = 1_000_000
OPENED_ON, ORDERED_ON, SHIPPED_ON, PAID_ON, BACK_ON = (
    *("2026-01-02", "2026-03-02", "2026-03-05"),
    *("2026-03-10", "2026-03-20"),
)

NEEDED: list[tuple[str, Any]] = []
"""What the kinds of stories say that they need besides: where it is sent, and what."""


def records() -> list[tuple[str, Any]]:
    """Everything the company needs before it can trade, in this order: where it is sent, and what."""
    company = {
        "code": COMPANY,
        "name": "Faults",
        "currency": "EUR",
        "country": "DE",
        "default_warehouse_code": "MAIN",
        "exchange_rate_days": 366,
    }
    vat = {"code": "S19", "name": "VAT 19 %", "components": [{"name": "VAT 19 %", "rate_percent": "19"}]}
    net = {"code": "NET30", "name": "30 days net", "instalments": [{"days": 30}]}
    early = {"code": "EARLY", "name": "2 % in 10 days", "discount_percent": "2", "discount_days": 10}
    customers = [(code, "NET30", None) for code in CUSTOMERS]
    customers += [(code, "EARLY", None) for code in EARLY]
    opening = [{"item_code": code, "quantity": str(OPENING_QUANTITY), "unit_cost": "4.00"} for code in ITEMS]
    return [
        ("companies", company),
        ("accounts/template", {}),
        ("fiscal-years", {"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}),
        ("warehouses", {"code": "MAIN", "name": "Main"}),
        ("tax-codes", vat),
        ("payment-terms", net),
        ("payment-terms", early | {"instalments": [{"days": 30}]}),
        *(("items", {"code": code, "name": code, "tax_code": "S19"}) for code in ITEMS),
        # Nobody buys it when it runs short, whoever has that asked for: its story receives it.
        ("items", {"code": SCARCE, "name": SCARCE, "tax_code": "S19", "kind": "assembled"}),
        *(("customers", a_customer(*customer)) for customer in (*customers, (TIGHT, "NET30", "1.00"))),
        ("customers", a_customer(ABROAD, "NET30", None) | {"currency": "USD"}),
        ("exchange-rates", {"currency": "USD", "valid_from": "2026-01-01", "rate": DOLLARS}),
        ("exchange-rates", {"currency": "USD", "valid_from": PAID_ON, "rate": DOLLARS_LATER}),
        ("stock-receipts", a_receipt(opening, reason="opening", received_on=OPENED_ON)),
        *NEEDED,
    ]


def a_customer(code: str, terms: str, limit: str | None) -> dict[str, Any]:
    """A customer in Germany."""
    customer = {"code": code, "name": code.title(), "country": "DE", "currency": "EUR"}
    return customer | {"payment_terms_code": terms} | ({"credit_limit": limit} if limit else {})


def a_receipt(lines: list[dict[str, str]], **more: str) -> dict[str, Any]:
    """Goods that arrive."""
    return {"warehouse_code": "MAIN", "received_on": ORDERED_ON, "lines": lines, **more}


class Deciders(NamedTuple):
    """The API keys of those who decide what others ask for."""

    credit_manager: str
    accountant: str


async def open_company(client: Client, books: Books) -> Deciders:
    """Make the company, and those who decide in it."""
    for number, (path, record) in enumerate(records()):
        answer = await client.post(f"/v1/{path}", record, f"record {number}")
        if path == "stock-receipts":
            books.note("stock receipt", answer["receipt_id"], answer["receipt_number"])
            books.on_hand.update(dict.fromkeys(ITEMS, OPENING_QUANTITY))
    people = {
        "Clara Credit": ("credit manager", "finance director", "buyer"),
        "Anna Accountant": ("accountant",),
    }
    keys = [
        str((await client.post("/v1/api-keys", asked, f"the key of {asked['actor']}"))["key"])
        for asked in ({"actor": who, "companies": [COMPANY], "roles": roles} for who, roles in people.items())
    ]
    return Deciders(*keys)
