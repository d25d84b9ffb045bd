"""Many who want the same at the same moment, over real connections."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import uuid4

from domains.ledger.messages import PaymentPosted
from domains.ledger.rules.payments import MoreThanOnAccount, NothingOnAccount, NothingOpen
from domains.receivables.messages import CreditNotePosted
from domains.receivables.rules.credit_notes import CreditedTooMuch
from tests.builders.finance import Accountant, a_line

Answer = TypeVar("Answer")
CONNECTIONS = 16
"""As many at a time as the pool has room for; the others wait their turn."""


async def at_once(work: Sequence[Awaitable[Answer]]) -> list[Answer | BaseException]:
    """All of it at the same time, as far as there are connections."""
    turn = asyncio.Semaphore(CONNECTIONS)

    async def in_turn(one: Awaitable[Answer]) -> Answer:
        async with turn:
            return await one

    return list(await asyncio.gather(*(in_turn(one) for one in work), return_exceptions=True))


async def test_of_many_payments_for_one_invoice_no_cent_settles_twice(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(1, "100"))

    answers = await at_once([accountant.receive("30", invoice_id=invoice.invoice_id) for _ in range(12)])

    posted = [answer for answer in answers if isinstance(answer, PaymentPosted)]
    refused = [answer for answer in answers if isinstance(answer, NothingOpen)]
    assert (len(posted), len(refused)) == (4, 8)
    assert sum(payment.settled[0].settled_amount for payment in posted) == 100
    assert sum(payment.on_account_amount for payment in posted) == 20
    assert (await accountant.invoice(invoice.invoice_id)).open_amount == 0
    await accountant.everything_agrees()


async def test_payments_of_orders_that_share_a_customer_do_not_wait_in_a_circle(
    accountant: Accountant,
) -> None:
    orders = [uuid4() for _ in range(6)]
    for order_id in orders:
        for _ in range(3):
            await accountant.bill(a_line(1, "10"), order_id=order_id)

    answers = await at_once([accountant.receive("10", order_id=orders[n % 6]) for n in range(18)])

    assert all(isinstance(answer, PaymentPosted) for answer in answers)
    balances = await accountant.balances()
    assert balances == {"bank": Decimal(180), "revenue": Decimal(-180)}
    await accountant.everything_agrees()


async def test_money_on_account_is_used_once(accountant: Accountant) -> None:
    money = await accountant.receive("100")
    invoices = [await accountant.bill(a_line(1, "100")) for _ in range(6)]

    answers = await at_once([accountant.allocate(money, invoice) for invoice in invoices])

    assert sum(isinstance(answer, NothingOnAccount) for answer in answers) == 5
    await accountant.everything_agrees()


async def test_invoices_and_payments_at_once_get_numbers_without_a_gap(accountant: Accountant) -> None:
    answers = await at_once(
        [
            accountant.bill(a_line(1, "10", tax_code="T19" if number % 4 else "GHOST"))
            if number % 2
            else accountant.receive("10")
            for number in range(60)
        ]
    )

    assert not [answer for answer in answers if isinstance(answer, Exception) and "GHOST" not in str(answer)]
    assert sorted(entry.entry_number for entry in await accountant.entries()) == [
        f"JE-2026-{number:06d}" for number in range(1, 61)
    ]
    await accountant.everything_agrees()


async def test_a_payment_and_the_allocation_of_older_money_meet_on_one_invoice(
    accountant: Accountant,
) -> None:
    money = await accountant.receive("60", received_on=date(2026, 3, 3))
    invoice = await accountant.bill(a_line(1, "100"))

    await at_once(
        [
            accountant.allocate(money, invoice),
            accountant.receive("60", invoice_id=invoice.invoice_id),
            accountant.receive("60", invoice_id=invoice.invoice_id),
        ]
    )

    assert (await accountant.invoice(invoice.invoice_id)).open_amount == 0
    await accountant.everything_agrees()


async def test_of_many_credit_notes_at_once_none_takes_back_what_another_has(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(3, "33.35", tax_code="T19"))

    answers = await at_once([accountant.take_back(invoice, (1, 1)) for _ in range(10)])

    posted = [answer for answer in answers if isinstance(answer, CreditNotePosted)]
    assert len(posted) == 3
    assert sum(isinstance(answer, CreditedTooMuch) for answer in answers) == 7
    assert sum(one.total_amount for one in posted) == invoice.total_amount
    assert await accountant.balances() == {}
    await accountant.everything_agrees()


async def test_credit_notes_and_payments_meet_on_one_invoice(accountant: Accountant) -> None:
    invoice = await accountant.bill(a_line(6, "10"))

    answers = await at_once(
        [
            accountant.receive("10", invoice_id=invoice.invoice_id)
            if number % 2
            else accountant.take_back(invoice, (1, 1))
            for number in range(12)
        ]
    )

    credits = [answer for answer in answers if isinstance(answer, CreditNotePosted)]
    paid = sum(isinstance(answer, PaymentPosted) for answer in answers)
    assert len(credits) == 6
    assert sum(one.on_account_amount for one in credits) == 10 * paid
    assert (await accountant.invoice(invoice.invoice_id)).open_amount == 0
    await accountant.everything_agrees()


async def test_money_on_account_goes_back_once(accountant: Accountant) -> None:
    money = await accountant.receive("100")

    answers = await at_once(
        [accountant.refund(payment_id=money.payment_id, amount=Decimal(40)) for _ in range(6)]
    )

    assert sum(isinstance(answer, NothingOnAccount | MoreThanOnAccount) for answer in answers) == 4
    assert (await accountant.balances())["bank"] == 20
    await accountant.everything_agrees()
