"""Delivery notes are printed once; what went with the goods stays as it was."""

from functools import partial

from domains.inventory.delivery_note import delivery_note_pdf
from domains.inventory.queries import documents
from domains.master_data import letterhead
from domains.master_data import queries as master_data
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.outbound.prints import FilePrinted, PrintDocument
from foundation.values.errors import NotFound


@operation("inventory.print_delivery_note")
async def print_delivery_note(tx: Transaction, ask: PrintDocument) -> FilePrinted:
    """Keep a shipment's delivery note as a PDF. Refuses: NotFound."""
    shipment = await documents.shipment_view(tx, ask.document_id)
    company = await master_data.company(tx)
    customer = await master_data.customer(tx, shipment.customer_code)
    if customer is None:
        raise NotFound(f"there is no customer {shipment.customer_code}")
    items = await master_data.items(tx, {line.item_code for line in shipment.lines})
    own = letterhead.sender(company, company.currency)
    reader = letterhead.addressee(customer.model_dump())
    render = partial(delivery_note_pdf, shipment, own, reader, items)
    return await prints.print_once(tx, "shipment", ask.document_id, shipment.shipment_number, render)
