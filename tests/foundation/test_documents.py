"""A document in one statement: what it writes, what it leaves to the database, and what it refuses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import bindparam, select, text

from domains.inventory.tables import Stock, StockReceipt, StockReceiptLine
from domains.ledger.tables.journal import JournalEntry, JournalLine
from domains.sales.tables import SalesOrderVersion
from foundation.database import Database, Table
from foundation.documents import write_document
from foundation.messages import Caller
from foundation.tables import ApprovalState, AttachedFile, OperationLog
from foundation.transaction import Transaction
from tests.builders.finance import Accountant
from tests.builders.inventory import A_DAY, MAIN, GoodsKeeper

_SCOPE = text(
    "SELECT set_config('perpetual.company', :company, true), set_config('perpetual.actor', 'a tester', true)"
)
_NEXT = text("'MINE-' || nextval('inventory.receipt_number')")


@asynccontextmanager
async def writing(database: Database, caller: Caller) -> AsyncIterator[Transaction]:
    """A transaction of the caller's company."""
    async with database.transaction() as tx:
        await tx.execute(_SCOPE, {"company": caller.company})
        yield tx


async def read(tx: Transaction, entity: type[Table], column: Any, value: Any) -> list[dict[str, Any]]:
    """The rows of a table with a value, in the order of their keys."""
    found = await tx.execute(
        select(entity)
        .where(column == bindparam("value", type_=column.type))
        .order_by(*entity.__table__.primary_key),
        {"value": value},
    )
    return [row._asdict() for row in found]


def receipt(**changes: Any) -> dict[str, Any]:
    """The head of a receipt."""
    head: dict[str, Any] = {
        "id": uuid4(),
        "warehouse_code": MAIN,
        "received_on": A_DAY,
        "reference": "it's ours: $1 :x",
        "reason": "purchase",
        "value": Decimal("12345678901234.5678"),
        "adjustment_value": Decimal("0.1"),
        "currency": "EUR",
    }
    return head | changes


def line(receipt_id: UUID, number: int, quantity: str) -> dict[str, Any]:
    """A line of a receipt."""
    given: dict[str, Any] = {"receipt_id": receipt_id, "line_number": number, "item_code": "bolt"}
    given |= {"unit": "piece", "unit_cost": Decimal("0.000001"), "value": Decimal("1E+2")}
    return given | {"quantity": Decimal(quantity), "stock_quantity": Decimal(quantity)}


@pytest.fixture
async def keeper(database: Database, caller: Caller) -> GoodsKeeper:
    """A company with a bolt."""
    del database
    keeper = await GoodsKeeper(caller).open()
    await keeper.item("bolt")
    return keeper


async def test_head_and_lines_are_written_together_and_the_database_adds_its_defaults(
    database: Database, keeper: GoodsKeeper
) -> None:
    head = receipt()
    lines = [line(head["id"], number, f"{number}.5") for number in (1, 2, 3)]

    async with writing(database, keeper.caller) as tx:
        written = await write_document(
            tx,
            {StockReceipt: head, StockReceiptLine: lines},
            returning=(StockReceipt.number, StockReceipt.recorded_at),
        )
        (kept,) = await read(tx, StockReceipt, StockReceipt.id, head["id"])
        kept_lines = await read(tx, StockReceiptLine, StockReceiptLine.receipt_id, head["id"])

    answer = written.one()
    assert answer.number.startswith("REC-") and answer.recorded_at == kept["recorded_at"]
    assert kept == head | {"company_id": keeper.caller.company, **answer._asdict()}
    assert kept_lines == [known | {"company_id": keeper.caller.company} for known in lines]


async def test_a_line_without_its_head_is_refused(database: Database, keeper: GoodsKeeper) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with writing(database, keeper.caller) as tx:
            await write_document(tx, {StockReceipt: receipt(), StockReceiptLine: [line(uuid4(), 1, "1")]})


async def test_several_heads_with_their_lines_are_one_document(database: Database, caller: Caller) -> None:
    accountant = await Accountant(caller).open()
    accounts = [row.account_code for row in await _accounts(database, accountant)][:2]
    heads: list[dict[str, Any]] = [
        {"id": uuid4(), "number": f"X-{number}", "posted_on": date(2026, 3, 2), "fiscal_year": "2026"}
        | {"currency": "EUR", "text": "", "source_type": "manual", "source_id": uuid4(), "purpose": "entry"}
        for number in (1, 2)
    ]
    lines = [
        {"entry_id": head["id"], "line_number": number, "posted_on": head["posted_on"], "text": ""}
        | {"account_code": account, "amount": amount, "base_amount": amount, "party_code": None}
        for head in heads
        for number, (account, amount) in enumerate(zip(accounts, (5, -5), strict=True), start=1)
    ]

    # The lines stand first: the trigger that looks for their entries finds them, as the one that adds up.
    async with writing(database, caller) as tx:
        written = await write_document(
            tx, {JournalLine: lines, JournalEntry: heads}, returning=(JournalEntry.number,)
        )

    assert list(written.scalars()) == ["X-1", "X-2"]
    lines[0] |= {"amount": 6, "entry_id": uuid4()}
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with writing(database, caller) as tx:
            await write_document(
                tx, {JournalEntry: heads[0] | {"id": lines[0]["entry_id"]}, JournalLine: lines[:1]}
            )


async def _accounts(database: Database, accountant: Accountant) -> Any:
    async with writing(database, accountant.caller) as tx:
        return await tx.execute(text("SELECT code AS account_code FROM ledger.account ORDER BY code"))


async def test_every_type_arrives_as_it_was_given(database: Database, keeper: GoodsKeeper) -> None:
    key, approval_id, company = str(uuid4()), uuid4(), keeper.caller.company
    log: dict[str, Any] = {"key": key, "company_id": company, "name": "test.note"}
    log |= {
        "status": "applied",
        "actor": "a tester",
        "process_id": None,
        "correlation_id": "",
        "request": None,
        "request_hash": "",
    }
    answer = {"list": [1, {"of": None}], "text": "quote ' and \" and ü"}
    moment = datetime(2026, 3, 2, 23, 59, 59, 123456, tzinfo=UTC)
    approval: dict[str, Any] = {"id": approval_id, "process_id": "p", "subject": "", "role": ""}
    approval |= {
        "requested_by": "x",
        "requested_at": moment,
        "remind_at": moment,
        "amount": None,
        "status": "open",
    }
    stock = {"warehouse_code": MAIN, "item_code": "bolt", "allows_negative": True, "on_hand": Decimal(-1)}

    async with writing(database, keeper.caller) as tx:
        await write_document(
            tx,
            {
                OperationLog: log | {"answer": answer, "transaction_id": 2**63 + 1},
                ApprovalState: approval,
                Stock: [stock],
            },
        )
        (logged,) = await read(tx, OperationLog, OperationLog.key, key)
        (asked,) = await read(tx, ApprovalState, ApprovalState.id, approval_id)
        (lies,) = await read(tx, Stock, Stock.item_code, "bolt")

    assert (logged["answer"], logged["request"], logged["transaction_id"]) == (answer, None, 2**63 + 1)
    assert (asked["remind_at"], asked["amount"], asked["reminders"]) == (moment, None, 0)
    assert (lies["allows_negative"], lies["on_hand"], lies["reserved"]) == (True, -1, 0)


async def test_a_value_may_be_sql(database: Database, keeper: GoodsKeeper) -> None:
    async with writing(database, keeper.caller) as tx:
        document = {StockReceipt: receipt(number=_NEXT)}
        one = (await write_document(tx, document, returning=(StockReceipt.number,))).scalar_one()
        document = {StockReceipt: receipt(number=_NEXT)}
        other = (await write_document(tx, document, returning=(StockReceipt.number,))).scalar_one()

    assert one.startswith("MINE-") and other.startswith("MINE-") and one != other


async def test_nothing_is_written_of_an_empty_list(database: Database, keeper: GoodsKeeper) -> None:
    head = receipt()
    async with writing(database, keeper.caller) as tx:
        assert not (await write_document(tx, {StockReceiptLine: []})).all()
        assert not (await write_document(tx, {StockReceipt: head, StockReceiptLine: []})).all()
        assert await read(tx, StockReceipt, StockReceipt.id, head["id"])


async def test_what_does_not_fit_its_table_is_refused_at_once(database: Database) -> None:
    head = receipt()
    lines = [line(head["id"], 1, "1"), line(head["id"], 2, "1") | {"quantitiy": 1}]
    version = {"order_id": uuid4(), "documnet": {}}
    async with database.transaction() as tx:
        with pytest.raises(TypeError, match="SalesOrderVersion has no column documnet"):
            await write_document(tx, {SalesOrderVersion: version})
        with pytest.raises(TypeError, match="StockReceipt has no column nummer"):
            await write_document(tx, {StockReceipt: head | {"nummer": _NEXT}})
        with pytest.raises(TypeError, match="StockReceiptLine differ in their columns: quantitiy"):
            await write_document(tx, {StockReceiptLine: lines})
        with pytest.raises(TypeError, match="only columns of one table"):
            await write_document(tx, {StockReceipt: head}, returning=(Stock.on_hand,))
        with pytest.raises(TypeError, match="JSON cannot hold"):
            await write_document(tx, {AttachedFile: {"id": uuid4(), "content": b"x"}})
