"""What is to be paid to suppliers on a day: what falls due before the next payments, and what is worth paying
early for its cash discount.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from domains.banking.messages.payment_proposals import (
    LeftOutInvoice,
    LeftOutReason,
    PayReason,
    ProposedInvoice,
    ProposedPayment,
)
from domains.ledger.rules.settlement import OpenDocument
from domains.master_data.views import SupplierView
from foundation.values.errors import Invalid
from foundation.values.money import HUNDRED, ZERO

_A_YEAR = 365
_TWO_DECIMALS = Decimal("0.01")


@dataclass(frozen=True)
class ProposalWanted:
    """What is to be proposed: in which currency, when it is paid, and when the next payments are."""

    currency: str
    pay_on: date
    due_until: date
    """What falls due, or loses its discount, through this day is paid now."""
    least_discount_yield_percent: Decimal | None
    """In a year; None when nothing is paid early for its discount."""


@dataclass(frozen=True)
class Payable:
    """An invoice of which something is open, in its currency."""

    supplier_code: str
    currency: str
    open_since: date
    """Nothing settles it before: its own day, or when what had settled it was taken back."""
    document: OpenDocument
    is_in_another_run: bool = False
    supplier_number: str = ""
    """What the supplier calls it."""


@dataclass(frozen=True)
class _Share:
    """What of an invoice is paid now."""

    amount: Decimal
    discount_amount: Decimal
    discount_yield_percent: Decimal | None
    reason: PayReason


def check_days(pay_on: date, due_until: date) -> None:
    """Refuses: Invalid, when the next payments would be before these."""
    if due_until < pay_on:
        why = f"the next payments, on {due_until}, would be before these, on {pay_on}"
        raise Invalid(why, errors=[("to", why)])


def discount_yield_percent(discount: Decimal, amount: Decimal, days_early: Decimal) -> Decimal | None:
    """What a cash discount on an amount yields in a year, in per cent, rounded half-up to two decimals; None
    when nothing is paid early.

    discount % / (1 - discount %) * 365 / days, without compound interest: the usual figure for the cost of
    trade credit (Brealey, Myers, Allen: Principles of Corporate Finance, on trade credit).
    """
    if days_early <= 0:
        return None
    yearly = discount / (amount - discount) * _A_YEAR / days_early * HUNDRED
    return yearly.quantize(_TWO_DECIMALS, ROUND_HALF_UP)


def proposed(
    wanted: ProposalWanted, payables: Iterable[Payable], suppliers: Mapping[str, SupplierView]
) -> tuple[tuple[ProposedPayment, ...], tuple[LeftOutInvoice, ...]]:
    """The payments, one for each supplier and by its code, and the invoices that are left out."""
    paid: list[tuple[str, ProposedInvoice]] = []
    left_out = []
    for payable in sorted(payables, key=_in_order):
        share = _share(wanted, payable.document)
        if share is None:
            continue
        supplier = suppliers[payable.supplier_code]
        reason = _why_not(wanted, payable, supplier)
        if reason is None:
            paid.append((supplier.code, _invoice(payable, share)))
        else:
            left_out.append(_left_out(payable, supplier, reason))
    by_supplier = groupby(paid, key=lambda one: one[0])
    payments = (
        _payment(suppliers[code], wanted.currency, tuple(invoice for _, invoice in invoices))
        for code, invoices in by_supplier
    )
    return tuple(payments), tuple(left_out)


def _in_order(payable: Payable) -> tuple[str, date, str]:
    return payable.supplier_code, payable.document.due_on, payable.document.number


def _share(wanted: ProposalWanted, document: OpenDocument) -> _Share | None:
    """What of an invoice is paid now: all of it less its discount, what is due, or nothing."""
    due = sum(_due_until(document, wanted.due_until), ZERO)
    discount = document.discount_on(wanted.pay_on)
    whole = document.open_amount - discount
    gains = discount_yield_percent(discount, document.open_amount, _days_early(wanted, document))
    gains = gains if discount else None
    if due >= whole:
        return _Share(whole, discount, gains, PayReason.DUE)
    if discount and _is_worth_it(wanted, gains) and (due or _is_lost_after(wanted, document)):
        return _Share(whole, discount, gains, PayReason.DISCOUNT)
    return _Share(due, ZERO, None, PayReason.DUE) if due else None


def _due_until(document: OpenDocument, day: date) -> Iterator[Decimal]:
    return (one.open_amount for one in document.instalments if one.due_on <= day)


def _days_early(wanted: ProposalWanted, document: OpenDocument) -> Decimal:
    """How many days before it is due all is paid; of instalments the mean, by their amounts."""
    days = (one.open_amount * (one.due_on - wanted.pay_on).days for one in document.instalments)
    return sum(days, ZERO) / document.open_amount


def _is_worth_it(wanted: ProposalWanted, gains: Decimal | None) -> bool:
    least = wanted.least_discount_yield_percent
    return least is not None and (gains is None or gains >= least)


def _is_lost_after(wanted: ProposalWanted, document: OpenDocument) -> bool:
    """Whether the next payments come too late for the discount."""
    return document.discount is not None and document.discount.until <= wanted.due_until


def _why_not(wanted: ProposalWanted, payable: Payable, supplier: SupplierView) -> LeftOutReason | None:
    if payable.currency != wanted.currency:
        return LeftOutReason.OTHER_CURRENCY
    if supplier.blocked:
        return LeftOutReason.SUPPLIER_BLOCKED
    if supplier.bank_account(wanted.currency) is None:
        return LeftOutReason.NO_BANK_ACCOUNT
    if not supplier.city:
        return LeftOutReason.NO_TOWN
    if payable.is_in_another_run:
        return LeftOutReason.IN_ANOTHER_RUN
    return LeftOutReason.TOO_EARLY if wanted.pay_on < payable.open_since else None


def _invoice(payable: Payable, share: _Share) -> ProposedInvoice:
    document = payable.document
    return ProposedInvoice(
        invoice_id=document.id,
        invoice_number=document.number,
        supplier_number=payable.supplier_number,
        due_on=document.due_on,
        open_amount=document.open_amount,
        amount=share.amount,
        discount_amount=share.discount_amount,
        discount_yield_percent=share.discount_yield_percent,
        reason=share.reason,
    )


def _left_out(payable: Payable, supplier: SupplierView, reason: LeftOutReason) -> LeftOutInvoice:
    return LeftOutInvoice(
        supplier_code=supplier.code,
        supplier_name=supplier.name,
        invoice_id=payable.document.id,
        invoice_number=payable.document.number,
        supplier_number=payable.supplier_number,
        due_on=payable.document.due_on,
        currency=payable.currency,
        open_amount=payable.document.open_amount,
        reason=reason,
    )


def _payment(supplier: SupplierView, currency: str, invoices: Sequence[ProposedInvoice]) -> ProposedPayment:
    account = supplier.bank_account(currency)
    assert account is not None, "who has none is left out"
    return ProposedPayment(
        supplier_code=supplier.code,
        supplier_name=supplier.name,
        iban=account.iban,
        bic=account.bic,
        amount=sum((one.amount for one in invoices), ZERO),
        discount_amount=sum((one.discount_amount for one in invoices), ZERO),
        invoices=tuple(invoices),
    )
