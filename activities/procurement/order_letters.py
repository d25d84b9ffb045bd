"""Purchase orders as letters: each version is printed once, and mailed by a rule."""

from functools import partial

from domains.master_data import queries as master_data
from domains.procurement.documents import purchase_order as documents
from domains.procurement.messages.versions import PurchaseOrderIssuedEvent
from domains.procurement.queries.versions import VersionAsSent, version_as_sent
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.outbound.letters import Letter, WriteLetter, letter
from foundation.outbound.prints import FilePrinted, PrintDocument

KIND = "purchase_order"


@operation("procurement.print_purchase_order")
async def print_purchase_order(tx: Transaction, ask: PrintDocument) -> FilePrinted:
    """Keep a version of a purchase order as a PDF, as it was when it was written. Refuses: NotFound."""
    return await _kept(tx, await version_as_sent(tx, ask.document_id))


@letter("purchase_order", after=PurchaseOrderIssuedEvent, about="version_id")
@operation("procurement.write_purchase_order")
async def write_purchase_order(tx: Transaction, write: WriteLetter) -> Letter:
    """Write the mail that a version of a purchase order comes with, in the supplier's language. It goes to
    the address that the supplier has now. Refuses: NotFound.
    """
    sent = await version_as_sent(tx, write.about_id)
    supplier = await master_data.supplier(tx, sent.supplier.code)
    assert supplier is not None, "an order names one that there is"
    return Letter(
        document=sent.view.order_number,
        recipient=supplier.email,
        recipient_name=sent.supplier.name,
        subject=documents.title(sent),
        text=documents.mail_text(sent),
        enclosures=(prints.enclosed(await _kept(tx, sent)),),
    )


async def _kept(tx: Transaction, sent: VersionAsSent) -> FilePrinted:
    """The file of a version."""
    view = sent.view
    render = partial(documents.order_pdf, sent)
    return await prints.print_once(tx, KIND, view.order_id, view.order_number, render, view.version)
