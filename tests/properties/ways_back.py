"""How each document is taken back: by its type, as the books name it."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel

from activities import inventory
from activities.banking import postings, statements
from activities.inventory import reversals as goods_back
from activities.ledger import reversals
from activities.payables import coded_invoices, debit_notes, goods_write_offs, set_offs, supplier_invoices
from activities.receivables import corrections
from domains.banking.messages import ReverseStatement
from domains.banking.messages.postings import ReversePosting
from domains.inventory.messages import ReverseStockCorrection, ReverseStockDocument, StockCorrectionType
from domains.inventory.messages.landed_costs import ReverseLandedCost
from domains.inventory.queries import locked
from domains.ledger.messages import ReverseDocument, ReversibleType
from domains.payables.messages import ReverseSupplierInvoice
from domains.payables.messages.coded_invoices import ReverseCodedInvoice
from domains.payables.messages.debit_notes import ReverseDebitNote
from domains.payables.messages.goods_write_offs import ReverseGoodsWriteOff
from domains.payables.messages.set_offs import ReverseSetOff
from domains.receivables.messages import ReverseInvoice, ReverseReceivable, ReversibleReceivable
from foundation.database.connections import database
from foundation.operations.operation import Operation
from perpetual.checker.document_kinds import DocumentKind, document_kinds
from tests.properties.asking import asks
from tests.properties.company import LAST, Chance, Company

Way = tuple[Operation[Any, Any], Callable[[UUID, date], BaseModel]]
MANUAL = ReversibleType.ENTRY.value
CODED = "coded_invoice"
LANDED = "landed_cost"
OF_PAY = "loan_movement"
"""This company pays nobody, and lends nobody money."""
_GOODS = """
    SELECT DISTINCT item_code FROM inventory.landed_cost_line
    WHERE landed_cost_id = :landed_cost AND NOT EXISTS (
        SELECT FROM ledger.reversal r WHERE r.document_id = landed_cost_id)
"""
_WHERE = {MANUAL: "WHERE source_type = 'manual'", CODED: "WHERE status IN ('posted', 'reversed')"}


def _of_type(command: type[BaseModel], document_type: Any, document_id: UUID, on: date) -> BaseModel:
    of = {"document_type": document_type} if document_type is not None else {}
    return command(document_id=document_id, reversal_id=uuid4(), reversed_on=on, reason="wrong", **of)


def _invoice(document_id: UUID, on: date) -> BaseModel:
    return ReverseInvoice(credit_note_id=uuid4(), invoice_id=document_id, reversed_on=on, reason="wrong")


def _supplier_invoice(document_id: UUID, on: date) -> BaseModel:
    return ReverseSupplierInvoice(reversal_id=uuid4(), invoice_id=document_id, reversed_on=on, reason="wrong")


def _debit_note(document_id: UUID, on: date) -> BaseModel:
    return ReverseDebitNote(reversal_id=uuid4(), debit_note_id=document_id, reversed_on=on, reason="wrong")


def _set_off(document_id: UUID, on: date) -> BaseModel:
    return ReverseSetOff(reversal_id=uuid4(), set_off_id=document_id, reversed_on=on, reason="wrong")


def _coded_invoice(document_id: UUID, on: date) -> BaseModel:
    return ReverseCodedInvoice(reversal_id=uuid4(), invoice_id=document_id, reversed_on=on, reason="wrong")


def _goods_write_off(document_id: UUID, on: date) -> BaseModel:
    return ReverseGoodsWriteOff(reversal_id=uuid4(), write_off_id=document_id, reversed_on=on, reason="wrong")


def _line_posting(document_id: UUID, on: date) -> BaseModel:
    return ReversePosting(posting_id=document_id, reversal_id=uuid4(), reversed_on=on, reason="wrong")


def _statement(document_id: UUID, _: date) -> BaseModel:
    return ReverseStatement(statement_id=document_id, reason="wrong")


def _ways() -> dict[str, Way]:
    by_kind: tuple[tuple[Any, Operation[Any, Any], type[BaseModel]], ...] = (
        (ReversibleType, reversals.reverse_document, ReverseDocument),
        (ReversibleReceivable, corrections.reverse_document, ReverseReceivable),
        (StockCorrectionType, inventory.reverse_correction, ReverseStockCorrection),
    )
    found: dict[str, Way] = {
        one.value: (operation, partial(_of_type, command, one))
        for kinds, operation, command in by_kind
        for one in kinds
    }
    of_goods = partial(_of_type, ReverseStockDocument, None)
    return found | {
        "stock_receipt": (inventory.reverse_receipt, of_goods),
        "shipment": (inventory.reverse_shipment, of_goods),
        "goods_return": (inventory.reverse_return, of_goods),
        LANDED: (inventory.reverse_landed_cost, partial(_of_type, ReverseLandedCost, None)),
        "revaluation": (inventory.reverse_revaluation, of_goods),
        "invoice": (corrections.reverse_invoice, _invoice),
        "supplier_invoice": (supplier_invoices.reverse_supplier_invoice, _supplier_invoice),
        "vendor_return": (goods_back.reverse_vendor_return, of_goods),
        "supplier_debit_note": (debit_notes.reverse_debit_note, _debit_note),
        "set_off": (set_offs.reverse_set_off, _set_off),
        CODED: (coded_invoices.reverse_coded_invoice, _coded_invoice),
        "goods_write_off": (goods_write_offs.reverse_goods_write_off, _goods_write_off),
        "line_posting": (postings.reverse_posting, _line_posting),
        "bank_statement": (statements.reverse_statement, _statement),
    }


WAYS_BACK: Mapping[str, Way] = _ways()


def type_of(kind: DocumentKind) -> str:
    """What the books call a kind of document: an entry that no other document posted is a person's."""
    return MANUAL if kind.table == "ledger.journal_entry" else kind.table.partition(".")[2]


TABLES = {type_of(kind): kind.table for kind in document_kinds() if kind.posted or type_of(kind) == CODED}
"""Where the documents of each type are. An invoice without an order is written down before it is posted."""


async def ids_of(company: Company, document_type: str) -> list[UUID]:
    """All documents of a type, by number."""
    number = "id" if document_type in ("allocation", "line_posting") else "number"
    question = f"SELECT id FROM {TABLES[document_type]} {_WHERE.get(document_type, '')} ORDER BY {number}"
    return [row.id for row in await company.rows(question)]


async def moved_since(company: Company, landed_cost_id: UUID) -> bool:
    """Whether any of its goods were moved after a landed cost. Here all comes back to nothing in the end:
    what is taken back after more was sold has a test of its own, at random as well.
    """
    goods = await company.rows(_GOODS, landed_cost=landed_cost_id)
    async with database().read(company.code) as tx:
        return any([await locked.moved_since(tx, row.item_code, landed_cost_id) for row in goods])


def _declare(document_type: str, operation: Operation[Any, Any], command: Any) -> None:
    @asks(operation, document_type)
    async def take_back(company: Company, chance: Chance) -> BaseModel | None:
        """One of the documents of a type, mostly one of the last."""
        found = await ids_of(company, document_type)
        if document_type == LANDED:
            found = [one for one in found if not await moved_since(company, one)]
        if not found:
            return None
        document_id = chance.choice(found[-3:] if chance.random() < 0.7 else found)
        on = LAST if chance.random() < 0.3 else max(company.day(chance), company.day(chance))
        reverse: BaseModel = command(document_id, on)
        return reverse


for _type, (_operation, _command) in WAYS_BACK.items():
    _declare(_type, _operation, _command)
