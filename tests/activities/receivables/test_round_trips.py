"""What an invoice says is remembered: keeping it asks nothing more of the database."""

import asyncio
from typing import Any

import pytest

from foundation.database.transaction import Transaction
from tests.builders.finance import Accountant, a_line

OPENED_READ_AND_CLOSED = 3
"""The operation is opened, the books are read, and all is written by one statement."""


async def test_posting_an_invoice_again_reads_no_master_data(
    accountant: Accountant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    billing = asyncio.current_task()
    execute = Transaction.execute

    async def noted(tx: Transaction, statement: Any, values: Any = None) -> Any:
        if asyncio.current_task() is billing:  # An API of this process looks around besides.
            asked.append(str(statement))
        return await execute(tx, statement, values)

    await accountant.bill(a_line(1, "100", tax_code="T19"))
    monkeypatch.setattr(Transaction, "execute", noted)
    await accountant.bill(a_line(1, "100", tax_code="T19"))

    (books,) = (statement for statement in asked if "FROM master_data" in statement)
    assert "ledger.fiscal_year" in books, "what must be read under its lock"
    assert len(asked) == OPENED_READ_AND_CLOSED, "\n".join(one[:200] for one in asked)
