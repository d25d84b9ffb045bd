"""Whatever was done is taken back, the last first: every account, item, quantity and value is what it was."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from activities import inventory, master_data
from activities.ledger import journal, payments, refunds, reversals
from domains.inventory.messages import RevalueItem, ReverseStockDocument
from domains.inventory.rules.valuation import NothingToRevalue
from domains.ledger.messages import (
    AllocatePayment,
    EntryLine,
    PostRefund,
    ReverseDocument,
    ReversibleType,
)
from domains.ledger.rules.payments import MoreThanOnAccount, MoreThanOpen, NothingOnAccount, NothingOpen
from domains.master_data.messages import PutItem, PutWarehouse
from domains.receivables.messages import InvoicePosted
from foundation.database.connections import Database
from foundation.operations.operation import Operation
from tests import machines
from tests.activities.ledger.what_stands import Standing, operations_that_differ, standing
from tests.builders import inventory as warehouse
from tests.builders.finance import Accountant, a_line, a_payment, an_entry
from tests.checked import everything_agrees
from tests.machines import Run

LAST = date(2026, 4, 20)
days = some.sampled_from([date(2026, 3, 3), date(2026, 3, 9), date(2026, 3, 15), LAST])
currencies = some.sampled_from(["EUR", "USD"])
cents = some.integers(1, 30_000).map(lambda amount: Decimal(amount) / 100)
items = some.sampled_from(["averaged", "layered", "sold before it came"])
Reversed = tuple[Operation[Any, Any], Any, Standing]


async def opened(run_by: Accountant) -> list[InvoicePosted]:
    """Books with invoices in two currencies, paid and credited money on account, and goods of three kinds."""
    await run_by.open(small_difference_limit="0.20")
    await run_by.rate("USD", "1.20")
    await run_by.rate("USD", "1.10", date(2026, 3, 8))
    await run_by.rate("USD", "1.31", date(2026, 4, 1))
    invoices = [
        await run_by.bill(
            a_line(3, price, tax_code="T19"), currency=currency, payment_terms_code=terms, invoiced_on=on
        )
        for price, currency, terms, on in (
            ("33.33", "EUR", "DISC", date(2026, 3, 2)),
            ("70.10", "USD", "DISC", date(2026, 3, 2)),
            ("19.99", "USD", "NET30", date(2026, 3, 10)),
            ("0.07", "EUR", "NET30", date(2026, 3, 10)),
        )
    ]
    await master_data.put_warehouse(run_by.call(), PutWarehouse(code=warehouse.MAIN, name="Main"))
    for code, method, negative in (
        ("averaged", "moving_average", False),
        ("layered", "fifo", False),
        ("sold before it came", "moving_average", True),
    ):
        item = PutItem(code=code, name=code, costing_method=method, allow_negative_stock=negative)
        await master_data.put_item(run_by.call(), item)
    order = warehouse.an_order(("sold before it came", 3))
    await inventory.reserve_stock(run_by.call(), order)
    await inventory.post_goods_issue(run_by.call(), warehouse.a_shipment(order))
    came = warehouse.a_receipt(warehouse.goods("sold before it came", 5, "2.49"))
    await inventory.receive_stock(run_by.call(), came)
    return invoices


class ReversingMachine(RuleBasedStateMachine):
    """Somebody who does this and that, and takes it back."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.accountant = Accountant(machines.a_caller())
        self.company = self.accountant.caller.company
        self.done: list[Reversed] = []
        self.monies: list[UUID] = []
        self.stands: Standing = {}

    @initialize()
    def open(self) -> None:
        self.invoices = self.run(opened(self.accountant))
        self.first = self.stands = self.run(standing(self.company))

    def do(self, operation: Operation[Any, Any], command: Any, back: Operation[Any, Any], undo: Any) -> bool:
        """Do something, and know how to take it back; false when there is nothing that could be done."""
        try:
            self.run(operation(self.accountant.call(), command))
        except (NothingOpen, NothingOnAccount, MoreThanOpen, MoreThanOnAccount, NothingToRevalue):
            return False
        self.done.append((back, undo, self.stands))
        self.stands = self.run(standing(self.company))
        return True

    @staticmethod
    def of_ledger(kind: ReversibleType, document_id: UUID) -> ReverseDocument:
        return ReverseDocument(
            document_type=kind,
            document_id=document_id,
            reversal_id=uuid4(),
            reversed_on=LAST,
            reason="wrong",
        )

    @rule(on=days, currency=currencies, amounts=some.lists(cents, min_size=1, max_size=3))
    def write(self, on: date, currency: str, amounts: list[Decimal]) -> None:
        lines = tuple(EntryLine(account_code="6300", amount=amount, text=str(amount)) for amount in amounts)
        total = EntryLine(account_code="1400", amount=-sum(amounts, Decimal(0)))
        entry = an_entry(posted_on=on, currency=currency, lines=(*lines, total))
        undo = self.of_ledger(ReversibleType.ENTRY, entry.entry_id)
        self.do(journal.post_entry, entry, reversals.reverse_document, undo)

    @rule(
        on=days,
        currency=currencies,
        which=some.integers(0, 4),
        share=some.sampled_from(["0.3", "0.9", "0.999", "1", "1.001", "1.5"]),
    )
    def pay(self, on: date, currency: str, which: int, share: str) -> None:
        """In part, less the discount, nearly, in full, slightly too much, too much; or it names nothing."""
        names = {"invoice_id": self.invoices[which].invoice_id} if which < len(self.invoices) else {}
        owed = self.invoices[which].total_amount if names else Decimal(100)
        amount = max(round(owed * Decimal(share), 2), Decimal("0.01"))
        payment = a_payment(amount, received_on=on, currency=currency, **names)
        undo = self.of_ledger(ReversibleType.PAYMENT, payment.payment_id)
        if self.do(payments.post_payment, payment, reversals.reverse_document, undo):
            self.monies.append(payment.payment_id)

    @precondition(lambda self: self.monies)
    @rule(money=some.integers(0, 99), which=some.integers(0, 3), amount=some.none() | cents)
    def use(self, money: int, which: int, amount: Decimal | None) -> None:
        allocation = AllocatePayment(
            allocation_id=uuid4(),
            payment_id=self.monies[money % len(self.monies)],
            invoice_id=self.invoices[which].invoice_id,
            allocated_on=LAST,
            amount=amount,
        )
        undo = self.of_ledger(ReversibleType.ALLOCATION, allocation.allocation_id)
        self.do(payments.allocate_payment, allocation, reversals.reverse_document, undo)

    @precondition(lambda self: self.monies)
    @rule(money=some.integers(0, 99), amount=cents)
    def refund(self, money: int, amount: Decimal) -> None:
        payment_id = self.monies[money % len(self.monies)]
        command = PostRefund(refund_id=uuid4(), refunded_on=LAST, amount=amount, payment_id=payment_id)
        undo = self.of_ledger(ReversibleType.REFUND, command.refund_id)
        self.do(refunds.post_refund, command, reversals.reverse_document, undo)

    @rule(
        on=days,
        lines=some.lists(some.tuples(items, some.integers(1, 9), cents), min_size=1, max_size=3),
        reason=some.sampled_from(["purchase", "opening", "adjustment"]),
    )
    def take_in(self, on: date, lines: list[tuple[str, int, Decimal]], reason: str) -> None:
        received = [warehouse.goods(item, quantity, str(cost)) for item, quantity, cost in lines]
        receipt = warehouse.a_receipt(*received, received_on=on, reason=reason)
        undo = self.of_inventory(receipt.receipt_id)
        self.do(inventory.receive_stock, receipt, inventory.reverse_receipt, undo)

    @rule(on=days, item_code=items, cost=cents)
    def revalue(self, on: date, item_code: str, cost: Decimal) -> None:
        command = RevalueItem(
            revaluation_id=uuid4(), revalued_on=on, item_code=item_code, unit_cost=cost, reason="worth more"
        )
        undo = self.of_inventory(command.revaluation_id)
        self.do(inventory.revalue_item, command, inventory.reverse_revaluation, undo)

    @staticmethod
    def of_inventory(document_id: UUID) -> ReverseStockDocument:
        return ReverseStockDocument(
            document_id=document_id, reversal_id=uuid4(), reversed_on=LAST, reason="wrong"
        )

    @precondition(lambda self: self.done)
    @rule(how_many=some.integers(1, 3))
    def take_back(self, how_many: int) -> None:
        """The last ones, the last first; each leaves what stood before it."""
        for _ in range(min(how_many, len(self.done))):
            operation, command, before = self.done.pop()
            self.run(operation(self.accountant.call(), command))
            if getattr(command, "document_type", None) is ReversibleType.PAYMENT:
                self.monies.pop()
            self.stands = self.run(standing(self.company))
            assert self.stands == before

    @invariant()
    def stock_and_books_agree_operation_by_operation(self) -> None:
        assert self.run(operations_that_differ(self.company)) == []

    def teardown(self) -> None:
        while self.done:
            self.take_back(how_many=3)
        if self.stands:
            assert self.stands == self.first
        self.run(everything_agrees(self.company, "ledger", "inventory"))


async def test_what_is_taken_back_leaves_everything_as_it_was(database: Database) -> None:
    del database
    assert await machines.run(ReversingMachine) >= machines.TRIES
