"""Documents of receivables and of the ledger, asked for at random."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

from activities import master_data
from activities.ledger import journal, payments, refunds
from activities.receivables import (
    billing_due,
    corrections,
    credit_notes,
    direct_invoices,
    dunning,
    invoices,
    write_offs,
)
from domains.ledger.messages import AllocatePayment, EntryLine, PostEntry, PostPayment, PostRefund
from domains.master_data.messages import PutExchangeRate, Quotation
from domains.master_data.queries import exchange_rate
from domains.receivables.messages import (
    CreditInvoice,
    DirectLine,
    LineToCredit,
    ListForBilling,
    MonthInTurn,
    PostCollectiveInvoice,
    PostCreditNote,
    PostDirectInvoice,
    PostInvoice,
    PostWriteOff,
    RemindCustomer,
    WriteOffKind,
)
from domains.receivables.rules import collective
from foundation.database.connections import database
from foundation.values.errors import BusinessError
from foundation.values.money import rounded
from tests.builders.finance import a_line, a_payment, an_entry, an_invoice
from tests.builders.landed_costs import CLEARING
from tests.properties.asking import asks
from tests.properties.company import (
    CURRENCIES,
    CUSTOMERS,
    LAST,
    RATES,
    TAX_CODES,
    TERMS,
    Chance,
    Company,
    some_amount,
)

_INVOICES = """
    SELECT v.id, v.customer_code, v.currency, v.invoiced_on, min(i.discount::text) AS discount
    FROM receivables.invoice v JOIN ledger.open_item i ON i.document_id = v.id
    GROUP BY v.id ORDER BY v.number
"""
_OWED = """
    SELECT document_id AS id, party_code, currency, min(document_on) AS since, sum(open_amount) AS open
    FROM ledger.open_item WHERE side = 'receivable' AND NOT on_account
    GROUP BY document_id, party_code, currency, document_number HAVING sum(open_amount) > 0
    ORDER BY document_number
"""
_MONEY = """
    SELECT document_type AS type, document_id AS id, party_code, currency, document_on AS since,
        -open_amount AS left
    FROM ledger.open_item WHERE on_account AND open_amount < 0 ORDER BY document_number
"""
_LINES = """
    SELECT line_number, order_line_number, order_id, quantity, net_amount, tax_code
    FROM receivables.invoice_line WHERE invoice_id = :invoice ORDER BY line_number
"""
_BILLED = """
    SELECT FROM receivables.billed_month
    WHERE customer_code = :customer AND currency = :currency AND payment_terms_code = :terms
        AND month = :month
"""


@asks(invoices.post_invoice)
async def bill(company: Company, chance: Chance) -> PostInvoice:
    """An order is billed; perhaps one that was billed before."""
    old = await company.rows("SELECT order_id FROM receivables.invoice WHERE order_id IS NOT NULL")
    order_id = chance.choice(old).order_id if old and chance.random() < 0.2 else uuid4()
    customer, currency, terms = _whom(chance)
    return an_invoice(
        *_lines(chance, currency),
        order_id=order_id,
        process_id=f"{company.code}/order_to_cash/{order_id}",
        customer_code=customer,
        currency=currency,
        payment_terms_code=terms,
        prices_include_tax=chance.random() < 0.3,
        invoiced_on=company.day(chance),
    )


@asks(invoices.post_collective_invoice)
async def bill_a_month(company: Company, chance: Chance) -> PostCollectiveInvoice | None:
    """What was delivered to a customer for one order or two is billed with its month."""
    customer, currency, terms = _whom(chance)
    month = chance.choice(("2059-12", "2060-01"))
    group = {
        "customer_code": customer,
        "currency": currency,
        "payment_terms_code": terms,
        "prices_include_tax": False,
    }
    if await company.rows(_BILLED, customer=customer, currency=currency, terms=terms, month=month):
        return None  # The process of a month bills it once.
    for _ in range(chance.randint(1, 2)):
        order_id = uuid4()
        delivery: dict[str, Any] = {
            "order_id": order_id,
            "order_number": f"SO-{order_id.hex[:6]}",
            "process_id": f"{company.code}/order_to_cash/{order_id}",
            "shipment_id": uuid4(),
            "delivered_on": collective.last_day_of(month).replace(day=chance.randint(1, 28)),
            "completes_order": True,
            "lines": tuple(_lines(chance, currency)),
        }
        await billing_due.list_billing_due(company.by.call(), ListForBilling(**group | delivery))
    to_bill = MonthInTurn(**group, month=month)
    invoice_id = collective.invoice_id_of(company.code, to_bill)
    process_id = f"{company.code}/collective_invoice/{invoice_id}"
    return PostCollectiveInvoice(**dict(to_bill), invoice_id=invoice_id, process_id=process_id)


@asks(direct_invoices.post_direct_invoice)
async def charge(company: Company, chance: Chance) -> PostDirectInvoice:
    """An invoice without an order, or more on one that there is."""
    customer, currency, terms = _whom(chance)
    facts: dict[str, Any] = {"customer_code": customer, "currency": currency, "payment_terms_code": terms}
    corrected = await company.one_of(chance, _INVOICES) if chance.random() < 0.3 else None
    if corrected is not None:
        of = {"customer_code": corrected.customer_code, "currency": corrected.currency}
        facts |= of | {"corrects_id": corrected.id, "reason": "forgotten"}
    lines = [
        DirectLine(
            description="Advice",
            quantity=Decimal(chance.randint(1, 30)) / 10,
            unit_price=some_amount(chance, facts["currency"]),
            discount_percent=chance.choice((Decimal(0), Decimal("12.5"))),
            tax_code=chance.choice(TAX_CODES),
            account_code=chance.choice((None, "4300")),
        )
        for _ in range(chance.randint(1, 3))
    ]
    return PostDirectInvoice(
        invoice_id=uuid4(),
        invoiced_on=company.day(chance),
        prices_include_tax=chance.random() < 0.3,
        lines=tuple(lines),
        **facts,
    )


def _whom(chance: Chance) -> tuple[str, str, str]:
    """A customer, mostly in its own currency, and terms."""
    customer = chance.choice(list(CUSTOMERS))
    currency = CUSTOMERS[customer] if chance.random() < 0.6 else chance.choice(CURRENCIES)
    return customer, currency, chance.choice(TERMS)


def _lines(chance: Chance, currency: str) -> list[Any]:
    return [
        a_line(
            str(Decimal(chance.randint(1, 90)) / 10),
            some_amount(chance, currency),
            tax_code=chance.choice(TAX_CODES),
            line_number=number,
        )
        for number in range(1, chance.randint(1, 3) + 1)
    ]


@asks(credit_notes.post_credit_note)
async def credit(company: Company, chance: Chance) -> PostCreditNote | None:
    """All that is left of an invoice, or a part of a line, or too much of it."""
    invoice = await company.one_of(chance, _INVOICES)
    if invoice is None:
        return None
    line = await company.one_of(chance, _LINES, invoice=invoice.id)
    part = line.quantity * Decimal(chance.choice(("0.1", "0.5", "1", "1.2")))
    lines = (LineToCredit(order_line_number=line.order_line_number, quantity=part.quantize(Decimal("0.01"))),)
    return PostCreditNote(
        credit_note_id=uuid4(),
        invoice_id=invoice.id,
        credited_on=_not_before(company, chance, invoice.invoiced_on),
        reason="came back",
        lines=lines if chance.random() < 0.6 and line.order_line_number else (),
        order_id=line.order_id,
    )


@asks(corrections.credit_invoice)
async def allow(company: Company, chance: Chance) -> CreditInvoice | None:
    """A value of a line, or of a tax code; or a quantity of an invoice without an order."""
    invoice = await company.one_of(chance, _INVOICES)
    if invoice is None:
        return None
    line = await company.one_of(chance, _LINES, invoice=invoice.id)
    share = Decimal(chance.choice(("0.05", "0.3", "1", "1.1")))
    net = max(rounded(line.net_amount * share, invoice.currency), rounded(Decimal(1), invoice.currency))
    said: dict[str, Any] = {"line_number": line.line_number, "net_amount": net}
    if chance.random() < 0.3:
        said = {"tax_code": line.tax_code, "net_amount": net}
    elif chance.random() < 0.3:
        said = {"line_number": line.line_number, "quantity": (line.quantity * share).quantize(Decimal("0.1"))}
        said["quantity"] = max(said["quantity"], Decimal("0.1"))
    return CreditInvoice(
        credit_note_id=uuid4(),
        invoice_id=invoice.id,
        credited_on=_not_before(company, chance, invoice.invoiced_on),
        reason="dear",
        order_id=line.order_id,
        lines=(said,),
    )


def _not_before(company: Company, chance: Chance, since: Any) -> Any:
    """Mostly a day on which it can be."""
    day = company.day(chance)
    return max(day, since) if chance.random() < 0.9 else day


@asks(payments.post_payment)
async def pay(company: Company, chance: Chance) -> PostPayment:
    """For an invoice, an order, a letter, or nothing; of the right amount, or nearly; in any currency."""
    owed = await company.one_of(chance, _OWED) if chance.random() < 0.85 else None
    on = company.day(chance)
    if owed is None:
        customer, currency, _ = _whom(chance)
        amount = some_amount(chance, currency)
        return a_payment(amount, customer_code=customer, currency=currency, received_on=on)
    (invoice,) = [one for one in await company.rows(_INVOICES) if one.id == owed.id] or [None]
    currency = owed.currency if chance.random() < 0.7 else chance.choice(CURRENCIES)
    if chance.random() < 0.5:
        on = max(on, owed.since)
    wanted = _ways_to_pay(chance, owed, invoice)
    amount = await _converted(company, wanted, owed.currency, currency, on)
    names: dict[str, Any] = {"invoice_id": owed.id}
    if chance.random() < 0.2:
        found = "SELECT order_id FROM receivables.invoice WHERE id = :invoice AND order_id IS NOT NULL"
        orders = await company.rows(found, invoice=owed.id)
        names = {"order_id": orders[0].order_id} if orders else names
    return a_payment(amount, customer_code=owed.party_code, currency=currency, received_on=on, **names)


def _ways_to_pay(chance: Chance, owed: Any, invoice: Any) -> Decimal:
    """In full, less the discount, nearly, in part, too much."""
    taken = Decimal(0)
    if invoice is not None and invoice.discount:
        said = json.loads(invoice.discount)
        taken = Decimal(said["net"]) + sum((Decimal(tax[2]) for tax in said["taxes"]), Decimal(0))
    ways: tuple[Decimal, ...] = (
        owed.open,
        owed.open - taken,
        owed.open * Decimal("0.9996"),
        owed.open / 3,
        owed.open * 2,
    )
    return chance.choice(ways)


async def _converted(company: Company, amount: Decimal, of: str, into: str, on: Any) -> Decimal:
    """About the same in another currency: at the day's rates, where there are any."""
    if of != into:
        async with database().read(company.code) as tx:
            try:
                rates = [await exchange_rate(tx, code, on, base="EUR") for code in (of, into)]
            except BusinessError:
                return some_amount(Chance(0), into)
        amount = amount * rates[1] / rates[0]
    smallest = Decimal(1) if into in ("VND", "JPY") else Decimal("0.01")
    return max(rounded(amount, into), smallest)


@asks(payments.allocate_payment)
async def allocate(company: Company, chance: Chance) -> AllocatePayment | None:
    """Money on account is used: mostly the same customer's, all of it or a part."""
    money = await company.one_of(chance, _MONEY)
    owed = await company.rows(_OWED)
    of_customer = [one for one in owed if money is not None and one.party_code == money.party_code] or owed
    if money is None or not of_customer:
        return None
    used_for = chance.choice(of_customer)
    part = rounded(money.left / chance.choice((1, 2, 3)), money.currency)
    return AllocatePayment(
        allocation_id=uuid4(),
        invoice_id=used_for.id,
        allocated_on=_not_before(company, chance, max(money.since, used_for.since)),
        amount=part if part > 0 and chance.random() < 0.4 else None,
        **_named(money),
    )


def _named(money: Any) -> dict[str, Any]:
    return {f"{money.type}_id": money.id}


@asks(refunds.post_refund)
async def refund(company: Company, chance: Chance) -> PostRefund | None:
    """Money on account goes back, all of it or a part, or too much."""
    money = await company.one_of(chance, _MONEY)
    if money is None:
        return None
    amount = rounded(money.left * Decimal(chance.choice(("0.5", "1", "1.5"))), money.currency)
    return PostRefund(
        refund_id=uuid4(),
        refunded_on=_not_before(company, chance, money.since),
        amount=amount if amount > 0 and chance.random() < 0.5 else None,
        **_named(money),
    )


@asks(write_offs.post_write_off)
async def write_off(company: Company, chance: Chance) -> PostWriteOff | None:
    """A bad debt, all or a part; a small difference, of what is owed or of money on account."""
    is_small = chance.random() < 0.4
    of_money = is_small and chance.random() < 0.4
    found = await company.one_of(chance, _MONEY if of_money else _OWED)
    if found is None:
        return None
    part = rounded(found.open / 2, found.currency) if not of_money else Decimal(0)
    return PostWriteOff(
        write_off_id=uuid4(),
        kind=WriteOffKind.SMALL_DIFFERENCE if is_small else WriteOffKind.BAD_DEBT,
        written_off_on=_not_before(company, chance, found.since),
        amount=part if part > 0 and not is_small and chance.random() < 0.5 else None,
        reason="insolvent",
        **(_named(found) if of_money else {"invoice_id": found.id}),
    )


@asks(dunning.remind_customer)
async def remind(company: Company, chance: Chance) -> RemindCustomer:
    """Late enough that something is overdue."""
    day = max(company.day(chance), company.day(chance))
    on = LAST if chance.random() < 0.3 else day
    customer = chance.choice(list(CUSTOMERS))
    return RemindCustomer(customer_code=customer, on=on, first_item_id=uuid4(), today=on)


@asks(journal.post_entry)
async def write_entry(company: Company, chance: Chance) -> PostEntry:
    """A person's entry in any currency; now and then it does not add up, or is on a control account."""
    currency = chance.choice(CURRENCIES)
    accounts = [chance.choice(("6100", "1410", "6300", "2200")) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.05:
        accounts[0] = chance.choice(("1100", "1200", "2050", "2100"))
    if chance.random() < 0.3:
        accounts.append(CLEARING)
    figures = [some_amount(chance, currency) for _ in accounts]
    total = sum(figures, Decimal(0)) + (1 if chance.random() < 0.05 else 0)
    lines = [*zip(accounts, figures, strict=True), ("3000", -total)]
    asked = tuple(EntryLine(account_code=code, amount=amount) for code, amount in lines)
    return an_entry(posted_on=company.day(chance), currency=currency, lines=asked)


@asks(master_data.put_exchange_rate)
async def quote(company: Company, chance: Chance) -> PutExchangeRate:
    """A currency is worth a little more or less from some day on; each is quoted its own way round."""
    currency = chance.choice(sorted(RATES))
    rate = Decimal(RATES[currency]) * Decimal(chance.randint(80, 125)) / 100
    quotation = Quotation.DIRECT if currency == "VND" else Quotation.INDIRECT
    return PutExchangeRate(currency=currency, valid_from=company.day(chance), rate=rate, quotation=quotation)
