"""What had paid an invoice never came, and a credit note has put it on the customer's account since: that is
no money of the customer's, and closes the invoice instead. What of it was refunded is owed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Uuid, bindparam, text

from activities.ledger.posting.advances import write_settlement
from activities.ledger.posting.entries import books_on
from activities.ledger.posting.settling import Settling, use_money
from domains.ledger.messages import CreditSetOff, Party, PartyType, SettledInvoice
from domains.ledger.queries.open_items import DocumentHead, open_documents
from domains.ledger.rules import payments as rules
from domains.ledger.rules.payments import Market, Money
from domains.ledger.rules.set_off import Parts, set_off
from domains.ledger.rules.settlement import (
    OpenDocument,
    Settled,
    SettledInstalment,
    SettlementResult,
    share_of,
    spread,
)
from domains.ledger.tables.open_items import Allocation
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.values.money import ONE, ZERO, DualAmount

# What is left of what credit notes on an invoice have put on account, and of what they have reversed with it.
_CREDITED = text(
    """
    SELECT c.id, c.document_id, c.document_number, c.account_code, c.party_type, c.party_code,
        greatest(c.document_on, c.reopened_on) AS since, -c.open_amount AS amount,
        -c.base_open_amount AS base_amount, c.discount_amount - coalesce(u.discount, 0) AS discount,
        c.written_off_amount - coalesce(u.written_off, 0) AS written_off
    FROM ledger.open_item c LEFT JOIN LATERAL (
        SELECT sum(s.discount_amount) AS discount, sum(s.written_off_amount) AS written_off
        FROM ledger.settlement s JOIN ledger.open_item i ON i.id = s.open_item_id
        WHERE s.money_id = c.document_id AND i.document_id = c.corrects_id
    ) AS u ON true
    WHERE c.corrects_id = :invoice AND c.on_account AND NOT EXISTS (SELECT FROM ledger.reversal x
        WHERE x.document_type = c.document_type AND x.document_id = c.document_id)
    ORDER BY c.id
    """
).bindparams(bindparam("invoice", type_=Uuid()))
# First: what somebody has used of them meanwhile is not seen by a question that has waited for him.
_LOCK = text(
    """
    SELECT id FROM ledger.open_item WHERE corrects_id = :invoice AND on_account ORDER BY id FOR UPDATE
    """
).bindparams(bindparam("invoice", type_=Uuid()))


async def set_off_credits(
    tx: Transaction, reversal_id: UUID, on: date, settlements: Sequence[Any], documents: Sequence[UUID]
) -> tuple[CreditSetOff, ...]:
    """Use what is left of the credit notes on invoices that a reversal has opened again, each on the first
    day on which it can be. `settlements` are what the reversal takes back. Refuses: NotPostable,
    NoFiscalYear, PeriodLocked, NoAccountFor.
    """
    done: list[CreditSetOff] = []
    for document_id in documents:
        if not (await tx.execute(_LOCK, {"invoice": document_id})).all():
            continue
        credits = (await tx.execute(_CREDITED, {"invoice": document_id})).all()
        own = {credit.document_id for credit in credits}
        if not credits or any(one.money_id in own for one in settlements):
            continue
        (head,) = await open_documents(tx, order_id=None, document_id=document_id)
        reopened = [one for one in settlements if one.open_item_id in head.opened.item_ids]
        document = _moved(head.document, reopened, 1)
        parts = Parts(
            sum((one.amount - one.discount_amount - one.written_off_amount for one in reopened), ZERO),
            sum((one.discount_amount for one in reopened), ZERO),
            sum((one.written_off_amount for one in reopened), ZERO),
        )
        for credit in credits:
            used = set_off(parts, Parts(credit.amount, credit.discount, credit.written_off))
            if used.total <= 0:
                continue
            day = max(on, credit.since, head.opened.since)
            of_credit = replace(head, document=document)
            settled = await _use(tx, uuid5(reversal_id, str(credit.id)), day, credit, of_credit, used)
            document, parts = _moved(document, settled.instalments, -1), parts.less(used)
            done.append(_said(reversal_id, credit, of_credit, settled))
    return tuple(done)


async def _use(
    tx: Transaction, allocation_id: UUID, on: date, credit: Any, head: DocumentHead, used: Parts
) -> Settled:
    """Collect the allocation of a credit note's money to its own invoice."""
    books, document, party = await books_on(tx, on), head.document, _party(credit)
    settled = spread(Settled(document, *used), head.currency, books.currency)
    base_used = ZERO
    if used.paid:
        base_used = share_of(credit.base_amount, used.paid, credit.amount, books.currency)
    settlement = SettlementResult((settled,), ZERO)
    # Money and invoice are in one currency: no rate is asked for.
    market = Market(books.currency, head.currency, ONE, head.currency, ONE, ZERO)
    found = rules.entries(
        Money(credit.account_code, used.paid, base_used, party),
        settlement,
        market,
        party=party,
        control_account=head.account_code,
        account=books.account,
    )
    of_money = {"money_type": "credit_note", "money_id": credit.document_id}
    row = of_money | {
        "id": allocation_id,
        "money_number": credit.document_number,
        "document_type": document.type,
        "document_id": document.id,
        "document_number": document.number,
        "party_type": party.type,
        "party_code": party.code,
        "allocated_on": on,
        "currency": head.currency,
        "amount": used.paid,
        "exchange_difference": rules.realised(found),
    }
    write_document(tx, {Allocation: row})
    by = Settling("allocation", allocation_id, credit.document_number, on, **of_money)
    about = f"Money on account of {credit.document_number} of {party.code}"
    await write_settlement(tx, books, by, found, settlement, about)
    use_money(tx, by, credit.id, DualAmount(used.paid, base_used))
    return settled


def _moved(document: OpenDocument, parts: Sequence[Any], sign: int) -> OpenDocument:
    """The document with what was settled open again (1), or settled (-1): nothing is written yet."""
    moved: dict[UUID, DualAmount] = {}
    for part in parts:
        item_id = part.item_id if isinstance(part, SettledInstalment) else part.open_item_id
        moved[item_id] = moved.get(item_id, DualAmount(ZERO, ZERO)) + DualAmount(
            part.amount, part.base_amount
        )
    instalments = tuple(
        replace(
            one,
            open_amount=one.open_amount + sign * moved[one.item_id].amount,
            base_open_amount=one.base_open_amount + sign * moved[one.item_id].base_amount,
        )
        if one.item_id in moved
        else one
        for one in document.instalments
    )
    return replace(document, instalments=instalments)


def _party(credit: Any) -> Party:
    return Party(PartyType(credit.party_type), credit.party_code)


def _said(reversal_id: UUID, credit: Any, head: DocumentHead, settled: Settled) -> CreditSetOff:
    document = head.document
    return CreditSetOff(
        allocation_id=uuid5(reversal_id, str(credit.id)),
        credit_note_id=credit.document_id,
        credit_note_number=credit.document_number,
        settled=SettledInvoice(
            invoice_id=document.id,
            invoice_number=document.number,
            order_id=document.order_id,
            process_id=document.process_id,
            settled_amount=settled.amount,
            discount_amount=settled.discount_amount,
            written_off_amount=settled.written_off_amount,
            open_amount=document.open_amount - settled.amount,
        ),
    )
