"""How a requisition is entered: each line with its source and its price, and what it commits of budgets.

Whoever enters one does it in an operation of its own: a person's, or that of what runs short.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from activities.ledger import posting
from activities.procurement.for_requisition import OF_REQUISITION
from activities.procurement.purchasing_inputs import purchasing_inputs
from domains.identity import queries as identity
from domains.ledger.messages.budgets import CommittedBy
from domains.ledger.queries.budgets import are_budgets_kept, cost_centres_in_use
from domains.master_data import queries as master_data
from domains.master_data.views import CompanyView
from domains.procurement import tables
from domains.procurement.messages import PURCHASE_REQUISITION
from domains.procurement.messages.requisitions import (
    EnterRequisition,
    RequisitionEntered,
    RequisitionLine,
    RequisitionStatus,
)
from domains.procurement.queries.requisitions import last_prices
from domains.procurement.queries.supplier_items import supplier_items
from domains.procurement.rules import price_purchase_order
from domains.procurement.rules import requisitions as rules
from domains.procurement.rules.sourcing import PriceKnowledge
from foundation.database.documents import write_document
from foundation.database.transaction import OPENED_AT, Transaction
from foundation.values.errors import BusinessError, Invalid, Refusals
from foundation.values.money import ZERO


class WhereBought(NamedTuple):
    """The lines that could be entered now; and, by its number, why another one could not."""

    lines: tuple[RequisitionLine, ...]
    refused: dict[int, str]


async def enter(tx: Transaction, asked: EnterRequisition) -> RequisitionEntered:
    """Write it down, find where it is bought and for how much, and commit the budgets: as
    `procurement.enter_requisition` says.
    """
    known = await _inputs(tx, asked)
    known.company.check_not_too_far_ahead("requested_on", asked.requested_on, tx.info[OPENED_AT])
    lines = rules.sourced_lines(asked, known)
    number = tx.closing.sequence_number("PQ", "procurement.purchase_requisition_number")
    entered = _entered(asked, lines, known.company, number)
    refusals = Refusals()
    await _note_not_orderable(tx, entered, refusals)
    refusals.raise_if_any()
    document = CommittedBy(OF_REQUISITION, asked.requisition_id)
    today = known.company.today(tx.info[OPENED_AT])
    budgets = await posting.commit_budgets(tx, document, rules.to_commit(lines), on=today)
    entered = entered.model_copy(
        update={
            "lines": tuple(
                line.model_copy(update={"budget_code": budgets.get(line.line_number)}) for line in lines
            )
        }
    )
    _write(tx, asked, entered)
    return entered


async def where_bought(tx: Transaction, asked: EnterRequisition) -> WhereBought:
    """Which lines of a requisition could be entered now, and where they would be bought; nothing is written.

    What is wrong with its head is said of line 0.
    """
    known, refusals = await _inputs(tx, asked), Refusals()
    lines = rules.found_lines(asked, known, refusals)
    await _note_not_orderable(tx, _entered(asked, lines, known.company, ""), refusals)
    refused = rules.refused_lines(refusals)
    return WhereBought(tuple(line for line in lines if line.line_number not in refused), refused)


def _entered(
    asked: EnterRequisition, lines: tuple[RequisitionLine, ...], company: CompanyView, number: str
) -> RequisitionEntered:
    return RequisitionEntered(
        requisition_number=number,
        cost_centre=rules.cost_centre_of(lines),
        currency=company.currency,
        base_total_amount=sum((line.base_amount for line in lines), ZERO),
        lines=lines,
        **asked.model_dump(include={"requisition_id", "requested_on", "category", "warehouse_code"}),
    )


async def _inputs(tx: Transaction, asked: EnterRequisition) -> rules.RequisitionInputs:
    on, codes = asked.requested_on, {line.item_code for line in asked.lines}
    company = await master_data.company(tx)
    offers, last = await supplier_items(tx, codes), await last_prices(tx, codes, on)
    named = {line.supplier_code for line in asked.lines if line.supplier_code is not None}
    named |= {offer.supplier_code for offer in offers} | {price.supplier_code for price in last}
    rates: dict[str, Decimal] = {}
    for currency in sorted({offer.currency for offer in offers} | {price.currency for price in last}):
        rate = await master_data.rate_found(tx, currency, on, base=company.currency)
        if not isinstance(rate, BusinessError):
            rates[currency] = rate
    centres = {line.cost_centre for line in asked.lines if line.cost_centre is not None}
    today = company.today(tx.info[OPENED_AT])
    policies = [
        one
        for one in await identity.policies_of(tx, PURCHASE_REQUISITION)
        if not one.blocked and one.valid_from <= today
    ]
    of_cost_centres = any(one.cost_centre for one in policies) or await are_budgets_kept(tx)
    return rules.RequisitionInputs(
        company=company,
        items=await master_data.items_on(tx, codes, on),
        prices=PriceKnowledge(
            offers=offers,
            last_prices=last,
            suppliers=await master_data.suppliers(tx, sorted(named)),
            rates=rates,
        ),
        cost_centres=frozenset(await cost_centres_in_use(tx, centres)),
        categories=frozenset(one.category for one in policies if one.category),
        tells_cost_centres_apart=of_cost_centres,
    )


async def _note_not_orderable(tx: Transaction, entered: RequisitionEntered, refusals: Refusals) -> None:
    """Nothing is entered that cannot be ordered as far as it is known today: notes what cannot."""
    for order in rules.orders_of(entered, entered.requested_on):
        try:
            price_purchase_order(order, await purchasing_inputs(tx, order))
        except Invalid as refused:
            rules.as_refused(order, refused.errors, refusals)


def _write(tx: Transaction, asked: EnterRequisition, entered: RequisitionEntered) -> None:
    head = entered.model_dump(exclude={"requisition_id", "requisition_number", "lines"})
    own: dict[str, Any] = {
        "id": entered.requisition_id,
        "number": entered.requisition_number,
        "status": RequisitionStatus.ENTERED.value,
        "reason": asked.reason,
    }
    lines = [{"requisition_id": entered.requisition_id, **dict(line)} for line in entered.lines]
    write_document(tx, {tables.PurchaseRequisition: head | own})
    write_document(tx, {tables.PurchaseRequisitionLine: lines})
