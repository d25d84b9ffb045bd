"""Whatever is posted, moved, corrected and taken back, in any currency and on any day, while one period after
the other is locked: on every day each subledger is its control account, stock is worth what the ledger says,
what was locked stays as it was, and everything taken back leaves nothing.
"""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import note
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from pydantic import BaseModel

from activities import inventory
from activities.receivables import credit_notes
from domains.inventory.messages import ReleaseReservation
from domains.inventory.queries.stock import BALANCES
from domains.inventory.rules.reversals import GoodsAreGone, MovedSince
from domains.ledger.queries.reports import trial_balance
from domains.ledger.rules.reversals import ReversedAlready, StandsOnIt
from domains.receivables.messages import PostCreditNote
from domains.receivables.rules.corrections import NothingWasCharged
from foundation.database.connections import Database, database
from foundation.operations.operation import Operation
from foundation.values.errors import BusinessError
from foundation.values.messages import day_of
from perpetual.checker.document_kinds import document_kinds
from tests import checked, machines
from tests.activities.ledger.what_stands import standing
from tests.architecture.test_complete import operations_of_the_business, posts
from tests.machines import Run
from tests.properties import banking, goods, money, payment_runs, purchasing, returning, ways_back
from tests.properties.asking import ASKS
from tests.properties.company import FIRST, LAST, Chance, Company
from tests.properties.every_day import reports_say_what_the_rows_say, subledgers_are_their_accounts

__all__ = ["banking", "goods", "money", "payment_runs", "purchasing", "returning"]

KINDS = document_kinds()
CHANGING = (
    "foundation.operation",
    "ledger.open_item",
    "inventory.stock",
    "inventory.item_valuation",
    "inventory.cost_layer",
    "inventory.reservation",
)
OF_NO_PROCESS = {"foundation.operation": " WHERE coalesce(process_id, '') = ''"}
"""Where other tests have workers, a collective invoice's process begins to tell its orders meanwhile."""
LOCK = "lock"
NAMES = [*sorted(ASKS), LOCK]
ATTEMPTS, ROUNDS = 3, 20
WRITING = {
    name for kind in KINDS if kind.posted and kind.table != "ledger.reversal" for name in kind.asked_by
}
"""Operations that write a document, unless there is nothing to do."""
AT_FIRST = [
    *("inventory.receive_stock",) * 6,
    *("receivables.post_direct_invoice", "inventory.post_goods_issue", "inventory.transfer_stock") * 2,
    *("inventory.take_back_goods", "ledger.post_payment", "receivables.post_invoice"),
    *("payables.post_or_block_supplier_invoice",) * 4,
    *("ledger.post_supplier_payment",) * 2,
    *("banking.import_statements",) * 2,
    *("banking.post_line",) * 3,
    *("ledger.post_supplier_payment", "inventory.send_goods_back", "payables.post_debit_note") * 4,
    *("payables.set_off_debit_note",) * 2,
    *("ledger.post_entry",) * 3,
    *("inventory.post_landed_cost",) * 3,
]
"""So that there is something to correct."""
AGAIN = (
    *("inventory.revalue_item", "inventory.correct_price", "ledger.post_payment", "inventory.receive_stock"),
    *("payables.post_or_block_supplier_invoice", "ledger.post_supplier_payment"),
    *("inventory.send_goods_back", "payables.post_debit_note"),
    *("inventory.receive_stock", "payables.post_or_block_supplier_invoice"),
    *("ledger.post_entry", "inventory.receive_stock", "inventory.post_landed_cost"),
)
"""Of what these make nothing may be left for what was never done."""
OF_ORDERS = {
    "documents_have_their_order",
    "orders_reserve_what_they_want",
    "purchases_are_of_their_order",
    "received_is_what_was_taken_in",
}
"""What sales and procurement know of an order, which is here only named by what is done for it."""
OF_PROCESSES = {
    "open_payment_runs_have_a_live_process",
    "coded_invoices_are_approved",
    "goods_write_offs_are_approved",
}
"""What is done step by step here, by nobody's process: nor is anybody asked."""

OF_PAY = {
    *("payroll.post_payslips", "payroll.reverse_payslip"),
    *("payroll.post_loan_movement", "payroll.reverse_loan_movement"),
    *("banking.pay_run_wages", "banking.reverse_wage_payment"),
}
"""This company pays nobody: what must hold of payslips and of wages that are paid is asked of those that
tests/workflows/runs/test_payroll_of_people.py, test_wages_paid.py and test_loans_and_garnishments.py post,
pay and take back.
"""


class BooksMachine(RuleBasedStateMachine):
    """A company in euros that trades in dollars, dong and yen; every document, on any day."""

    accepted: ClassVar[Counter[str]] = Counter()
    """How often each thing that can be asked was done, in all runs."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.company = Company()
        self.done: list[tuple[str, UUID]] = []
        self.locks: dict[date, Any] = {}
        """What stood at the end of the last day that was locked, when it was."""
        self.is_open = False
        self.deck: list[str] = []
        self.told: list[str] = []
        """What was asked and answered."""

    @initialize()
    def open(self) -> None:
        self.run(self.company.open())
        self.empty = self.run(standing(self.company.code))
        self.is_open = True
        for number, name in enumerate(AT_FIRST):
            self.run(self._ask(name, random.Random(f"{name} {number}")))

    @rule(seed=some.integers(0, 2**32 - 1))
    def step(self, seed: int) -> None:
        """What comes next of all that can be asked, in an order of its own each time: first what was never
        done, in this run or another.
        """
        chance = random.Random(seed)
        if not self.deck:
            self.deck = chance.sample(NAMES, len(NAMES))
            self.deck.sort(key=lambda name: self.accepted[name] == 0)  # Taken from the end.
        name = self.deck.pop()
        self.told.clear()
        try:
            self.run(self._lock(chance) if name == LOCK else self._do(name, chance))
            self.run(subledgers_are_their_accounts(self.company))
        finally:
            note("; ".join([name, *self.told]))

    async def _lock(self, chance: Chance) -> None:
        since = self.company.locked or FIRST
        through = min(since + timedelta(days=chance.randint(0, 12)), LAST - timedelta(days=10))
        await self.company.lock(through)
        self.told.append(f"locked through {through}")
        self.locks[through] = await self._stood(through)

    async def _stood(self, on: date) -> Any:
        """The accounts and the stock at the end of a day, and what the month had moved until then."""
        async with database().read(self.company.code) as tx:
            balances = [await trial_balance(tx, first, on) for first in (None, on.replace(day=1))]
            return balances, await BALANCES.all(tx, as_of=on)

    async def _do(self, name: str, chance: Chance) -> None:
        """Ask for it until it is done; what is refused on the way has changed nothing."""
        for _ in range(ATTEMPTS):
            if await self._ask(name, chance):
                self.accepted[name] += 1
                return

    async def _ask(self, name: str, chance: Chance) -> bool:
        """Whether it was done."""
        operation, ask = ASKS[name]
        command = await ask(self.company, chance)
        if command is None:
            return False
        refusal = await self._ask_for_a_wrong_day(operation, command, chance)
        before = await self._rows()
        try:
            answer = await operation(self.company.by.call(), command)
        except BusinessError as refused:
            self.told.append(f"{command!r}: {refused!r}")
            assert await self._rows() == before, refused
            return False
        self.told.append(f"{command!r}: {answer!r}")
        assert refusal is None or [one.field for one in refusal.errors] == [day_of(command)], refusal
        made = [one for one in made_by(operation.name, command, answer) if await self._is_there(*one)]
        self.done += made
        return bool(made) or operation.name not in WRITING

    async def _is_there(self, document_type: str, document_id: UUID) -> bool:
        """Whether there was anything to do, and so it was written."""
        question = f"SELECT FROM {ways_back.TABLES[document_type]} WHERE id = :id"
        return bool(await self.company.rows(question, id=document_id))

    async def _ask_for_a_wrong_day(
        self, operation: Operation[Any, Any], command: BaseModel, chance: Chance
    ) -> BusinessError | None:
        """The same on a day on which nothing can be posted: it is refused, or there is nothing to do."""
        field = day_of(command)
        if not field or chance.random() < 0.7:
            return None
        fresh = command.model_copy(update={field: self.company.wrong_day(chance)})
        before = await self._rows()
        try:
            await operation(self.company.by.call(), fresh)
        except BusinessError as refused:
            assert await self._rows() == before, refused
            return refused
        after = await self._rows()
        assert {**after, "foundation.operation": 0} == {**before, "foundation.operation": 0}, fresh
        return None

    async def _rows(self) -> dict[str, Any]:
        """How many rows there are of everything that a document writes, and what is open and on hand."""
        tables = [*CHANGING, *(table for kind in KINDS for table in kind.relations())]
        counted = " UNION ALL ".join(
            f"SELECT '{table}', count(*), hashtext(string_agg(t::text, ' ' ORDER BY t::text)) FROM {table} t"
            if table in CHANGING[1:]
            else f"SELECT '{table}', count(*), 0 FROM {table}{OF_NO_PROCESS.get(table, '')}"
            for table in tables
        )
        return {row[0]: tuple(row[1:]) for row in await self.company.rows(counted)}

    def teardown(self) -> None:
        if not self.is_open:
            return
        self.run(self._catch_up())
        self.run(subledgers_are_their_accounts(self.company))
        self.run(reports_say_what_the_rows_say(self.company))
        self.run(self._locks_hold())
        self.run(self._checker_finds_nothing())
        is_all = self.run(self._take_everything_back())
        self.run(subledgers_are_their_accounts(self.company))
        self.run(self._locks_hold())
        self.run(self._checker_finds_nothing())
        assert not is_all or self.run(standing(self.company.code)) == self.empty

    async def _catch_up(self) -> None:
        """What chance has left out so far, in all runs, is done now."""
        for number in range(ROUNDS):
            missing = sorted(ASKS.keys() - self.accepted.keys())
            for name in [*AGAIN, *missing] if missing else ():
                await self._do(name, random.Random(f"{name} {number}"))

    async def _locks_hold(self) -> None:
        for on, stood in self.locks.items():
            assert await self._stood(on) == stood, on

    async def _checker_finds_nothing(self) -> None:
        broken = await checked.violations(self.company.code)
        found = [one for one in broken if one.invariant not in OF_ORDERS | OF_PROCESSES]
        assert not found, "\n".join(f"{one.invariant}: {one.as_text()}" for one in found)

    async def _take_everything_back(self) -> bool:
        """On the last day, the last first; what goods have left of since is taken back after them.

        What was sold before it came was settled at the cost of what came. Taken back in another order than
        it was done its worth may fit no more: that is refused, with what it rests on, and nothing else is.
        """
        await self._release()
        await payment_runs.write_files(self.company)
        reversed_before = {row.document_id for row in await self.company.rows(_REVERSED)}
        left = [one for one in reversed(self.done) if one[1] not in reversed_before]
        while left:
            # What a credit note gave back is used again by whoever takes back what had paid its invoice.
            used = [("allocation", row.id) for row in await self.company.rows(_USED)]
            left = [*used, *(one for one in left if one not in used)]
            refused = [(one, why) for one in left if (why := await self._taken_back(*one)) is not None]
            if len(refused) == len(left):
                early = {row.document_id for row in await self.company.rows(_EARLY)}
                gone = {one[1] for one, why in refused if isinstance(why, GoodsAreGone)}
                assert gone, refused
                assert gone <= early, refused
                return False
            left = [one for one, _ in refused]
        return True

    async def _taken_back(self, document_type: str, document_id: UUID) -> BusinessError | None:
        """Why it is not, for now. What charged nothing never is."""
        if document_type == "invoice":
            await self._credit(document_id)
            return None
        if document_type == ways_back.LANDED and await ways_back.moved_since(self.company, document_id):
            return MovedSince("its goods have moved: later, when they are back")
        operation, command = ways_back.WAYS_BACK[document_type]
        try:
            await operation(self.company.by.call(), command(document_id, LAST))
        # A payment that a line was posted as is taken back with the line, or the line with it.
        except (NothingWasCharged, ReversedAlready):
            return None
        except (GoodsAreGone, StandsOnIt, MovedSince) as refused:
            return refused
        if document_type == "shipment":  # What is set aside again keeps no receipt from going.
            await self._release()
        return None

    async def _release(self) -> None:
        for order in self.company.orders:
            release = ReleaseReservation(order_id=order.order_id)
            await inventory.release_reservation(self.company.by.call(), release)

    async def _credit(self, invoice_id: UUID) -> None:
        """All that is left of it, order by order when it bills several."""
        for (order_id,) in await self.company.rows(_ORDERS, invoice=invoice_id):
            post = PostCreditNote(
                credit_note_id=uuid4(),
                invoice_id=invoice_id,
                credited_on=LAST,
                reason="wrong",
                order_id=order_id,
            )
            await credit_notes.post_credit_note(self.company.by.call(), post)


_EARLY = "SELECT document_id FROM inventory.stock_move WHERE item_code = 'early'"
_REVERSED = "SELECT document_id FROM ledger.reversal"
_USED = """
    SELECT id FROM ledger.allocation a
    WHERE NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = a.id)
"""
_ORDERS = "SELECT DISTINCT order_id FROM receivables.invoice_line WHERE invoice_id = :invoice ORDER BY 1"


def made_by(name: str, command: Any, answer: Any) -> list[tuple[str, UUID]]:
    """The documents that an operation has written, by type and id."""
    if name == "ledger.post_entry":
        return [(ways_back.MANUAL, command.entry_id)]
    if name == "receivables.remind_customer":
        return [("dunning_letter", letter.letter_id) for letter in answer.letters]
    if name == "banking.post_line":
        return [("line_posting", command.posting_id)]
    if name == "payables.post_coded_invoice":
        return [(ways_back.CODED, command.invoice_id)]
    posted = [kind for kind in KINDS if kind.posted and name in kind.asked_by]
    fields = {ways_back.type_of(kind): kind.asked_by[name] for kind in posted}
    return [(kind, getattr(command, field)) for kind, field in fields.items() if kind != "reversal"]


async def test_on_every_day_the_books_are_what_was_done(database: Database) -> None:
    del database
    BooksMachine.accepted.clear()

    await machines.run(BooksMachine, longer=4)

    never = sorted(ASKS.keys() - BooksMachine.accepted.keys())
    assert never == [], "never done, in all runs"


def not_asked(operations: Iterable[str]) -> list[str]:
    """Operations for which nothing is ever asked here."""
    return sorted(set(operations) - {name.split()[0] for name in ASKS})


def test_every_operation_that_posts_or_moves_goods_is_asked_for() -> None:
    posting = [name for name, one in operations_of_the_business().items() if posts(one.body)]
    writing = [name for kind in KINDS if kind.posted for name in kind.asked_by]

    assert len(posting) > 20
    unasked = set(not_asked([*posting, *writing]))
    assert unasked == OF_PAY, "say in tests/properties what one may ask it for"
    assert not_asked(["harbour.post_call"]) == ["harbour.post_call"]


def test_every_document_is_taken_back() -> None:
    types = {ways_back.type_of(kind) for kind in KINDS if kind.posted} - {"reversal", ways_back.OF_PAY} | {
        ways_back.CODED
    }

    assert ways_back.WAYS_BACK.keys() == types, "say in tests/properties/ways_back.py how it is taken back"
