"""Credit notes: whatever is taken back, in whatever parts, together they are the invoice, to the cent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domains.ledger.messages import Discount, Line, Opened, TaxShare, customer
from domains.ledger.rules.payments import Market, Money, entries, realised
from domains.ledger.rules.settlement import OpenDocument, OpenInstalment, settle
from domains.master_data.messages import PutPaymentTerms, PutTaxCode, TaxRounding
from domains.receivables.messages import LineToBill, LineToCredit
from domains.receivables.rules import credit_notes as rules
from domains.receivables.rules import invoices
from domains.receivables.rules.billed import (
    Amounts,
    CreditableInvoice,
    CreditableLine,
    CreditableTax,
    TaxAmounts,
)
from domains.receivables.rules.credit_notes import Credit, CreditedTooMuch
from domains.receivables.rules.reversed_settlements import ReversedBefore, SettledBefore
from foundation.values.money import ZERO, rounded
from tests.builders.finance import A_DAY, CUSTOMER, a_line, an_invoice, figures, percent
from tests.domains.receivables.test_invoices import HALVES, TAX_CODES, account, some_terms

SPACE = UUID(int=0)
KNOWN_TAXES = TAX_CODES | {"T10": PutTaxCode(code="T10", name="T10", components=(percent("10"),))}
NOTHING, NO_TAX = Amounts(ZERO, ZERO, ZERO), TaxAmounts(ZERO, ZERO)


class Books:
    """One invoice, what was posted for it, and what of it is open, settled and credited."""

    def __init__(
        self,
        *lines: LineToBill,
        currency: str = "EUR",
        rate: Decimal = Decimal(1),
        rounding: TaxRounding = TaxRounding.DOCUMENT,
        discount: int = 0,
        prices_include_tax: bool = False,
    ) -> None:
        payment = PutPaymentTerms(
            code="HALVES",
            name="Halves",
            instalments=HALVES,
            discount_percent=Decimal(discount),
            discount_days=10 if discount else 0,
        )
        terms = some_terms(rate=rate, tax_rounding=rounding, payment=payment, tax_codes=KNOWN_TAXES)
        asked = an_invoice(*lines, currency=currency, prices_include_tax=prices_include_tax)
        self.computed = invoices.compute(asked, terms)
        self.ledger: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        self.post(invoices.postings(asked, self.computed, terms, account))
        self.billed = self.as_billed(asked.lines, currency, rate)

    def as_billed(self, lines: Sequence[LineToBill], currency: str, rate: Decimal) -> CreditableInvoice:
        """The invoice, nothing of it settled or credited."""
        taxed = self.computed.taxed
        return CreditableInvoice(
            invoice=self.as_open(),
            customer_code=CUSTOMER,
            currency=currency,
            base_currency="EUR",
            rate=rate,
            lines=tuple(
                CreditableLine(
                    line_number=number,
                    order_line_number=line.line_number,
                    tax_code=line.tax_code,
                    is_freight=line.is_freight,
                    billed=Amounts(line.quantity, amounts.net_amount, amounts.tax_amount),
                    credited=NOTHING,
                )
                for number, (line, amounts) in enumerate(zip(lines, taxed.lines, strict=True), 1)
            ),
            taxes=tuple(
                CreditableTax(
                    line_number=number,
                    tax_code=tax.tax_code,
                    account_code=invoices.tax_account(tax, account),
                    rate_percent=tax.rate_percent,
                    billed=TaxAmounts(tax.base_amount, tax.tax_amount),
                    credited=NO_TAX,
                )
                for number, tax in enumerate(taxed.taxes, 1)
            ),
            settled=(),
            reversed_before=ReversedBefore(),
            opened=Opened("INV-1", (), A_DAY, again_on=None),
        )

    def as_open(self) -> OpenDocument:
        """What is open of the invoice, and the discount that may be taken."""
        taxed, discount = self.computed.taxed, self.computed.discount
        due = zip(self.computed.due, self.computed.base_due, strict=True)
        shares = enumerate(zip(taxed.taxes, discount.tax_amounts, strict=True), 1)
        taxed_at = ((number, invoices.tax_account(tax, account), part) for number, (tax, part) in shares)
        taxes = tuple(TaxShare(*each) for each in taxed_at if each[2])
        offered = None
        if discount.until is not None:
            offered = Discount(discount.until, taxed.total_amount, discount.net_amount, taxes)
        return OpenDocument(
            type="invoice",
            id=SPACE,
            number="INV-1",
            order_id=SPACE,
            process_id="a process",
            discount=offered,
            instalments=tuple(
                OpenInstalment(uuid5(SPACE, str(number)), one.due_on, one.amount, base)
                for number, (one, base) in enumerate(due)
            ),
        )

    def post(self, lines: Iterable[Line]) -> None:
        """An entry; it must balance in both currencies."""
        lines = list(lines)
        assert sum(line.amount for line in lines) == 0
        assert sum(line.base_amount for line in lines) == 0
        for line in lines:
            assert line.base_amount == rounded(line.base_amount, "EUR")
            self.ledger[line.account_code][0] += line.amount
            self.ledger[line.account_code][1] += line.base_amount

    def pay(self, amount: Decimal, rate: Decimal, currency: str, small: Decimal = ZERO) -> None:
        """Money comes in a currency at its rate, on a day on which a discount may be taken."""
        billed = self.billed
        invoice_rate = rate if currency == billed.currency else billed.rate
        market = Market("EUR", currency, rate, billed.currency, invoice_rate, small)
        settlement = settle(
            market.in_invoice_currency(amount),
            [billed.invoice],
            on=date(2026, 3, 5),
            currency=billed.currency,
            base_currency="EUR",
            small_difference=small,
        )
        if not settlement.settled:
            return
        left = market.in_money_currency(settlement.remaining)
        base_left = market.base(left)
        used = Money("bank", amount - left, market.base(amount) - base_left)
        party = customer(CUSTOMER)
        found = entries(used, settlement, market, party=party, control_account="receivable", account=account)
        for entry in found:
            self.post(entry.lines)
        (settled,) = settlement.settled
        self.lower((part.item_id, part.amount, part.base_amount) for part in settled.instalments)
        one = SettledBefore(
            settled.amount,
            settled.discount_amount,
            settled.written_off_amount,
            settled.base_amount,
            realised(found),
            date(2026, 3, 5),
        )
        self.billed = replace(self.billed, settled=(*billed.settled, one))

    def lower(self, parts: Iterable[tuple[UUID, Decimal, Decimal]]) -> None:
        """Open items become less."""
        by_item = {item: (amount, base) for item, amount, base in parts}
        instalments = []
        for one in self.billed.invoice.instalments:
            amount, base = by_item.get(one.item_id, (ZERO, ZERO))
            assert 0 <= amount <= one.open_amount
            left = replace(
                one, open_amount=one.open_amount - amount, base_open_amount=one.base_open_amount - base
            )
            instalments.append(left)
        invoice = replace(self.billed.invoice, instalments=tuple(instalments))
        self.billed = replace(self.billed, invoice=invoice)

    def credit(self, *asked: tuple[int, Decimal]) -> Credit | None:
        """A credit note over quantities of order lines, or over all that is left; it is posted."""
        billed = self.billed
        credit = rules.compute(
            billed, [LineToCredit(order_line_number=number, quantity=part) for number, part in asked]
        )
        if credit is None:
            return None
        self.post(rules.postings(billed, credit, account))
        self.lower((part.item_id, part.amount, part.base_amount) for part in credit.reduced)
        before, reversal = billed.reversed_before, credit.reversal
        on_taxes = {
            number: before.discount_on_taxes.get(number, ZERO) + both.amount
            for number, both in reversal.discount_on_taxes.items()
        }
        self.billed = replace(
            self.billed,
            lines=tuple(_line_after(line, credit) for line in billed.lines),
            taxes=tuple(_tax_after(tax, credit) for tax in billed.taxes),
            reversed_before=ReversedBefore(
                before.on_account_amount + reversal.on_account.amount,
                before.discount_amount + reversal.discount_amount,
                before.written_off_amount + reversal.written_off.amount,
                on_taxes,
            ),
        )
        return credit

    def balances(self) -> dict[str, Decimal]:
        """What is on the accounts, in the company's currency, and not zero."""
        return {code: base for code, (_, base) in self.ledger.items() if base}


def _line_after(line: CreditableLine, credit: Credit) -> CreditableLine:
    part = credit.lines.get(line.line_number, NOTHING)
    after = Amounts(*(old + new for old, new in zip(_of(line.credited), _of(part), strict=True)))
    for whole, taken in zip(_of(line.billed), _of(after), strict=True):
        assert min(whole, ZERO) <= taken <= max(whole, ZERO)
    return replace(line, credited=after)


def _tax_after(tax: CreditableTax, credit: Credit) -> CreditableTax:
    part = credit.taxes.get(tax.line_number, NO_TAX)
    after = TaxAmounts(tax.credited.base_amount + part.base_amount, tax.credited.tax_amount + part.tax_amount)
    assert 0 <= after.base_amount <= tax.billed.base_amount
    assert 0 <= after.tax_amount <= tax.billed.tax_amount
    return replace(tax, credited=after)


def _of(amounts: Amounts) -> tuple[Decimal, Decimal, Decimal]:
    return amounts.quantity, amounts.net_amount, amounts.tax_amount


def test_the_published_invoice_is_turned_round_tax_by_tax() -> None:
    # PyPI trytond-account-invoice 8.2.x, scenario_invoice.rst: 5 at 40 with 10 % and 1 at 20 without; its tax
    # report after a full credit note shows a base of 200.00 and a tax of 20.00.
    books = Books(a_line(5, "40", tax_code="T10"), a_line(1, "20", line_number=2))

    credit = books.credit()

    assert credit is not None
    assert [credit.net_amount, credit.tax_amount, credit.total_amount] == figures(220, 20, 240)
    (ten, none) = (credit.taxes[number] for number in (1, 2))
    assert (ten.base_amount, ten.tax_amount) == (Decimal(200), Decimal(20))
    assert (none.base_amount, none.tax_amount) == (Decimal(20), Decimal(0))
    assert books.balances() == {}


def test_what_does_not_divide_goes_with_the_last_part() -> None:
    books = Books(a_line(3, "0.335", tax_code="T19"))

    credits = [books.credit((1, Decimal(1))) for _ in range(3)]

    # 1.01 and 0.19 in three parts.
    assert [credit and (credit.net_amount, credit.tax_amount) for credit in credits] == [
        (Decimal("0.34"), Decimal("0.06")),
        (Decimal("0.34"), Decimal("0.06")),
        (Decimal("0.33"), Decimal("0.07")),
    ]


def test_no_part_takes_more_than_is_left() -> None:
    # A cent of tax on four pieces: half a cent each time would be rounded up for ever.
    books = Books(a_line(4, "0.03", tax_code="T19"))

    credits = [books.credit((1, Decimal(1))) for _ in range(4)]

    assert [credit and credit.tax_amount for credit in credits] == figures("0.01", "0.01", "0", "0")
    assert books.balances() == {}


def test_a_fixed_tax_goes_with_the_quantity_and_a_percentage_with_the_amount() -> None:
    # 100 cheap pieces and a dear one: 0.05 each and 15 %.
    books = Books(a_line(100, "1", tax_code="TWO"), a_line(1, "900", tax_code="TWO", line_number=2))

    credit = books.credit((2, Decimal(1)))

    assert credit is not None
    assert [credit.taxes[number].tax_amount for number in (1, 2)] == figures("0.05", "135.00")
    assert credit.taxes[2].base_amount == 900


def test_a_line_billed_twice_is_credited_one_after_the_other() -> None:
    books = Books(a_line(2, "10"), a_line(3, "20"))

    credit = books.credit((1, Decimal(4)))

    assert credit is not None
    assert {number: line.quantity for number, line in credit.lines.items()} == {1: 2, 2: 2}
    with pytest.raises(CreditedTooMuch, match="only 1 is billed"):
        books.credit((1, Decimal(2)))


def test_an_invoice_that_a_line_has_made_smaller_is_credited_as_a_whole() -> None:
    books = Books(a_line(1, "100"), a_line(-1, "30", line_number=2))

    with pytest.raises(CreditedTooMuch, match="70"):
        books.credit((1, Decimal(1)))
    credit = books.credit()

    assert credit is not None
    assert (credit.total_amount, books.balances()) == (Decimal(70), {})
    assert books.credit() is None


# Whatever comes

# Dearer than the fixed tax that a price may have in it.
cents = some.integers(10, 30_000).map(lambda number: Decimal(number) / 100)
rates = some.integers(500, 5_000).map(lambda number: Decimal(number) / 1000)
quantities = some.one_of(some.integers(1, 30).map(Decimal), cents)


@some.composite
def billed_lines(draw: some.DrawFn) -> list[LineToBill]:
    """Up to four lines of any taxes, perhaps with freight."""
    lines = [
        a_line(
            draw(quantities),
            draw(cents),
            tax_code=draw(some.sampled_from(sorted(TAX_CODES))),
            line_number=number,
            discount_percent=draw(some.sampled_from([Decimal(0), Decimal(15)])),
        )
        for number in range(1, draw(some.integers(1, 4)) + 1)
    ]
    if draw(some.booleans()):
        lines.append(a_line(1, draw(cents), tax_code="T19", line_number=99, is_freight=True))
    return lines


@some.composite
def books_of_an_invoice(draw: some.DrawFn) -> Books:
    """An invoice, perhaps in dollars, perhaps paid: in full, in parts, less a discount, nearly, in euros."""
    currency = draw(some.sampled_from(["EUR", "USD"]))
    books = Books(
        *draw(billed_lines()),
        currency=currency,
        rate=draw(rates) if currency == "USD" else Decimal(1),
        rounding=draw(some.sampled_from(list(TaxRounding))),
        discount=draw(some.sampled_from([0, 3])),
        prices_include_tax=draw(some.booleans()),
    )
    total = books.computed.taxed.total_amount
    for _ in range(draw(some.integers(0, 3))):
        part = draw(some.sampled_from([Decimal(1), Decimal("0.97"), Decimal("0.98"), Decimal("0.4")]))
        amount = rounded(total * part, currency)
        if amount > 0:
            rate = draw(rates) if currency == "USD" else Decimal(1)
            in_euros = currency == "USD" and draw(some.booleans())
            books.pay(amount, Decimal(1) if in_euros else rate, "EUR" if in_euros else currency, total / 50)
    return books


parts_to_credit = some.lists(
    some.lists(some.tuples(some.integers(1, 4), quantities), min_size=1, max_size=3), max_size=6
)


@given(books=books_of_an_invoice(), parts=parts_to_credit)
def test_all_credit_notes_together_are_the_invoice_and_leave_only_the_customer_s_money(
    books: Books, parts: list[list[tuple[int, Decimal]]]
) -> None:
    credits: list[Credit] = []
    for part in parts:
        try:
            credits += filter(None, [books.credit(*part)])
        except CreditedTooMuch:
            continue
    credits += filter(None, [books.credit()])

    taxed = books.computed.taxed
    assert sum(credit.net_amount for credit in credits) == taxed.net_amount
    assert sum(credit.tax_amount for credit in credits) == taxed.tax_amount
    assert sum(credit.base_total_amount for credit in credits) == books.computed.base_total
    assert all(tax.left == NO_TAX for tax in books.billed.taxes)
    assert books.billed.invoice.open_amount == 0
    # What came is the customer's again, and worth what it was when it came; nothing else is left of it all.
    assert set(books.balances()) <= {"bank", "customer_on_account"}
    assert sum(books.balances().values()) == 0
    assert books.credit() is None


@given(books=books_of_an_invoice())
def test_a_part_never_reverses_more_than_there_was(books: Books) -> None:
    settled = sum((one.amount for one in books.billed.settled), ZERO)
    opened = books.billed.invoice.open_amount
    for line in books.billed.lines:
        if not line.is_freight and line.left.quantity > 1:
            credit = books.credit((line.order_line_number, Decimal(1)))
            assert credit is not None
            reversal = credit.reversal
            assert reversal.on_account.amount >= 0
            assert reversal.discount_amount >= 0
            assert all(both.amount >= 0 for both in reversal.discount_on_taxes.values())
            assert credit.reduced_amount <= opened
            assert credit.total_amount <= opened + settled
            opened = books.billed.invoice.open_amount
