"""What returns and orders do alike: goods that a customer has given back are credited as they were billed,
and what was paid of it goes back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

from activities import sales
from activities.ledger import checks, refunds
from activities.receivables import billed, billing_due, credit_notes
from domains.ledger.messages import (
    AccountRole,
    CheckEntries,
    PlannedEntry,
    PostRefund,
    RefundPosted,
    Role,
)
from domains.receivables.messages import (
    Billed,
    BilledInvoice,
    CreditNotePosted,
    DueQuantity,
    FindBilled,
    LineToCredit,
    PostCreditNote,
    ReceivablesRole,
    WithdrawFromBilling,
)
from domains.receivables.rules.write_offs import check_not_given_up
from domains.sales.messages import (
    FindStatus,
    InvoiceCredited,
    LineQuantity,
    OrderStatus,
    Resolution,
    ReturnEnded,
)
from foundation.process.process import Process
from foundation.values.messages import Caller
from foundation.values.money import ZERO

DAY_OF_NOTHING_POSTED = "day-of-nothing-posted"
FREIGHT_OF_A_CANCELLED_ORDER = "freight-of-a-cancelled-order"


@dataclass(frozen=True)
class BilledGoods:
    """Goods that are to be credited, by the order that bills them: by its lines, in their units."""

    order_id: UUID
    quantities: Mapping[int, Decimal]
    with_freight: bool = False
    """The order is cancelled, and nothing of it is kept: an invoice of which no goods are left is credited
    with its freight.
    """


@dataclass(frozen=True)
class CreditReason:
    """Why goods are credited, when, what becomes of the money, and who asked for it."""

    name: UUID
    """What the ids of the credit notes follow from."""
    on: date
    reason: str
    resolution: Resolution
    by: Caller | None = None


class Credited(NamedTuple):
    """An invoice that was credited, and what of it was paid back."""

    invoice_id: UUID
    note: CreditNotePosted
    refunded_amount: Decimal


@dataclass(frozen=True)
class CreditedGoods:
    """What was credited of goods, and what of them never will be billed."""

    goods: BilledGoods
    credited: tuple[Credited, ...]
    unbilled: tuple[LineQuantity, ...]
    is_collective: bool
    """Whether they are billed together with those of other orders."""

    @property
    def credits(self) -> tuple[InvoiceCredited, ...]:
        """What of which invoice, for its order."""
        return tuple(
            InvoiceCredited(invoice_id=one.invoice_id, amount=one.note.total_amount)
            for one in self.credited
            if one.note.credit_note_number
        )

    @property
    def credited_amount(self) -> Decimal:
        """What all credit notes come to."""
        return sum((one.note.total_amount for one in self.credited), ZERO)

    @property
    def refunded_amount(self) -> Decimal:
        """What of it was paid back."""
        return sum((one.refunded_amount for one in self.credited), ZERO)


@dataclass
class ReturnCredited:
    """What was credited of goods that came back to an order, by the orders that had billed them."""

    order_id: UUID
    by_order: list[CreditedGoods] = field(default_factory=list)
    free_of_charge: tuple[LineQuantity, ...] = ()
    """What of a replacement never will stand on an invoice."""

    async def credit(
        self, process: Process, goods: BilledGoods, asked: CreditReason, sent_free: BilledGoods
    ) -> None:
        """Credit goods as whoever billed them did. What had replaced others stands on the list of its month
        as well, at no charge: not any more.
        """
        if goods.order_id == self.order_id:
            self.by_order.append(await credit_goods(process, goods, asked))
            return
        done = await credit_as_its_order_stands(process, goods, asked)
        self.by_order.append(done)
        if done.is_collective:
            free, step = withdrawal(sent_free), billing_due.withdraw_billing_due
            withdrawn = await process.step(step, free, per="free of charge", must=True)
            self.free_of_charge = tuple(
                _quantity(line.order_line_number, line.quantity) for line in withdrawn.lines
            )

    def of_own_order(self, ended: ReturnEnded) -> ReturnEnded:
        """How the return ended, as its own order is told."""
        own = [done for done in self.by_order if done.goods.order_id == self.order_id]
        unbilled = (*self.free_of_charge, *(line for done in own for line in done.unbilled))
        credits = tuple(credit for done in own for credit in done.credits)
        return ended.model_copy(update={"credits": credits, "unbilled": unbilled})

    @property
    def credited_amount(self) -> Decimal:
        """What all credit notes come to."""
        return sum((done.credited_amount for done in self.by_order), ZERO)

    @property
    def refunded_amount(self) -> Decimal:
        """What of it was paid back."""
        return sum((done.refunded_amount for done in self.by_order), ZERO)


class ToCredit(NamedTuple):
    """What is to be credited of an invoice; without lines, all that is left of it."""

    invoice: BilledInvoice
    lines: tuple[LineToCredit, ...]


def as_billed(
    order_id: UUID, replaces_order_id: UUID | None, lines: Iterable[tuple[int, int | None, Decimal]]
) -> tuple[BilledGoods, ...]:
    """Lines of an order by whoever bills them: what replaces others was billed with those.

    A line is its number, the number of the one that it replaces if it does, and a quantity.
    """
    found: dict[UUID, dict[int, Decimal]] = {}
    for number, replaced, quantity in lines:
        order, billed_as = order_id, number
        if replaces_order_id is not None and replaced is not None:
            order, billed_as = replaces_order_id, replaced
        if quantity:
            quantities = found.setdefault(order, {})
            quantities[billed_as] = quantities.get(billed_as, ZERO) + quantity
    return tuple(BilledGoods(order, quantities) for order, quantities in found.items())


def _refund(on: date, currency: str) -> PlannedEntry:
    roles = (AccountRole.BANK, AccountRole.EXCHANGE_GAIN, AccountRole.EXCHANGE_LOSS)
    return PlannedEntry(posted_on=on, currency=currency, roles=roles)


def planned(on: date, resolution: Resolution) -> PlannedEntry:
    """What will be posted on a day when goods are credited; what is sent again instead may be, too."""
    roles: list[Role] = [AccountRole.RECEIVABLE, AccountRole.CUSTOMER_ON_ACCOUNT, ReceivablesRole.REVENUE]
    if resolution is Resolution.REFUND:
        roles.append(AccountRole.BANK)
    return PlannedEntry(posted_on=on, roles=tuple(roles))


def over_newest_first(
    billed: Billed, quantities: Mapping[int, Decimal], *, with_freight: bool = False
) -> tuple[list[ToCredit], dict[int, Decimal]]:
    """What of each invoice is credited for goods, by order lines; and what of them was never billed."""
    left = dict(quantities)
    found = []
    for invoice in billed.invoices:
        lines = []
        for line in invoice.lines:
            quantity = min(line.quantity, left.get(line.order_line_number, ZERO))
            if quantity and not line.is_freight:
                left[line.order_line_number] -= quantity
                lines.append(LineToCredit(order_line_number=line.order_line_number, quantity=quantity))
        if with_freight and _is_whole(invoice, lines):
            found.append(ToCredit(invoice, ()))
        elif lines:
            found.append(ToCredit(invoice, tuple(lines)))
    return found, {number: quantity for number, quantity in left.items() if quantity}


def _is_whole(invoice: BilledInvoice, lines: Iterable[LineToCredit]) -> bool:
    """Whether all goods of an invoice are to be credited."""
    to_credit = {line.order_line_number: line.quantity for line in lines}
    return to_credit == {
        line.order_line_number: line.quantity for line in invoice.lines if not line.is_freight
    }


async def check(
    process: Process, goods: Iterable[BilledGoods], reason: CreditReason, *, field: str, per: object
) -> tuple[PlannedEntry, ...]:
    """Ask whether goods could be credited, before anything is done that cannot be undone; gives what will be
    posted, with the refunds, which are paid at the day's rate. `field` is what names the goods.

    Refuses: NotCreditable.
    """
    entries = []
    for one in goods:
        find = FindBilled(order_id=one.order_id)
        found = await process.step(billed.find_billed, find, per=f"{per}/{one.order_id}/asked", by=reason.by)
        to_credit, _ = over_newest_first(found, one.quantities, with_freight=one.with_freight)
        check_not_given_up(field, (invoice for invoice, _ in to_credit))
        entries.append(planned(reason.on, reason.resolution))
        if reason.resolution is Resolution.REFUND:
            paid_in = {invoice.currency for invoice, _ in to_credit if invoice.is_settled}
            entries += [_refund(reason.on, currency) for currency in sorted(paid_in)]
    return tuple(entries)


async def credit_goods(process: Process, goods: BilledGoods, asked: CreditReason) -> CreditedGoods:
    """Credit goods as they were billed, invoice by invoice. What is to be billed with its month is not."""
    find, per, by = FindBilled(order_id=goods.order_id), f"{asked.name}/{goods.order_id}", asked.by
    found = await process.step(billed.find_billed, find, per=per, by=by, must=True)
    quantities, unbilled = dict(goods.quantities), []
    if found.is_collective:
        withdraw = withdrawal(goods)
        withdrawn = await process.step(billing_due.withdraw_billing_due, withdraw, per=per, by=by, must=True)
        unbilled = [_quantity(line.order_line_number, line.quantity) for line in withdrawn.lines]
        for line in unbilled:
            quantities[line.line_number] -= line.quantity
        # What was billed meanwhile is found now, and never more is.
        found = await process.step(billed.find_billed, find, per=f"{per}/withdrawn", by=by, must=True)
    to_credit, never_billed = over_newest_first(found, quantities, with_freight=goods.with_freight)
    unbilled += [_quantity(number, quantity) for number, quantity in never_billed.items()]
    credited = []
    for invoice, lines in to_credit:
        note = PostCreditNote(
            credit_note_id=uuid5(asked.name, f"credit of {invoice.invoice_id}"),
            invoice_id=invoice.invoice_id,
            # What was still to be billed when it came back is credited when it was.
            credited_on=max(asked.on, invoice.invoiced_on),
            reason=asked.reason,
            lines=lines,
            or_less=True,
            order_id=goods.order_id if found.is_collective else None,
        )
        credited.append(await credit(process, note, asked.resolution, by=by))
        unbilled += _not_credited(note, credited[-1].note)
    return CreditedGoods(goods, tuple(credited), tuple(unbilled), found.is_collective)


async def credit_as_its_order_stands(
    process: Process, goods: BilledGoods, asked: CreditReason
) -> CreditedGoods:
    """Credit goods that another order had billed: of one that was cancelled nothing is kept when they are."""
    if await process.follows(FREIGHT_OF_A_CANCELLED_ORDER):
        find, per = FindStatus(order_id=goods.order_id), f"{asked.name}/{goods.order_id}"
        found = await process.step(sales.find_status, find, per=per, by=asked.by, must=True)
        goods = replace(goods, with_freight=found.status is OrderStatus.CANCELLED)
    return await credit_goods(process, goods, asked)


async def check_postable(
    process: Process, field: str, on: date, planned: Iterable[PlannedEntry], *, per: object, by: Caller
) -> None:
    """Ask whether what is planned could be posted; of nothing, whether anything could on its day: that is
    written down all the same, and read as one that can be. Refuses what an entry is refused for.
    """
    entries = tuple(planned)
    if not entries and await process.follows(DAY_OF_NOTHING_POSTED):
        entries = (PlannedEntry(posted_on=on),)
    if entries:
        check = CheckEntries(field=field, entries=entries)
        await process.step(checks.check_entries, check, per=per, by=by)


def withdrawal(goods: BilledGoods) -> WithdrawFromBilling:
    """What is not to be billed any more."""
    return WithdrawFromBilling(
        order_id=goods.order_id,
        lines=tuple(
            DueQuantity(order_line_number=number, quantity=quantity)
            for number, quantity in goods.quantities.items()
        ),
        with_freight=goods.with_freight,
    )


def _quantity(number: int, quantity: Decimal) -> LineQuantity:
    return LineQuantity(line_number=number, quantity=quantity)


def _not_credited(note: PostCreditNote, posted: CreditNotePosted) -> list[LineQuantity]:
    """What was asked for and not credited: its invoice was taken back meanwhile, and bills it no more."""
    if posted.lines is None:
        return []
    left = {line.order_line_number: line.quantity for line in note.lines}
    for line in posted.lines:
        left[line.order_line_number] = left.get(line.order_line_number, ZERO) - line.quantity
    return [_quantity(number, quantity) for number, quantity in left.items() if quantity > 0]


async def tell_who_bills(process: Process, done: CreditedGoods, ended: ReturnEnded, *, per: str = "") -> None:
    """The order that had billed goods hears what was credited of them; that they came back, another has."""
    told = ended.model_copy(update={"lines": (), "credits": done.credits, "unbilled": done.unbilled})
    billing_process = f"{process.caller.company}/order_to_cash/{done.goods.order_id}"
    await process.tell(billing_process, "return_ended", told, per=per)


async def credit(
    process: Process, note: PostCreditNote, resolution: Resolution, *, by: Caller | None = None
) -> Credited:
    """Post a credit note. What was paid of it is refunded, if that is agreed, or stays on account."""
    posted = await process.step(
        credit_notes.post_credit_note, note, per=note.credit_note_id, by=by, must=True
    )
    if resolution is not Resolution.REFUND or not posted.on_account_amount:
        return Credited(note.invoice_id, posted, ZERO)
    refund = PostRefund(
        refund_id=uuid5(posted.credit_note_id, "refund"),
        credit_note_id=posted.credit_note_id,
        refunded_on=posted.credited_on,
        reference=posted.credit_note_number,
        or_later=True,
    )
    refunded = await pay_back(process, refund, per=posted.credit_note_id, by=by)
    return Credited(note.invoice_id, posted, refunded.amount)


async def pay_back(
    process: Process, refund: PostRefund, per: object, *, by: Caller | None = None
) -> RefundPosted:
    """Refund money on account. Skipped, it stays there."""
    skipped = RefundPosted.none(refund)
    return await process.step(refunds.post_refund, refund, per=per, by=by, must=True, otherwise=skipped)
