"""Suppliers' invoices that come as files: read and kept, assigned to their order, and entered as by hand."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, File, Response, UploadFile

from activities.payables.invoice_files import keep_invoice_file
from api.door import Asked, Router, allows
from api.lists import add_list
from api.payables.supplier_invoices import entered
from api.procurement.purchase_orders import order_as_named
from domains.master_data import queries as master_data
from domains.master_data.rules.tax_numbers import is_vat_number
from domains.payables.files.reading import read_invoice
from domains.payables.messages import EnterInvoice
from domains.payables.messages.blocks import SupplierInvoiceEntered
from domains.payables.messages.invoice_files import InvoiceEntryAsked, KeepInvoiceFile, ReadInvoice
from domains.payables.queries import invoice_files as queries
from domains.payables.queries.invoice_files import InvoiceFileView
from domains.payables.rules.invoice_files import (
    InvoiceNotAssigned,
    LineOfOrder,
    OrderOfInvoice,
    asked_of,
)
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound
from foundation.values.messages import shortened

router = Router(prefix="/v1/supplier-invoice-files", tags=["Payables"])

READ = allows("payables.supplier_invoice.read")
FILE: Mapping[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"application/octet-stream": {}}}},
}
EXAMPLES: dict[str, Any] = {
    "the file names the order": {"value": {"posted_on": "2026-03-12"}},
    "a person says it": {"value": {"order_number": "PO-000012"}},
}
LONGEST_NAME = 200


@router.post("", status_code=201, dependencies=[allows("payables.supplier_invoice.post")])
async def keep_file(
    asked: Asked,
    file: Annotated[
        UploadFile, File(description="EN 16931: UBL 2.1, CII, or a PDF with it (Factur-X, ZUGFeRD)")
    ],
) -> InvoiceFileView:
    """Take the file of a supplier's invoice in: it is read, and kept when it says all that it must and adds
    up. The same file again is answered with the first, and what has become of it. It is entered next.
    """
    content = await file.read()
    read = await asyncio.to_thread(read_invoice, content)
    keep = KeepInvoiceFile(
        file_id=asked.new_id("supplier-invoice-file"),
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=shortened(file.filename or "invoice", LONGEST_NAME),
        syntax=read.syntax,
        supplier_number=read.number,
        invoiced_on=read.issued_on,
        currency=read.currency,
        total_amount=read.total_amount,
        content=content,
    )
    kept = await asked.run(keep_invoice_file, keep)
    async with asked.read() as tx:
        return await queries.invoice_file(tx, kept.file_id)


@router.post("/{file_id}/invoice", status_code=201, dependencies=[allows("payables.supplier_invoice.post")])
async def enter_invoice_of_file(
    file_id: UUID, entry: Annotated[InvoiceEntryAsked, Body(openapi_examples=EXAMPLES)], asked: Asked
) -> SupplierInvoiceEntered:
    """Enter the invoice in the file for the purchase order that it names: it is matched and posted, or
    blocked, as one that is entered by hand. A dry run says what would become of it. What keeps it from being
    entered is named line by line, with its term of EN 16931 (`invoice-not-assigned`).
    """
    async with asked.read() as tx:
        content = await queries.content_of(tx, file_id)
    read = await asyncio.to_thread(read_invoice, content)
    async with asked.read() as tx:
        order = await _order_of(tx, read, entry.order_number)
        sellers = await master_data.suppliers_named(tx, read.seller.vat_id, read.ibans)
        own = await master_data.company(tx)
    our_vat_id = own.tax_number if is_vat_number(own.tax_number, own.country) else ""
    invoice = asked_of(read, order, sellers, our_vat_id)
    command = EnterInvoice(
        **{
            **dict(invoice),
            "invoice_id": asked.new_id("supplier-invoice", of=order.order_id),
            "posted_on": entry.posted_on or max(asked.today, invoice.invoiced_on),
            "file_id": file_id,
        }
    )
    return await entered(asked, order.order_id, command)


async def _order_of(tx: Transaction, read: ReadInvoice, named: str | None) -> OrderOfInvoice:
    """The order that a person, or else the file, names. Refuses: InvoiceNotAssigned, when there is none."""
    number = (named or read.order_number).strip()
    try:
        order = await order_as_named(tx, number)
    except NotFound:
        why = f"BT-13 names no purchase order of ours ({number or 'nothing'}): name it as order_number"
        raise InvoiceNotAssigned(f"order_number: {why}", errors=[("order_number", why)]) from None
    lines = tuple(LineOfOrder(**dict(line)) for line in order.lines)
    return OrderOfInvoice(**{**dict(order), "lines": lines})


add_list(router, queries.INVOICE_FILES, READ)


@router.get("/{file_id}", dependencies=[READ])
async def one_file(file_id: UUID, asked: Asked) -> InvoiceFileView:
    """One file, and what was entered of it."""
    async with asked.read() as tx:
        return await queries.invoice_file(tx, file_id)


@router.get("/{file_id}/reading", dependencies=[READ])
async def reading(file_id: UUID, asked: Asked) -> ReadInvoice:
    """What the file says, by the terms of EN 16931, whatever its format."""
    async with asked.read() as tx:
        content = await queries.content_of(tx, file_id)
    return await asyncio.to_thread(read_invoice, content)


@router.get("/{file_id}/file", dependencies=[READ], **FILE)
async def file(file_id: UUID, asked: Asked) -> Response:
    """The file as it came, byte for byte."""
    async with asked.read() as tx:
        content = await queries.content_of(tx, file_id)
    headers = {"Content-Disposition": 'attachment; filename="invoice"'}
    return Response(content, media_type="application/octet-stream", headers=headers)
