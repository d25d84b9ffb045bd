"""Payslips are printed once; what was handed out stays as it was."""

from functools import partial

from activities.payroll.payslips import KIND
from domains.payroll.documents.payslip import payslip_pdf
from domains.payroll.queries.printing import payslip_to_print
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.outbound import prints
from foundation.outbound.prints import FilePrinted, PrintDocument


@operation("payroll.print_payslip")
async def print_payslip(tx: Transaction, ask: PrintDocument) -> FilePrinted:
    """Keep a posted payslip as a PDF, as it was when it was posted. Refuses: NotFound, NotPosted."""
    document = await payslip_to_print(tx, ask.document_id)
    render = partial(payslip_pdf, document)
    return await prints.print_once(tx, KIND, ask.document_id, document.payslip_number, render)
