"""Whatever a request names must be there: each such field of each address, refused by its name."""

import copy
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.builders import bank_statements, landed_costs, leave, purchase_orders, vendor_returns
from tests.erp import Erp, an_order

ON = "2026-03-20"
NAMES = re.compile(r"(^|\.)((?!postal|un_)\w+_code|currency|country|unit|\w+_id)$|\.dimensions$")
"""What a field is called that names a record; roles and people are no master data."""
GHOSTS: dict[str, Any] = {
    "currency": "ZZZ",
    "country": "ZZ",
    "unit": "ghost",
    "dimensions": {"cost_centre": "GHOST"},
}
NOBODY = "00000000-0000-4000-8000-000000000000"
ASKED_LATER = {
    "/v1/companies default_warehouse_code": "a new company names a warehouse that comes later",
}
LINE = {"item_code": "APPLE", "quantity": "1", "unit": "pc"}
SOLD = LINE | {"unit_price": "1.00", "tax_code": "S19"}
BILLED = SOLD | {"account_code": "4300"}
UNITS = [{"unit": "box", "factor": "10"}]
COMPONENTS = [{"name": "VAT", "rate_percent": "19", "account_code": "2200"}]
MONEY = {"amount": "10.00", "received_on": ON, "currency": "EUR", "account_code": "1450"}
RECORD = {"code": "{code}", "name": "New"}
WRITTEN_OFF = {"kind": "small_difference", "written_off_on": ON, "reason": "gone"}
LEAVE = {"employee_code": "E-2", "leave_type_code": "ANNUAL"}
ASKED_ELSEWHERE = {
    "/v1/dunning/{dunning_id}/dispute": "tests/workflows/dunning",
    # In a company that pays wages.
    "/v1/payment-runs": "tests/workflows/runs/test_wages_paid.py",
    "/v1/payroll-runs": "tests/workflows/runs/test_off_cycle_runs.py",
    **dict.fromkeys(
        ("/v1/garnishment-orders", "/v1/employee-loans", "/v1/loan-movements"),
        "tests/workflows/runs/test_loans_and_garnishments.py",
    ),
    # In a company whose currency is that of a law that is known.
    **dict.fromkeys(
        ("/v1/pay-agreements", "/v1/pay-components", "/v1/pay-groups", "/v1/year-openings"),
        "tests/api/test_pay_records.py",
    ),
}
ENTRY = [
    {
        "account_code": "1450",
        "amount": "1.00",
        "party_type": "customer",
        "party_code": "ALICE",
        "dimensions": {},
    },
    {"account_code": "3000", "amount": "-1.00"},
]
RIGHT: dict[str, list[dict[str, Any]]] = {
    "account-roles": [{"role": "bank", "key": "SECOND", "account_code": "1450"}],
    "bank-accounts": [RECORD | {"account_number": "{code}", "currency": "EUR", "account_code": "{own}"}],
    "bank-statement-lines/{line}/postings": [
        {"customer_code": "ALICE", "invoice_id": "{invoice}"},
        {"account_code": "6430"},
        {"document_id": "{payment}"},
        {"returned_document_id": "{payment}"},
        {"supplier_invoice_id": "{supplier_invoice}"},
        {"run_payment_id": "{supplier_invoice}"},
        {"payment_run_id": "{supplier_invoice}"},
        {"returned_run_payment_id": "{supplier_invoice}"},
    ],
    "companies": [
        RECORD
        | {"currency": "EUR", "country": "DE", "freight_tax_code": None, "default_warehouse_code": None}
        | {"bank_accounts": [{"currency": "EUR", "iban": "DE02120300000000202051"}]}
    ],
    "customers": [
        RECORD
        | {"country": "DE", "currency": "EUR", "payment_terms_code": "NET30"}
        | {"price_list_code": "STD", "tax_code": "S19"}
    ],
    "credit-notes/{credit_note}/allocations": [
        {"invoice_id": "{invoice}", "amount": "1.00", "allocated_on": ON}
    ],
    "credit-notes/{credit_note}/refund": [{"refunded_on": ON, "account_code": "1450"}],
    "employees": [
        {"code": "{code}", "name": "Somebody", "country": "DE", "hired_on": ON}
        | {"manager_code": None}
        | {"holiday_calendar_code": "DE"}
    ],
    "exchange-rates": [{"currency": "CHF", "valid_from": ON, "rate": "0.95"}],
    "holiday-calendars": [RECORD | {"country": "DE"}],
    "invoices": [
        {"customer_code": "ALICE", "invoiced_on": ON, "currency": "EUR", "lines": [BILLED]}
        | {"payment_terms_code": "NET30"}
    ],
    "invoices/{invoice}/debit-notes": [{"invoiced_on": ON, "reason": "more", "lines": [BILLED]}],
    "invoices/{invoice}/credit-notes": [
        {"credited_on": ON, "reason": "less", "lines": [{"tax_code": "S19", "net_amount": "1.00"}]}
        | {"order_id": None}
    ],
    "items": [
        RECORD
        | {"unit": "pc", "tax_code": "S19", "units": UNITS}
        | {"changes": [{"valid_from": ON, "units": UNITS}]}
    ],
    "leave-adjustments": [LEAVE | {"year": 2026, "counts_on": ON, "days": "1", "reason": "agreed"}],
    "leave-grants": [{"leave_type_code": "ANNUAL", "year": 2026}],
    "leave-requests": [LEAVE | {"starts_on": "2026-08-03", "ends_on": "2026-08-03"}],
    "journal-entries": [{"posted_on": ON, "text": "An entry", "currency": "EUR", "lines": ENTRY}],
    "matching-tolerances": [{"supplier_code": "{supplier}", "item_code": "APPLE", "valid_from": ON}],
    "payments": [MONEY | {"customer_code": "ALICE", "invoice_id": "{invoice}"}],
    "payments/{payment}/allocations": [{"invoice_id": "{invoice}", "amount": "1.00", "allocated_on": ON}],
    "payments/{payment}/refund": [{"amount": "1.00", "refunded_on": ON, "account_code": "1450"}],
    "price-lists": [
        RECORD | {"currency": "EUR", "lines": [{"item_code": "APPLE", "unit": "pc", "unit_price": "1.00"}]}
    ],
    "purchase-orders": [
        {"supplier_code": "{supplier}", "currency": "EUR", "warehouse_code": "MAIN", "lines": [SOLD]}
        | {"payment_terms_code": "NET30", "ordered_on": ON}
    ],
    "purchase-requisitions": [
        {"warehouse_code": "MAIN", "requested_on": ON}
        | {"lines": [LINE | {"wanted_on": ON, "supplier_code": "{supplier}"}]}
    ],
    "purchase-orders/{bought}/returns": [
        {"warehouse_code": "MAIN", "returned_on": ON, "reason": "rust"}
        | {"lines": [{"line_number": 1, "quantity": "1"}]}
    ],
    "reorder-rules": [
        {"code": "{code}", "item_code": "APPLE", "warehouse_code": "MAIN", "reorder_point": "1"}
        | {"order_up_to": "2"}
    ],
    "revaluations": [{"item_code": "APPLE", "unit_cost": "5.00", "revalued_on": ON, "reason": "market"}],
    "sales-orders": [
        an_order(currency="EUR", warehouse_code="MAIN", payment_terms_code="NET30", lines=[SOLD])
        | {"freight_amount": "1.00", "freight_tax_code": "S19"}
    ],
    "sales-orders/{waiting}/amendments": [{"amended_on": ON, "lines": [SOLD]}],
    "sales-orders/{waiting}/payments": [MONEY],
    "scrappings": [{"warehouse_code": "MAIN", "scrapped_on": ON, "reason": "old", "lines": [LINE]}],
    "shipments/{shipment}/reversal": [{"reversed_on": ON, "reason": "a mistake", "order_id": None}],
    "supplier-debit-notes/{debit_note}/set-offs": [{"invoice_id": "{supplier_invoice}", "set_off_on": ON}],
    "supplier-invoices": [
        {"supplier_code": "{supplier}", "supplier_number": "F-1", "invoiced_on": ON, "posted_on": ON}
        | {"currency": "EUR", "payment_terms_code": "NET30", "total_amount": "1.19"}
        | {"lines": [{"account_code": "5300", "net_amount": "1.00", "tax_code": "S19", "dimensions": {}}]}
    ],
    "supplier-items": [
        {"code": "{code}", "supplier_code": "{supplier}", "item_code": "APPLE", "unit_price": "1.00"}
        | {"currency": "EUR", "unit": "pc"}
    ],
    "supplier-payments": [
        {"invoice_id": "{supplier_invoice}", "amount": "1.00", "paid_on": ON, "account_code": "1450"}
        | {"currency": "EUR"}
    ],
    "suppliers": [
        RECORD
        | {"country": "DE", "currency": "EUR", "payment_terms_code": "NET30", "tax_code": "S19"}
        | {"bank_accounts": [{"currency": "EUR", "iban": "DE02120300000000202051"}]}
    ],
    "stock-counts": [{"warehouse_code": "MAIN", "counted_on": ON, "lines": [LINE]}],
    "stock-receipts": [
        {"warehouse_code": "MAIN", "received_on": ON, "lines": [LINE | {"unit_cost": "1.00"}]}
        | {"supplier_code": None, "currency": "EUR"}
    ],
    "stock-transfers": [
        {"from_warehouse_code": "MAIN", "to_warehouse_code": "SHED", "transferred_on": ON, "lines": [LINE]}
    ],
    "tax-codes": [
        RECORD
        | {"country": "DE", "components": COMPONENTS}
        | {"changes": [{"valid_from": ON, "components": COMPONENTS}]}
    ],
    "warehouses": [RECORD | {"country": "DE"}],
    "landed-costs": [
        {"source_id": "{freight}", "basis": "quantity", "posted_on": ON, "reason": "freight"}
        | {"receipts": [{"receipt_id": "{receipt}"}]}
    ],
    "write-downs": [{"item_code": "APPLE", "written_on": ON, "unit_cost": "1.00", "reason": "old"}],
    "write-offs": [
        WRITTEN_OFF | {"invoice_id": "{invoice}"},
        WRITTEN_OFF | {"payment_id": "{payment}"},
        WRITTEN_OFF | {"credit_note_id": "{credit_note}"},
    ],
}
"""For each address that takes names, bodies that are right, with the documents in braces."""


async def documents(erp: Erp) -> dict[str, str]:
    """An invoice that is open, an order that waits; money and a credit note on account."""
    paid, open_order = await erp.place(an_order()), await erp.place(an_order())
    shipped = [await erp.ship(order) for order in (paid, open_order)]
    of_paid, invoice = [
        (await erp.get(f"/v1/invoices/{one['invoice_number']}"))["invoice_id"] for one in shipped
    ]
    await erp.pay(paid, "119.00", received_on=ON)
    waiting = await erp.place(an_order())
    payment = await erp.post("/v1/payments", MONEY | {"customer_code": "ALICE"})
    less = {"credited_on": ON, "reason": "less", "lines": [{"tax_code": "S19", "net_amount": "1.00"}]}
    note = await erp.post(f"/v1/invoices/{of_paid}/credit-notes", less)
    await erp.post("/v1/suppliers", purchase_orders.SUPPLIER)
    bought = await erp.post(purchase_orders.PATH, purchase_orders.a_purchase_order())
    await purchase_orders.receive(erp, bought)
    owed = await purchase_orders.billed(erp, bought, "1", "63.65")
    returned = await vendor_returns.sent_back(erp, bought, (1, "1"))
    claim = await vendor_returns.claimed(erp, returned)
    await bank_statements.open_account(erp)
    stated = bank_statements.camt(bank_statements.entry("9.00"), closing="9.00")
    (statement,) = await bank_statements.imported(erp, stated)
    (line,) = await bank_statements.lines_of(erp, statement)
    (receipt, *_) = (await erp.get("/v1/stock-receipts"))["items"]
    await erp.post("/v1/accounts", {"code": "1456", "name": "Another bank", "kind": "asset"})
    return {
        "line": line["line_id"],
        "freight": await landed_costs.paid_freight(erp, on=ON),
        "receipt": receipt["receipt_id"],
        "own": "1456",
        "bought": bought["order_id"],
        "debit_note": claim["debit_note_id"],
        "supplier": purchase_orders.SUPPLIER["code"],
        "supplier_invoice": owed["invoice_id"],
        "waiting": waiting["order_id"],
        "invoice": invoice,
        "payment": payment["payment_id"],
        "credit_note": note["credit_note_id"],
        "shipment": shipped[0]["shipment_id"],
    }


def filled(right: Any, ids: dict[str, str]) -> Any:
    """The same with ids in the places of names in braces."""
    return json.loads(re.sub(r"\{(\w+)\}", lambda name: ids[name[1]], json.dumps(right)))


def named(schema: dict[str, Any], of: dict[str, Any], where: str = "") -> Iterator[str]:
    """The fields of a request that name something, as refusals call them."""
    if "$ref" in schema:
        schema = of[schema["$ref"].rpartition("/")[2]]
    for other in schema.get("anyOf", ()):
        yield from named(other, of, where)
    if schema.get("type") == "array":
        yield from named(schema["items"], of, f"{where}.0")
    for name, field in schema.get("properties", {}).items():
        full = f"{where}.{name}".removeprefix(".")
        # A column of a file is called as the bank calls it.
        if NAMES.search(full) and not full.startswith("csv.columns."):
            yield full
        yield from named(field, of, full)


def put(body: Any, field: str, value: Any) -> Any:
    """The body with another value in one of its fields; nothing where it has none."""
    *parents, last = field.split(".")
    place = changed = copy.deepcopy(body)
    for part in parents:
        place = place[int(part)] if part.isdigit() else place.get(part)
        if place is None:
            return None
    if last not in place:
        return None
    place[last] = value
    return changed


def fields_of(api: Any) -> dict[str, list[str]]:
    """Of each address that takes a body by POST, the fields that name something."""
    return {
        path: sorted(set(named(content["application/json"]["schema"], api["components"]["schemas"])))
        for path, methods in api["paths"].items()
        if "application/json"
        in (content := methods.get("post", {}).get("requestBody", {}).get("content", {}))
    }


async def test_every_field_that_names_what_is_not_there_is_refused_by_its_name(erp: Erp) -> None:
    await erp.post("/v1/warehouses", {"code": "SHED", "name": "Shed"})
    await leave.ready(erp)
    await leave.granted(erp)
    routes = fields_of((await erp.http.get("/openapi.json")).json())
    ids, wrong, codes = await documents(erp), [], itertools.count(1)
    for route, bodies in RIGHT.items():
        (known,) = [
            path for path in routes if re.sub(r"\{\w+\}", "", path) == re.sub(r"\{\w+\}", "", f"/v1/{route}")
        ]
        for field in routes[known]:
            last = field.rpartition(".")[2]
            ghost = GHOSTS.get(last, NOBODY if last.endswith("_id") else "GHOST")
            tried = [put(filled(body, ids | {"code": f"N{next(codes)}"}), field, ghost) for body in bodies]
            for body in filter(None, tried):
                if f"/v1/{route} {field}" in ASKED_LATER:
                    continue
                answer = await erp.request("POST", f"/v1/{filled(route, ids)}", body)
                fields = [error["field"] for error in answer.json().get("errors", [])]
                if answer.status_code not in (404, 409, 422) or fields not in (
                    [field],
                    [f"{field}.cost_centre"],
                ):
                    wrong.append(f"{route} {field}: {answer.status_code} {fields} {answer.text[:200]}")
            if not any(tried):
                wrong.append(f"{route} {field}: no body has it")

    assert not wrong, "\n".join(wrong)


async def test_no_address_that_takes_names_is_left_out(erp: Erp) -> None:
    routes = fields_of((await erp.http.get("/openapi.json")).json())

    asked = {re.sub(r"\{\w+\}", "", f"/v1/{route}") for route in RIGHT}
    assert {
        path for path, fields in routes.items() if fields and re.sub(r"\{\w+\}", "", path) not in asked
    } == set(ASKED_ELSEWHERE)
