"""Requisitions as operations: each once by its key, only in their order, and ordered only when approved."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from activities.ledger.budgets import put_budget, put_cost_centre
from activities.procurement.purchase_orders import place_purchase_order
from activities.procurement.requisitions import (
    approve_requisition,
    cancel_requisition,
    close_requisition,
    enter_requisition,
    submit_requisition,
)
from activities.procurement.supplier_items import put_supplier_item
from domains.ledger.messages.budgets import PutBudget, PutCostCentre
from domains.ledger.queries import budgets
from domains.master_data.messages.suppliers import PutSupplier
from domains.procurement.messages.requisitions import (
    ApproveRequisition,
    CancelRequisition,
    CloseRequisition,
    EnterRequisition,
    NotOrdered,
    RequisitionEntered,
    RequisitionLineAsked,
    RequisitionStatus,
    SubmitRequisition,
)
from domains.procurement.messages.supplier_items import PutSupplierItem
from domains.procurement.queries.requisitions import requisition
from domains.procurement.rules.requisitions import (
    RequisitionNotApproved,
    RequisitionNotInThisStatus,
    orders_of,
)
from domains.procurement.rules.sources_kept import SourceChanged
from foundation.database.connections import Database, database
from foundation.values.days import TooFarAhead
from foundation.values.errors import NotFound
from foundation.values.messages import Caller
from tests.builders.master_data import A_DAY, Registrar

OFFER = PutSupplierItem(
    code="A",
    supplier_code="GROVE",
    item_code="BOLT",
    unit_price=Decimal(4),
    currency="EUR",
    multiple=Decimal(10),
)
LATE = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
"""The tenth of March in Berlin."""


@pytest.fixture
async def buyer(database: Database, caller: Caller) -> Registrar:
    """Somebody who buys bolts of Grove, at 4.00 and only in tens; the shop has 100.00 for 2026."""
    del database  # Operations find it by themselves once it is open.
    registrar = await Registrar(caller).open(time_zone="Europe/Berlin")
    facts = {"country": "DE", "currency": "EUR", "payment_terms_code": "NET30"}
    await registrar.put(PutSupplier(code="GROVE", name="Grove", **facts))
    await put_supplier_item(registrar.call(), OFFER)
    await put_cost_centre(registrar.call(), PutCostCentre(code="SHOP", name="Shop"))
    year: dict[str, Any] = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    budget = PutBudget(code="SHOP-26", name="Shop", cost_centre="SHOP", amount=Decimal(100), **year)
    await put_budget(registrar.call(), budget)
    return registrar


async def entered(buyer: Registrar, key: str | None = None, **changes: Any) -> RequisitionEntered:
    """Seven bolts for the shop, which come to 40.00."""
    line = RequisitionLineAsked(item_code="BOLT", quantity=Decimal(7), wanted_on=A_DAY, cost_centre="SHOP")
    asked: dict[str, Any] = {"requisition_id": uuid4(), "requested_on": A_DAY, "lines": (line,)}
    return await enter_requisition(buyer.call(key), EnterRequisition(**asked | changes))


async def committed(buyer: Registrar) -> Decimal:
    async with database().read(buyer.caller.company) as tx:
        known = await budgets.budget(tx, "SHOP-26")
    assert known is not None
    return known.committed_amount


async def ordered(buyer: Registrar, of: RequisitionEntered) -> None:
    """All of its orders are placed."""
    for order in orders_of(of, A_DAY):
        await place_purchase_order(buyer.call(), order)


async def test_entered_twice_with_one_key_it_commits_once(buyer: Registrar) -> None:
    requisition_id = uuid4()

    answers = [await entered(buyer, "one key", requisition_id=requisition_id) for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0].requisition_number.startswith("PQ-")
    assert answers[0].lines[0].budget_code == "SHOP-26"
    assert await committed(buyer) == 40


async def test_a_day_too_far_ahead_is_refused(buyer: Registrar) -> None:
    with pytest.raises(TooFarAhead) as refusal:
        await entered(buyer, requested_on=date(2199, 1, 1))

    assert "requested_on" in str(refusal.value)


async def test_its_orders_are_dated_on_the_company_s_day_of_the_last_yes(buyer: Registrar) -> None:
    one, other = await entered(buyer), await entered(buyer)

    at_once = await approve_requisition(buyer.call(), ApproveRequisition(requisition_id=one.requisition_id))
    late = ApproveRequisition(requisition_id=other.requisition_id, decided_at=LATE)
    approved = await approve_requisition(buyer.call(), late)

    assert (at_once.ordered_on, approved.ordered_on) == (A_DAY, date(2026, 3, 10))


async def test_only_what_is_approved_is_ordered_and_once(buyer: Registrar) -> None:
    of = await entered(buyer)
    (order,) = orders_of(of, A_DAY)

    with pytest.raises(RequisitionNotApproved, match="is entered: it is not ordered"):
        await place_purchase_order(buyer.call(), order)
    await approve_requisition(buyer.call(), ApproveRequisition(requisition_id=of.requisition_id))
    await ordered(buyer, of)
    await close_requisition(buyer.call(), CloseRequisition(requisition_id=of.requisition_id))
    with pytest.raises(RequisitionNotApproved, match="is ordered: it is not ordered"):
        await place_purchase_order(buyer.call(), order.model_copy(update={"order_id": uuid4()}))
    assert order.for_requisition is not None
    ghost = order.for_requisition.model_copy(update={"requisition_id": uuid4()})
    with pytest.raises(RequisitionNotApproved, match="is not there"):
        await place_purchase_order(buyer.call(), order.model_copy(update={"for_requisition": ghost}))
    assert await committed(buyer) == 40


async def test_the_database_refuses_an_order_of_what_is_not_approved(buyer: Registrar) -> None:
    of = await entered(buyer)
    await approve_requisition(buyer.call(), ApproveRequisition(requisition_id=of.requisition_id))
    await ordered(buyer, of)
    statements = [
        "UPDATE procurement.purchase_requisition SET status = 'rejected'",
        """INSERT INTO procurement.purchase_order_line (order_id, line_number, item_code, description,
            quantity, unit, stock_quantity, is_stocked, unit_price, discount_percent, tax_code,
            over_delivery_percent, under_delivery_percent, net_amount, tax_amount, requisition_id,
            requisition_line_number)
        SELECT order_id, 2, item_code, description, quantity, unit, stock_quantity, is_stocked, unit_price,
            discount_percent, tax_code, 0, 0, net_amount, tax_amount, requisition_id, 1
        FROM procurement.purchase_order_line""",
    ]

    for refused, why in ((statements, "is not approved"), (statements[1:], "duplicate key")):
        with pytest.raises(PostgresError, match=why):
            async with database().write(buyer.caller.company, "tests") as tx:
                for statement in refused:
                    await tx.execute(text(statement))


@pytest.mark.parametrize("rejected", [True, False])
async def test_turned_down_it_gives_back_all_of_it_once(buyer: Registrar, rejected: bool) -> None:
    of = await entered(buyer)
    await submit_requisition(buyer.call(), SubmitRequisition(requisition_id=of.requisition_id))
    cancel = CancelRequisition(requisition_id=of.requisition_id, reason="so", rejected=rejected)

    answers = [await cancel_requisition(buyer.call(), cancel) for _ in range(2)]

    wanted = RequisitionStatus.REJECTED if rejected else RequisitionStatus.CANCELLED
    assert [answer.status for answer in answers] == [wanted, wanted]
    assert await committed(buyer) == 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"unit_price": Decimal("4.01")}, "A costs 4.01 EUR, and was asked for at 4 EUR"),
        ({"currency": "USD"}, "A costs 4 USD, and was asked for at 4 EUR"),
        ({"blocked": True}, "A is not sold any more on 2026-03-02"),
        ({"valid_to": A_DAY - timedelta(days=1)}, "A is not sold any more on 2026-03-02"),
        ({"multiple": Decimal(15)}, "units, minimum or multiple of A have changed"),
        ({"unit": "box", "multiple": Decimal(1)}, "units, minimum or multiple of A have changed"),
    ],
)
async def test_what_is_not_sold_any_more_as_it_was_approved_is_not_ordered(
    buyer: Registrar, changes: dict[str, Any], why: str
) -> None:
    of = await entered(buyer)
    await approve_requisition(buyer.call(), ApproveRequisition(requisition_id=of.requisition_id))
    await put_supplier_item(buyer.call(), OFFER.model_copy(update=changes))

    with pytest.raises(SourceChanged, match=f"line 1: {why}: enter it anew"):
        await ordered(buyer, of)
    await put_supplier_item(buyer.call(), OFFER.model_copy(update={"preferred": True}))
    await ordered(buyer, of)


async def test_what_is_not_ordered_gives_back_and_nothing_else(buyer: Registrar) -> None:
    line = RequisitionLineAsked(item_code="BOLT", quantity=Decimal(7), wanted_on=A_DAY, cost_centre="SHOP")
    of = await entered(buyer, lines=(line, line))
    await approve_requisition(buyer.call(), ApproveRequisition(requisition_id=of.requisition_id))
    first = of.model_copy(update={"lines": of.lines[:1]})
    await ordered(buyer, first)

    refused = NotOrdered(line_number=2, why="the supplier is blocked")
    close = CloseRequisition(requisition_id=of.requisition_id, not_ordered=(refused,))
    closed = await close_requisition(buyer.call(), close)

    # Fourteen are sold as twenty: thirteen of the first line, seven of the second.
    assert (closed.status, await committed(buyer)) == (RequisitionStatus.ORDERED, Decimal(52))
    async with database().read(buyer.caller.company) as tx:
        view = await requisition(tx, of.requisition_id)
    assert [line.why_not_ordered for line in view.lines] == ["", "the supplier is blocked"]


async def test_nothing_is_done_out_of_its_order(buyer: Registrar) -> None:
    of = await entered(buyer)
    known: dict[str, UUID] = {"requisition_id": of.requisition_id}

    with pytest.raises(RequisitionNotInThisStatus, match="that is entered is not being ordered"):
        await close_requisition(buyer.call(), CloseRequisition(**known))
    await approve_requisition(buyer.call(), ApproveRequisition(**known))
    await ordered(buyer, of)
    await close_requisition(buyer.call(), CloseRequisition(**known))
    with pytest.raises(RequisitionNotInThisStatus, match="is cancelled by its orders"):
        await cancel_requisition(buyer.call(), CancelRequisition(reason="so", **known))
    with pytest.raises(RequisitionNotInThisStatus, match="that is ordered cannot become submitted"):
        await submit_requisition(buyer.call(), SubmitRequisition(**known))
    assert await committed(buyer) == 40


async def test_of_one_that_is_not_there_nothing_is_done(buyer: Registrar) -> None:
    ghost: dict[str, UUID] = {"requisition_id": uuid4()}

    with pytest.raises(NotFound):
        await submit_requisition(buyer.call(), SubmitRequisition(**ghost))
    with pytest.raises(NotFound):
        await approve_requisition(buyer.call(), ApproveRequisition(**ghost))
    with pytest.raises(NotFound):
        await close_requisition(buyer.call(), CloseRequisition(**ghost))
    cancelled = await cancel_requisition(buyer.call(), CancelRequisition(reason="so", **ghost))
    assert (cancelled.requisition_number, cancelled.status) == ("", None)
