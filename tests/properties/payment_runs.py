"""Payment runs, asked for at random: of what is due on a day, an invoice is paid."""

from uuid import uuid4

from activities.banking import accounts, payment_run_posting, payment_runs
from domains.banking.messages import payment_runs as messages
from foundation.values.errors import BusinessError
from tests.properties.asking import asks
from tests.properties.banking import an_account
from tests.properties.company import LAST, Chance, Company

_RELEASED = "SELECT id FROM banking.payment_run WHERE status = 'released'"
_INCLUDED = """
    SELECT invoice_id FROM banking.payment_run_invoice
    WHERE run_id = :run AND status = 'included' ORDER BY invoice_number
"""


async def write_files(company: Company) -> None:
    """Of the run that is being paid, if there is one: until then no payment of it is taken back."""
    for (run_id,) in await company.rows(_RELEASED):
        write = messages.MakePaymentFile(run_id=run_id)
        await payment_run_posting.make_payment_file(company.by.call(), write)


@asks(payment_run_posting.pay_run_invoice)
async def pay_by_a_run(company: Company, chance: Chance) -> messages.PayRunInvoice | None:
    """One of the invoices of a run that is released; what the last run has left is free again."""
    await write_files(company)
    await accounts.put_bank_account(company.by.call(), await an_account(company, chance))
    propose = messages.ProposePaymentRun(
        run_id=uuid4(),
        bank_account_code="GIRO",
        pay_on=company.day(chance),
        due_until=LAST,
        proposed_by="somebody",
    )
    try:
        kept = await payment_runs.propose_payment_run(company.by.call(), propose)
    except BusinessError:
        return None
    submit = messages.SubmitPaymentRun(run_id=kept.run_id, version=kept.version)
    await payment_runs.submit_payment_run(company.by.call(), submit)
    release = messages.ReleasePaymentRun(run_id=kept.run_id, content_hash=kept.content_hash)
    await payment_runs.release_payment_run(company.by.call(), release)
    invoice = await company.one_of(chance, _INCLUDED, run=kept.run_id)
    assert invoice is not None, kept
    return messages.PayRunInvoice(
        run_id=kept.run_id, invoice_id=invoice.invoice_id, supplier_payment_id=uuid4()
    )
