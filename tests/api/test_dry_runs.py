"""A dry run answers what the request would be answered, refuses as it would be, and changes nothing."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from foundation.database.connections import asyncpg_url
from tests.erp import Erp

SUM = "coalesce(sum(hashtext(t::text)), 0)"
TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) AS name, EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'company_id') AS is_of_company
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""


@pytest.fixture
async def books(owner_url: str) -> AsyncIterator[AsyncConnection]:
    """The database as its owner sees it: every row."""
    engine = create_async_engine(asyncpg_url(owner_url))
    async with engine.connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")
    await engine.dispose()


async def rows(books: AsyncConnection, company: str) -> dict[str, tuple[int, int]]:
    """How many rows each table has, and of a company a sum of what stands in them: a changed row shows."""
    each = [
        f"SELECT '{table.name}', count(*), {SUM if table.is_of_company else 0} FROM {table.name} t "
        + ("WHERE company_id = :company" if table.is_of_company else "")
        for table in (await books.execute(text(TABLES))).all()
    ]
    found = await books.execute(text(" UNION ALL ".join(each)), {"company": company})
    return {name: (count, total) for name, count, total in found}


def refusal(response: Any) -> dict[str, Any]:
    """What a refusal says, without the correlation id."""
    return {name: value for name, value in response.json().items() if name != "correlation_id"}


async def dry(erp: Erp, path: str, body: Any, key: str) -> Any:
    """A dry run of a POST."""
    return await erp.request("POST", path, body, key=key, dry_run="true")


async def test_a_payment_would_be_posted_and_is_not(erp: Erp, books: AsyncConnection) -> None:
    order = await erp.place()
    shipped = await erp.ship(order)
    await erp.at_rest()
    before = await rows(books, erp.company)
    invoice = (await erp.get(f"/v1/documents/{shipped['invoice_number']}"))["documents"][0]["id"]
    money = {"customer_code": "ALICE", "amount": "119.00", "currency": "EUR", "invoice_id": invoice}
    money |= {"received_on": "2026-03-20"}
    would = await dry(erp, "/v1/payments", money, "paid")
    after = await rows(books, erp.company)
    real = await erp.request("POST", "/v1/payments", money, key="paid")

    assert (would.status_code, real.status_code) == (200, 201), would.text
    assert "Location" not in would.headers
    assert before == after
    answer = would.json()
    (done,) = answer.pop("would")
    assert answer["payment_number"] == "would be drawn"
    assert real.json()["payment_number"] == "PAY-2026-000001"
    assert answer.keys() == real.json().keys()
    differ = {name for name, value in real.json().items() if answer[name] != value}
    assert differ == {"payment_number", "recorded_at"} & answer.keys(), differ
    assert done["operation"] == "ledger.post_payment"
    assert done["writes"]["ledger.payment"] == 1
    assert done["tells"] == [f"{erp.company}/order_to_cash/{order['order_id']}: invoice_settled"]
    await erp.until(order, "closed")


# Of every route that changes something

UNKNOWN = "00000000-0000-0000-0000-000000000000"
A_DAY = "2026-03-20"


async def documents_of(erp: Erp) -> dict[str, str]:
    """A document of each kind that can be asked for something, by the path where it is read."""
    money = {"received_on": A_DAY, "customer_code": "ALICE", "amount": "50.00", "currency": "EUR"}
    order, other = await erp.place(), await erp.place()
    shipped = await erp.ship(other)
    (invoice,) = (await erp.get(f"/v1/documents/{shipped['invoice_number']}"))["documents"]
    payment, spent, used = [(await erp.post("/v1/payments", money))["payment_id"] for _ in range(3)]
    refund = await erp.post(f"/v1/payments/{spent}/refund", {"refunded_on": A_DAY})
    use = {"invoice_id": invoice["id"], "allocated_on": A_DAY, "amount": "5.00"}
    await erp.post(f"/v1/payments/{used}/allocations", use)
    (allocation,) = (await erp.get("/v1/allocations"))["items"]
    receipt = await erp.receive({"PEAR": 1})
    value = {"item_code": "FIFO-NUT", "unit_cost": "5.00", "revalued_on": A_DAY, "reason": "dearer"}
    revalued = await erp.post("/v1/revaluations", value)
    back = await erp.post(f"/v1/sales-orders/{other['order_id']}/returns", {"reason": "broken"})
    return {
        "/v1/sales-orders": order["order_id"],
        "/v1/invoices": invoice["id"],
        "/v1/payments": payment,
        "/v1/refunds": refund["refund_id"],
        "/v1/allocations": allocation["allocation_id"],
        "/v1/stock-receipts": receipt["receipt_id"],
        "/v1/revaluations": revalued["revaluation_id"],
        "/v1/returns": back["return_id"],
    }


def bodies(known: dict[str, str]) -> dict[str, Any]:
    """What is asked for where the documentation has no example that fits."""
    line = {"item_code": "PEAR", "quantity": "2", "unit_cost": "4.00"}
    reversal = {"reason": "by mistake", "reversed_on": A_DAY}
    value = {"item_code": "PEAR", "unit_cost": "5.00", "revalued_on": A_DAY, "reason": "dearer"}
    order_line = {"item_code": "APPLE", "quantity": "1", "unit_price": "10.00"}
    money = {"received_on": A_DAY, "amount": "5.00", "currency": "EUR"}
    return {
        "/v1/payments": money | {"customer_code": "ALICE"},
        "/v1/payments/{payment_id}/allocations": {"invoice_id": known["/v1/invoices"], "amount": "5.00"},
        "/v1/payments/{payment_id}/refund": {"amount": "5.00"},
        "/v1/payments/{payment_id}/reversal": reversal,
        "/v1/refunds/{refund_id}/reversal": reversal,
        "/v1/allocations/{allocation_id}/reversal": reversal,
        "/v1/stock-receipts": {"warehouse_code": "MAIN", "received_on": A_DAY, "lines": [line]},
        "/v1/stock-receipts/{receipt_id}/reversal": reversal,
        "/v1/revaluations": value,
        "/v1/revaluations/{revaluation_id}/reversal": reversal,
        "/v1/sales-orders": {"customer_code": "ALICE", "ordered_on": A_DAY, "lines": [order_line]},
        "/v1/sales-orders/{order_id}/payments": money,
    }


MUST_BE_DONE = {
    "/v1/payments",
    "/v1/payments/{payment_id}/allocations",
    "/v1/payments/{payment_id}/refund",
    "/v1/refunds/{refund_id}/reversal",
    "/v1/allocations/{allocation_id}/reversal",
    "/v1/stock-receipts",
    "/v1/stock-receipts/{receipt_id}/reversal",
    "/v1/revaluations",
    "/v1/journal-entries",
    "/v1/sales-orders",
    "/v1/items",
}
"""Routes of which the test has seen nothing if they are refused."""


def example_of(schema: Any, path: str, method: str) -> Any:
    """The first example of a body in the documentation."""
    body = schema["paths"][path][method].get("requestBody", {}).get("content", {})
    examples = body.get("application/json", {}).get("examples", {})
    return next((one["value"] for one in examples.values()), {})


async def test_every_route_that_changes_something_has_a_dry_run_that_does_not(
    erp: Erp, books: AsyncConnection
) -> None:
    documents = await documents_of(erp)
    asked, schema = bodies(documents), (await erp.http.get("/openapi.json")).json()
    done: set[str] = set()
    for place, (path, method) in enumerate(
        (path, method) for path, of in schema["paths"].items() for method in of if method != "get"
    ):
        if not path.startswith("/v1/"):
            continue
        prefix = path.partition("/{")[0]
        named = re.sub(r"\{[^}]+\}", documents.get(prefix, UNKNOWN), path)
        body = asked.get(path) or example_of(schema, path, method)
        about = f"{method} {path}"

        async def send(
            named: str = named, method: str = method, body: Any = body, place: int = place, **how: Any
        ) -> Any:
            return await erp.request(method.upper(), named, body, key=f"of all {place}", if_match="*", **how)

        for _ in range(5):  # Processes may still be at work: then what has changed was changed by them.
            before = await rows(books, erp.company)
            would = await send(dry_run="true")
            if before == (after := await rows(books, erp.company)):
                break
            await erp.at_rest()
        assert before == after, about
        if would.status_code >= 400 and would.json()["type"] == "/problems/no-dry-run":
            continue
        real = await send()
        if would.status_code == 200:
            assert real.status_code < 400, f"{about}: {real.text}"
            assert "would" in would.json(), about
            done.add(path)
        else:
            same = (would.status_code, refusal(would)) == (real.status_code, refusal(real))
            assert same, f"{about}: {would.text} / {real.text}"

    assert done >= MUST_BE_DONE, MUST_BE_DONE - done


async def test_a_role_that_a_dry_run_would_make_gives_nobody_anything(erp: Erp) -> None:
    role = {"description": "of the test", "permissions": ["ledger.*", "operations.*"]}
    would = await erp.request("PUT", "/v1/roles/poster", role, dry_run="true")
    viewer = await erp.request(
        "PUT", "/v1/roles/viewer", {"description": "all", "permissions": ["*"]}, dry_run="true", if_match="*"
    )
    still = await erp.request("POST", "/v1/journal-entries", {}, by="viewer")
    asked = {"actor": "Paul Poster", "companies": [erp.company], "roles": ["poster"]}
    no_such_role = await erp.request("POST", "/v1/api-keys", asked)

    assert (would.status_code, viewer.status_code, still.status_code) == (200, 200, 403), would.text
    assert no_such_role.status_code == 422
    assert (await erp.request("GET", "/v1/roles/poster")).status_code == 404
