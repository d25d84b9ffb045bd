"""The demo plays a year through the API, in small the same as in whole, and doubles nothing."""

import re
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from perpetual.company_seed.finance import exchange_rate_rows
from perpetual.demo import MAPPING, run_demo
from perpetual.demo.buying import Purchases, half
from perpetual.demo.calendar import WEEK
from perpetual.demo.choice import SCARCE_ITEM, chosen, over_the_limit, year
from perpetual.demo.paying import PAID_AFTER, Payday
from perpetual.demo.people import ADMINISTRATOR, COMPANY, People, Refused
from perpetual.demo.playing import PATIENCE, Order, Year, first_part, paid
from perpetual.demo.supply import LAST_ARRIVAL, REORDERED
from perpetual.demo.wages import AWAY, RAISED
from tests.checked import violations
from tests.erp import ADMIN_KEY, Erp

ORDERS = 24


async def test_a_small_year_is_played_and_playing_it_again_adds_nothing(
    http: httpx.AsyncClient, temporal: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    from api.app import app  # noqa: PLC0415  # Importing it builds every route.

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    havelrad = Erp(http=http, temporal=temporal, company=COMPANY)

    async def play() -> str:
        status = await run_demo(
            base_url="http://perpetual",
            api_key=ADMIN_KEY,
            web_ui="http://temporal",
            orders=ORDERS,
            transport=transport,
        )
        said = capsys.readouterr().out
        assert status == 0, said
        return said

    first = await play()
    books = await havelrad.balances()
    second = await play()

    assert "The books balance." in first
    assert "are what their subledgers say" in " ".join(first.split())
    assert "HAVELRAD is already there." in second
    assert (
        "0 sales orders, 0 shipments, 0 invoices, 0 payments, 0 purchase requisitions, 0 purchase orders"
        in " ".join(second.split())
    )
    assert await havelrad.balances() == books
    assert len((await havelrad.get("/v1/sales-orders", limit=200))["items"]) == ORDERS
    page = (
        r"/namespaces/default/workflows/HAVELRAD%2Forder_to_cash%2F[-0-9a-f]{36}/[-0-9a-f]{36}/user-metadata"
    )
    assert re.search(rf"An order: +http://\S+{page}\n", first)
    assert "http://temporal/namespaces/default/workflows?query=ErpCompany+%3D+%22HAVELRAD%22+AND+" in first
    await two_months_are_paid(havelrad)
    await what_is_short_is_bought_and_billed_too_early(http, havelrad)


async def two_months_are_paid(havelrad: Erp) -> None:
    """What was not known in the first month is paid with the second."""
    runs = (await havelrad.get("/v1/payroll-runs", sort="number"))["items"]
    assert [(run["status"], run["people"]) for run in runs] == [("sealed", 30)] * 2
    (slip,) = (await havelrad.get("/v1/payslips", run=runs[1]["run_id"], employee=RAISED))["items"]
    # 4,000.00, and 200.00 for the month before.
    assert slip["gross_amount"] == "4200.00"
    (away,) = (await havelrad.get("/v1/payslips", run=runs[1]["run_id"], employee=AWAY))["items"]
    # 3,100.00 without 12 of 31 days.
    assert away["gross_amount"] == "1900.00"
    for run in runs:
        paid = await havelrad.get(f"/v1/payroll-runs/{run['run_id']}/paid")
        assert paid["confirmed"] == 30
    assert (await havelrad.balances())["wages_payable"] == 0


async def what_is_short_is_bought_and_billed_too_early(http: httpx.AsyncClient, havelrad: Erp) -> None:
    """So few orders ask for nothing that must be bought: a rule does."""
    people = People(http, {ADMINISTRATOR: ADMIN_KEY})
    await people.hire()
    there = Decimal(
        (await havelrad.get("/v1/stock", item=SCARCE_ITEM, warehouse="MAIN"))["items"][0]["available"]
    )
    more = {"reorder_point": str(there), "order_up_to": str(there + 28)}
    path = f"/v1/reorder-rules/{REORDERED['code']}"
    havelrad.accepted(await havelrad.request("PATCH", path, more, if_match="*"))
    purchases = Purchases(people, date(2026, 10, 6))

    for happening in (purchases.ask, purchases.receive_some, purchases.bill):
        await happening()
    (waiting,) = (await havelrad.get("/v1/blocked-invoices"))["items"]
    assert [block["code"] for block in waiting["blocks"]] == ["quantity"]
    await purchases.receive_the_rest()
    payday = Payday(people, LAST_ARRIVAL + 2 * PAID_AFTER)
    await payday.pay()
    later = Payday(people, LAST_ARRIVAL + 3 * PAID_AFTER)
    await later.pay()
    assert later.run == {}

    (cured,) = (await havelrad.get("/v1/blocked-invoices"))["items"]
    assert (cured["status"], cured["decided_by"]) == ("posted", None)
    (payment,) = (await havelrad.get(f"/v1/payment-runs/{payday.run['run_id']}"))["payments"]
    assert payment["confirmed_by"] == "MAIN-000002/1"
    lines = (await havelrad.get("/v1/bank-statement-lines"))["items"]
    assert [line["open_amount"] for line in lines] == ["0.00"] * 4
    assert await violations(COMPANY) == []


def test_a_part_of_the_year_has_its_stories_and_is_always_the_same() -> None:
    part = chosen(200)

    references = {one.order.order_id for one in part}
    assert len(references) == 200
    assert part == chosen(200)
    assert all(references.issuperset(group) for group in over_the_limit(year()))
    assert {one.order.ordered_on.month for one in part} == set(range(1, 12))
    assert SCARCE_ITEM in {line.item_code for one in part for line in one.lines}


@pytest.mark.parametrize(
    ("quantities", "first"), [(["1"], None), (["1", "4"], 1), (["5"], 2), (["28", "2"], 14)]
)
def test_a_first_receipt_leaves_something_to_come(quantities: list[str], first: int | None) -> None:
    assert half({"lines": [{"quantity": quantity} for quantity in quantities]}) == first


def test_the_whole_year_is_played_when_more_is_asked_for_than_there_is() -> None:
    assert chosen(5000) == year()


@pytest.mark.parametrize(
    ("style", "amount"),
    [("full", "100.01"), ("partial", "50.01"), ("over", "110.01"), ("short", "99.98"), ("discount", "98.01")],
)
def test_customers_pay_in_their_own_style(style: str, amount: str) -> None:
    assert paid(Decimal("100.01"), "EUR", style=style, discount_percent=Decimal(2)) == Decimal(amount)


class NothingSetAside(People):
    """A client whose every shipment is refused; it keeps what was asked for under which key."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    async def post(self, path: str, body: Any, *, by: str, key: str, order: str = "") -> dict[str, Any]:
        assert self.asked.setdefault(key, (path, body)) == (path, body), f"{key} was used for another request"
        raise Refused(422, {"type": "/problems/shipment-refused", "detail": "nothing is set aside"})


async def test_what_was_refused_is_asked_for_later_under_another_key() -> None:
    people = NothingSetAside()
    played = next(one for one in year() if one.order.ship_in > 1)
    whole_year = Year(people, [], discounts={}, on_done=lambda: None)
    order = Order(played)
    whole_year.plan(order, played.order.ordered_on, partial(whole_year.ship, order, played.order.ordered_on))

    await whole_year.play()

    weeks = {body["shipped_on"] for _, body in people.asked.values()}
    assert len(people.asked) == 2 * len(weeks) > 2
    assert [one for one in whole_year.troubles if "nothing is set aside" not in one] == []


def test_a_first_shipment_takes_half_of_an_order() -> None:
    for one in year():
        if one.order.ship_in == 2:
            part = first_part(one)
            assert part
            assert all(Decimal(line["quantity"]) > 0 for line in part)
            assert len(part) < len(one.lines) or Decimal(part[0]["quantity"]) < one.lines[0].quantity


def test_whoever_pays_in_the_next_year_finds_a_rate_of_the_day() -> None:
    mapping = tomllib.loads(MAPPING.read_text(encoding="utf-8"))
    (companies,) = [one for one in mapping["import"] if one["target"] == "companies"]
    days = timedelta(days=int(companies["fields"]["exchange_rate_days"]["constant"]))
    slowest = timedelta(days=max(one.order.pay_after_days for one in year()))
    rates: dict[str, list[date]] = {}
    for row in exchange_rate_rows():
        rates.setdefault(row["currency"], []).append(date.fromisoformat(row["valid_from"]))

    for currency, quoted_on in rates.items():
        ends_on = PATIENCE + WEEK + slowest
        for quoted, until in pairwise([*quoted_on, ends_on]):
            assert until - quoted <= days, f"{currency}: nothing between {quoted} and {until}"
