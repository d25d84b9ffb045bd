"""POST /v1/imports: files of others go through our own routes, as the one who asks."""

from typing import Any

import httpx

from tests.erp import ADMIN_KEY, Erp

CUSTOMERS = "code,name,country,currency,payment_terms_code,price_list_code\n"
ORDERS = "external_id,customer_code,ordered_on,lines.item_code,lines.quantity\n"


async def upload(erp: Erp, name: str, text: str, *, by: str = "administrator", **form: str) -> httpx.Response:
    """Import one CSV file, under a key that its contents make."""
    secret = ADMIN_KEY if by == "administrator" else erp.keys[by]
    headers = {
        "Authorization": f"Bearer {secret}",
        "X-Company": erp.company,
        "Idempotency-Key": f"{erp.company}/{hash(text)}/{form}",
    }
    return await erp.http.post(
        "/v1/imports", files=[("files", (name, text.encode()))], data=form, headers=headers, timeout=60
    )


async def imported(erp: Erp, name: str, text: str, **form: str) -> Any:
    """The report on importing one CSV file."""
    return erp.accepted(await upload(erp, name, text, **form))


async def test_customers_are_written_by_their_code_new_or_changed(erp: Erp) -> None:
    first = await imported(erp, "customers.csv", CUSTOMERS + "CARL,Carl,DE,EUR,NET30,STD\n")
    again = await imported(
        erp, "customers.csv", CUSTOMERS + "CARL,Carl & Sons,DE,EUR,NET30,STD\nDORA,Dora,DE,EUR,NET30,STD\n"
    )

    assert [(one["created"], one["changed"]) for one in first["targets"]] == [(1, 0)]
    assert [(one["created"], one["changed"]) for one in again["targets"]] == [(1, 1)]
    assert (await erp.get("/v1/customers/CARL"))["name"] == "Carl & Sons"


async def test_a_price_list_that_says_the_same_in_another_order_is_unchanged(erp: Erp) -> None:
    heading = "code,name,currency,lines.item_code,lines.min_quantity,lines.unit_price\n"
    lines = [
        "STD,Standard,EUR,PEAR,0,5.00\n",
        "STD,Standard,EUR,APPLE,50,9.00\n",
        "STD,Standard,EUR,APPLE,0,10\n",
    ]

    same = await imported(erp, "price-lists.csv", heading + "".join(lines))
    other = await imported(erp, "price-lists.csv", heading + "".join(lines[1:]))

    assert [(one["unchanged"], one["changed"]) for one in same["targets"]] == [(1, 0)]
    assert [(one["unchanged"], one["changed"]) for one in other["targets"]] == [(0, 1)]
    assert len((await erp.get("/v1/price-lists/STD"))["lines"]) == 2


async def test_a_record_that_changes_to_and_fro_is_as_it_was_imported_last(erp: Erp) -> None:
    for number, name in enumerate(("Carl", "Charles", "Carl")):
        await imported(erp, "customers.csv", CUSTOMERS + f"CARL,{name},DE,EUR,NET30,STD\n" + "\n" * number)

    assert (await erp.get("/v1/customers/CARL"))["name"] == "Carl"


async def test_what_a_route_refuses_is_told_with_its_row_and_column_and_the_rest_is_written(erp: Erp) -> None:
    report = await imported(
        erp,
        "customers.csv",
        CUSTOMERS
        + "CARL,Carl,DE,EUR,NET30,NO-LIST\nDORA,Dora,Germany,EUR,NET30,STD\nEMIL,Emil,DE,EUR,NET30,STD\n",
    )

    assert {(error["row"], error["column"], error["value"]) for error in report["errors"]} == {
        (2, "price_list_code", "NO-LIST"),
        (3, "country", "Germany"),
    }
    (counts,) = report["targets"]
    assert (counts["rows"], counts["ready"], counts["created"], counts["refused"]) == (3, 2, 1, 1)


async def test_an_imported_order_is_an_order_like_any_other_and_counts_once(erp: Erp) -> None:
    text = (
        ORDERS + "PO-1,ALICE,2026-03-02,APPLE,2\nPO-1,ALICE,2026-03-02,PEAR,1\nPO-2,ALICE,2026-03-02,PEAR,3\n"
    )

    first = await imported(erp, "sales-orders.csv", text)
    second = await imported(erp, "orders of today.csv", text, target="sales-orders")

    assert first["errors"] == second["errors"] == []
    orders = (await erp.get("/v1/sales-orders"))["items"]
    assert len(orders) == 2
    assert {await erp.stage_of(order) for order in orders} == {"waiting for shipment"}


async def test_an_order_that_has_changed_since_it_was_imported_is_told_and_stays(erp: Erp) -> None:
    await imported(erp, "sales-orders.csv", ORDERS + "PO-1,ALICE,2026-03-02,APPLE,2\n")

    report = await imported(erp, "sales-orders.csv", ORDERS + "PO-1,ALICE,2026-03-02,APPLE,3\n")

    (error,) = report["errors"]
    assert error["message"] == "PO-1 was imported before with other contents, and stays as it was"


async def test_a_dry_run_writes_nothing(erp: Erp) -> None:
    report = await imported(erp, "customers.csv", CUSTOMERS + "CARL,Carl,DE,EUR,NET30,STD\n", dry_run="true")

    assert report["dry_run"] is True
    assert report["targets"][0]["ready"] == 1
    assert (await erp.request("GET", "/v1/customers/CARL")).status_code == 404


async def test_only_who_may_import_imports(erp: Erp) -> None:
    answer = await upload(erp, "customers.csv", CUSTOMERS + "CARL,Carl,DE,EUR,NET30,STD\n", by="viewer")

    assert answer.status_code == 403


async def test_a_file_of_no_known_target_is_refused(erp: Erp) -> None:
    answer = await upload(erp, "things.csv", "code\n1\n")

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/mapping-refused"


async def test_a_figure_that_may_be_thousands_or_decimals_is_refused_until_it_is_said_which(erp: Erp) -> None:
    text = CUSTOMERS.strip() + ",credit_limit\nEVE,Eve,DE,EUR,NET30,STD,5.000\n"

    ambiguous = await imported(erp, "customers.csv", text)
    comma = await imported(erp, "customers.csv", text, decimal="comma")
    limit = (await erp.get("/v1/customers/EVE"))["credit_limit"]
    await imported(erp, "customers.csv", text, decimal="point")

    (error,) = ambiguous["errors"]
    assert (error["row"], error["column"]) == (2, "credit_limit")
    assert "may be 5000 or 5.000" in error["message"]
    assert comma["targets"][0]["created"] == 1
    assert float(limit) == 5000
    assert float((await erp.get("/v1/customers/EVE"))["credit_limit"]) == 5
