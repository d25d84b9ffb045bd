"""Net pay: who knows what is owed of it, and the money that goes out for it.

The domain that computes net pay and the one that pays it do not know each other. What people are paid, and to
which accounts, is asked for within the transaction that needs it, and goes through no process.
"""

from collections.abc import Awaitable, Callable, Collection
from datetime import date
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from activities.ledger.posting.entries import Entry, books_on, write_entry
from activities.ledger.posting.settling import Settling, settle_item
from domains.ledger.messages import Document, Line, Side, Source
from domains.ledger.messages.wages import WagesOwed
from domains.ledger.queries.open_items import DocumentHead, open_documents
from foundation.database.transaction import Transaction
from foundation.values.money import DualAmount

TellsWages: TypeAlias = Callable[[Transaction, UUID, Collection[UUID] | None], Awaitable[WagesOwed]]
_TELLS: list[TellsWages] = []


def tells_wages(tells: TellsWages) -> None:
    """Declare who knows what the payslips of a payroll run leave to be paid: of all of them, or of some.

    It refuses NotFound.
    """
    _TELLS.append(tells)


async def wages_owed(
    tx: Transaction, payroll_run_id: UUID, *, payslips: Collection[UUID] | None = None
) -> WagesOwed:
    """What the payslips of a run that stand leave to be paid, whatever of it is paid. Refuses: NotFound."""
    (tells,) = _TELLS
    return await tells(tx, payroll_run_id, payslips)


async def open_wages(tx: Transaction, payslip_id: UUID) -> DocumentHead | None:
    """What is open of a payslip, under its lock; None where nothing ever was."""
    heads = await open_documents(tx, order_id=None, document_id=payslip_id, side=Side.WAGES)
    return heads[0] if heads else None


async def pay_wages(
    tx: Transaction, document: Document, on: date, head: DocumentHead, amount: Decimal, account_code: str
) -> None:
    """Post net pay that goes out of an account, in the company's currency: so much less is owed to the
    person. `head` is what is owed by the payslip, locked.

    Refuses: NotPostable, NoFiscalYear, PeriodLocked, TooFarAhead.
    """
    books = await books_on(tx, on)
    number = head.document.number
    lines = [
        Line(head.account_code, amount, amount, number, head.party),
        Line(account_code, -amount, -amount, document.number),
    ]
    source = Source(document.type, document.id, document.type)
    about = f"Payment {document.number} of {number}"
    await write_entry(tx, books, Entry(source, on, books.currency, about, lines))
    by = Settling(document.type, document.id, document.number, on, document.type, document.id)
    (item,) = head.document.instalments
    settle_item(tx, by, item.item_id, -DualAmount(amount, amount))
