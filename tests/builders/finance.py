"""Books to post in: a company with its chart, years, taxes, terms and customers, and an accountant."""

import itertools
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from activities import master_data
from activities.inventory import postings
from activities.ledger import accounts, journal, payments, refunds, reversals
from activities.receivables import credit, credit_notes, invoices
from domains.inventory.messages import ReceiptLine, ReceiveStock
from domains.inventory.rules.receipts import StockedLine
from domains.ledger.messages import (
    AllocatePayment,
    DocumentReversed,
    EntryAsked,
    EntryLine,
    EntryPosted,
    LoadChart,
    PaymentPosted,
    PostEntry,
    PostPayment,
    PostRefund,
    PutAccount,
    PutFiscalYear,
    RefundPosted,
    ReverseDocument,
    ReversibleType,
)
from domains.ledger.queries import reports
from domains.ledger.queries.journal import EntryView, entry_view, lines_of
from domains.ledger.tables.journal import JournalEntry
from domains.master_data.messages import (
    Instalment,
    PutCompany,
    PutCustomer,
    PutExchangeRate,
    PutPaymentTerms,
    PutTaxCode,
    TaxComponent,
    TaxKind,
)
from domains.master_data.messages.suppliers import PutSupplier
from domains.receivables.messages import (
    CheckCredit,
    CreditChecked,
    CreditNotePosted,
    InvoicePosted,
    LineToBill,
    LineToCredit,
    PostCreditNote,
    PostInvoice,
)
from domains.receivables.queries.documents import InvoiceView, invoice
from foundation.database.connections import database
from foundation.database.transaction import Transaction
from foundation.operations.operation import Operation
from foundation.values.messages import Call, Caller
from tests.checked import everything_agrees

A_DAY = date(2026, 3, 2)
CUSTOMER = "C1"
Figure = int | str | Decimal


def a_line(quantity: Figure, unit_price: Figure, *, tax_code: str = "UNTAXED", **changes: Any) -> LineToBill:
    """One line of an invoice."""
    asked: dict[str, Any] = {
        "line_number": 1,
        "description": "Goods",
        "quantity": Decimal(quantity),
        "unit": "pc",
        "unit_price": Decimal(unit_price),
        "tax_code": tax_code,
    }
    return LineToBill(**asked | changes)


def an_invoice(*lines: LineToBill, **changes: Any) -> PostInvoice:
    """An invoice in euros to a customer, due after 30 days, on a day in March 2026."""
    order_id = changes.pop("order_id", None) or uuid4()
    asked: dict[str, Any] = {
        "invoice_id": uuid4(),
        "process_id": f"order_to_cash/{order_id}",
        "order_id": order_id,
        "order_number": "SO-000001",
        "customer_code": CUSTOMER,
        "invoiced_on": A_DAY,
        "currency": "EUR",
        "payment_terms_code": "NET30",
        "lines": lines,
    }
    return PostInvoice(**asked | changes)


def a_payment(amount: Figure, **changes: Any) -> PostPayment:
    """Money in euros from the customer, ten days after the invoice."""
    asked: dict[str, Any] = {
        "payment_id": uuid4(),
        "received_on": date(2026, 3, 12),
        "amount": Decimal(amount),
        "currency": "EUR",
        "customer_code": CUSTOMER,
    }
    return PostPayment(**asked | changes)


def an_entry(*lines: tuple[str, Figure], **changes: Any) -> PostEntry:
    """An entry that a person writes; each line an account and an amount, debit positive."""
    asked: dict[str, Any] = {
        "entry_id": uuid4(),
        "posted_on": A_DAY,
        "text": "An entry",
        "lines": tuple(EntryLine(account_code=code, amount=Decimal(amount)) for code, amount in lines),
    }
    return PostEntry(**asked | changes)


A_CENTURY = 36_500
"""So many days ahead may be posted: most tests are about other things."""


class Accountant:
    """Somebody who keeps one company's books; each call has a key of its own unless it is given."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._keys = itertools.count(1)

    def call(self, key: str | None = None) -> Call:
        """A direct call, under a new key unless one is given."""
        return Call.direct(self.caller, f"{self.caller.company}/{key or next(self._keys)}")

    async def open(self, *, currency: str = "EUR", **company: Any) -> "Accountant":
        """The company with its chart, the year 2026, tax codes, payment terms and one customer."""
        code = self.caller.company
        facts: dict[str, Any] = {"name": "Books", "country": "DE", "exchange_rate_days": 730}
        facts["days_ahead"] = A_CENTURY
        put = PutCompany(code=code, currency=currency, **facts | company)
        await master_data.put_company(self.call(), put)
        await accounts.load_chart(self.call(), LoadChart())
        await self.year(2026)
        for tax_code in _TAX_CODES:
            await master_data.put_tax_code(self.call(), tax_code)
        await self.terms("NET30", instalments=(Instalment(days=30),))
        await self.terms("DISC", instalments=(Instalment(days=30),), discount_percent="10", discount_days=10)
        await self.customer(CUSTOMER)
        return self

    async def year(self, year: int, **changes: Any) -> None:
        """A fiscal year, the same as the calendar's."""
        whole = {"code": str(year), "starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
        await accounts.put_fiscal_year(self.call(), PutFiscalYear.model_validate(whole | changes))

    async def terms(self, code: str, **terms: Any) -> None:
        """Payment terms."""
        put = PutPaymentTerms.model_validate({"code": code, "name": code, **terms})
        await master_data.put_payment_terms(self.call(), put)

    async def customer(self, code: str, **changes: Any) -> None:
        """A customer."""
        asked = {"code": code, "name": f"Customer {code}", "country": "DE", "currency": "EUR"}
        put = PutCustomer.model_validate(asked | {"payment_terms_code": "NET30"} | changes)
        await master_data.put_customer(self.call(), put)

    async def supplier(self, code: str, **changes: Any) -> None:
        """A supplier."""
        asked = {"code": code, "name": f"Supplier {code}", "country": "DE", "currency": "EUR"}
        put = PutSupplier.model_validate(asked | {"payment_terms_code": "NET30"} | changes)
        await master_data.put_supplier(self.call(), put)

    async def rate(self, currency: str, rate: str, valid_from: date = date(2026, 1, 1)) -> None:
        """Units of a currency for one of the company's, from a day on."""
        put = PutExchangeRate(currency=currency, valid_from=valid_from, rate=Decimal(rate))
        await master_data.put_exchange_rate(self.call(), put)

    async def account(self, code: str, **changes: Any) -> None:
        """An account, new or changed."""
        put = PutAccount.model_validate({"code": code, "name": code, "kind": "asset"} | changes)
        await accounts.put_account(self.call(), put)

    # What happens

    async def post(self, entry: PostEntry) -> EntryPosted:
        """A person's entry."""
        return await journal.post_entry(self.call(), entry)

    async def reverse(
        self, document_id: UUID, *, kind: ReversibleType = ReversibleType.ENTRY, on: date = A_DAY
    ) -> DocumentReversed:
        """A document of the ledger is taken back: a person's entry, unless it says otherwise."""
        command = ReverseDocument(
            document_type=kind,
            document_id=document_id,
            reversal_id=uuid4(),
            reversed_on=on,
            reason="wrong",
        )
        return await reversals.reverse_document(self.call(), command)

    async def bill(self, *lines: LineToBill, **changes: Any) -> InvoicePosted:
        """An invoice."""
        post = an_invoice(*lines, **changes)
        ours = {"process_id": f"{self.caller.company}/{post.process_id}"}
        return await invoices.post_invoice(self.call(), post.model_copy(update=ours))

    async def receive(self, amount: Figure, **changes: Any) -> PaymentPosted:
        """Money arrives."""
        return await payments.post_payment(self.call(), a_payment(amount, **changes))

    async def allocate(
        self, money: PaymentPosted | CreditNotePosted, invoice: InvoicePosted, **changes: Any
    ) -> PaymentPosted:
        """Money on account is used for an invoice."""
        asked: dict[str, Any] = {
            "allocation_id": uuid4(),
            "payment_id": money.payment_id if isinstance(money, PaymentPosted) else None,
            "credit_note_id": money.credit_note_id,
            "invoice_id": invoice.invoice_id,
            "allocated_on": date(2026, 4, 1),
        }
        return await payments.allocate_payment(self.call(), AllocatePayment(**asked | changes))

    async def take_back(
        self, invoice: InvoicePosted, *quantities: tuple[int, Figure], key: str | None = None, **changes: Any
    ) -> CreditNotePosted:
        """A credit note over quantities of order lines, or over everything that is left."""
        asked: dict[str, Any] = {
            "credit_note_id": uuid4(),
            "invoice_id": invoice.invoice_id,
            "credited_on": date(2026, 3, 20),
            "reason": "Goods came back",
            "lines": tuple(
                LineToCredit(order_line_number=number, quantity=Decimal(quantity))
                for number, quantity in quantities
            ),
        }
        return await credit_notes.post_credit_note(self.call(key), PostCreditNote(**asked | changes))

    async def refund(self, **changes: Any) -> RefundPosted:
        """Money on account goes back."""
        asked: dict[str, Any] = {"refund_id": uuid4(), "refunded_on": date(2026, 3, 25)}
        return await refunds.post_refund(self.call(), PostRefund(**asked | changes))

    async def may_order(
        self, amount: Figure, *, order_id: UUID | None = None, customer_code: str = CUSTOMER, **more: Any
    ) -> CreditChecked:
        """Credit is asked for, for an order."""
        check = CheckCredit(
            order_id=order_id or uuid4(), customer_code=customer_code, amount=Decimal(amount), **more
        )
        return await credit.check_credit(self.call(), check)

    async def goods_left(self, cost: Figure, *, on: date = A_DAY, shipment_id: UUID | None = None) -> None:
        """The cost of goods that left, as the goods issue posts it."""
        document = shipment_id or uuid4()
        await self.within(
            lambda tx: postings.post_issue(tx, document, "SHP-000001", "SO-000001", on, Decimal(cost))
        )

    async def goods_came(self, value: Figure, *, reason: str = "purchase", adjustment: Figure = 0) -> None:
        """The value of goods that came in, as the receipt posts it."""
        line = StockedLine(1, "ITEM", Decimal(1), "pc", Decimal(value), Decimal(1), Decimal(value), None)
        receipt = ReceiveStock(
            receipt_id=uuid4(),
            warehouse_code="MAIN",
            received_on=A_DAY,
            reason=reason,
            lines=(ReceiptLine(item_code="ITEM", quantity=Decimal(1), unit_cost=Decimal(value)),),
        )
        await self.within(
            lambda tx: postings.post_receipt(tx, receipt, "REC-000001", [line], Decimal(adjustment))
        )

    async def goods_returned(
        self, restocked: Figure = 0, scrapped: Figure = 0, adjustment: Figure = 0
    ) -> None:
        """The value of goods that came back, as the goods return posts it."""
        worth = postings.Returned(Decimal(restocked), Decimal(scrapped), Decimal(adjustment))
        await self.within(
            lambda tx: postings.post_return(tx, uuid4(), "RET-000001", "SO-000001", A_DAY, worth)
        )

    async def within(self, post: Callable[[Transaction], Awaitable[None]]) -> None:
        """Something is posted by an operation that does nothing else."""

        async def body(tx: Transaction, nothing: EntryAsked) -> EntryPosted:
            del nothing
            await post(tx)
            return EntryPosted(entry_id=UUID(int=0), entry_number="")

        line = EntryLine(account_code="1400", amount=Decimal(0))
        asked = EntryAsked(posted_on=A_DAY, text="", lines=(line,))
        operation: Operation[EntryAsked, EntryPosted] = Operation("tests.post", body, quick=True)
        await operation(self.call(), asked)

    # What the books say

    async def balances(self, **until: date) -> dict[str, Decimal]:
        """The accounts that are not at zero, by role or else code, debit positive."""
        async with database().read(self.caller.company) as session:
            report = await reports.trial_balance(session, None, until.get("until", date(9999, 12, 31)))
        assert sum(row.closing for row in report.rows) == 0
        return {row.role or row.account_code: row.closing for row in report.rows if row.closing}

    async def turnover(self, role: str) -> tuple[Decimal, Decimal]:
        """An account's debit and credit."""
        async with database().read(self.caller.company) as session:
            report = await reports.trial_balance(session, None, date(9999, 12, 31))
        (row,) = (row for row in report.rows if row.role == role)
        return row.debit, row.credit

    async def invoice(self, invoice_id: UUID) -> InvoiceView:
        """An invoice as it is shown."""
        async with database().read(self.caller.company) as session:
            return await invoice(session, invoice_id)

    async def entries(self, source_type: str | None = None) -> list[EntryView]:
        """The entries, in the order of their numbers."""
        async with database().read(self.caller.company) as session:
            found = (await session.execute(select(JournalEntry).order_by(JournalEntry.number))).all()
            lines = await lines_of(session, [entry.id for entry in found])
        views = [entry_view(entry, lines[entry.id], for_few=False) for entry in found]
        return [view for view in views if source_type in (None, view.source_type)]

    async def everything_agrees(self) -> None:
        """What is kept beside the journal agrees with it, and no number is missing."""
        await everything_agrees(self.caller.company, "ledger")

    async def do(self, *statements: str, **values: Any) -> None:
        """Statements as the application, in this company and in one transaction, past all our code."""
        async with database().write(self.caller.company, self.caller.actor) as tx:
            for statement in statements:
                await tx.execute(text(statement), values)


def amounts(view: EntryView) -> dict[str, Decimal]:
    """The amounts of an entry by account."""
    return {line.account_code: line.amount for line in view.lines}


def figures(*values: Figure) -> list[Decimal]:
    """Decimals to compare with."""
    return [Decimal(value) for value in values]


def _taxed(code: str, *components: TaxComponent, **more: Any) -> PutTaxCode:
    return PutTaxCode(code=code, name=code, components=components, **more)


def percent(rate: str, **more: Any) -> TaxComponent:
    """A tax of so many per cent."""
    return TaxComponent(name=f"{rate} %", rate_percent=Decimal(rate), **more)


def per_unit(amount: str) -> TaxComponent:
    """A tax of a fixed amount for every unit."""
    return TaxComponent(name=f"{amount} each", amount_per_unit=Decimal(amount))


_TAX_CODES: Sequence[PutTaxCode] = (
    _taxed("UNTAXED"),
    _taxed("T10", percent("10")),
    _taxed("T15", percent("15")),
    _taxed("T15-FIXED", percent("15"), per_unit("0.05")),
    _taxed("T19", percent("19")),
    _taxed("T7", percent("7", account_code="2210")),
    _taxed("EXPORT", kind=TaxKind.EXEMPT, exemption_reason="Export outside the EU"),
    _taxed("REVERSE", kind=TaxKind.REVERSE_CHARGE, exemption_reason="The customer owes the tax"),
)
