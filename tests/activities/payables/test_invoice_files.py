"""The file of an invoice is kept once, as it came."""

import hashlib
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from activities.payables.invoice_files import keep_invoice_file
from domains.payables.messages.invoice_files import KeepInvoiceFile
from tests.builders.finance import A_DAY, Accountant

CONTENT = b"<Invoice/>"


def a_file(**changes: Any) -> KeepInvoiceFile:
    """One that was read."""
    asked: dict[str, Any] = {
        "file_id": uuid4(),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "file_name": "invoice.xml",
        "syntax": "UBL",
        "supplier_number": "RE 1",
        "invoiced_on": A_DAY,
        "currency": "EUR",
        "total_amount": Decimal("47.60"),
        "content": CONTENT,
    }
    return KeepInvoiceFile(**asked | changes)


async def test_the_same_content_is_the_first_file(accountant: Accountant) -> None:
    first = a_file()

    kept = [await keep_invoice_file(accountant.call(), file) for file in (first, a_file(file_name="again"))]

    assert [(one.file_id, one.is_new) for one in kept] == [(first.file_id, True), (first.file_id, False)]


async def test_the_database_keeps_no_file_that_is_not_what_its_hash_says(accountant: Accountant) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await keep_invoice_file(accountant.call(), a_file(content=b"<Invoice>!</Invoice>"))
