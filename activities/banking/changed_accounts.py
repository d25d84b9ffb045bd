"""What becomes of payment runs when a supplier's bank account has changed."""

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from activities.banking.payment_runs import ONE_AT_A_TIME
from domains.banking.messages import payment_runs as messages
from domains.banking.messages.payment_proposals import LeftOutReason
from domains.banking.messages.payment_runs import PaymentRunStatus, RunInvoiceStatus
from domains.banking.queries import payment_runs as queries
from domains.banking.rules import payment_runs as rules
from domains.banking.rules.payment_runs import RunFacts
from domains.banking.tables import PaymentRun
from domains.master_data import queries as master_data
from foundation.database.transaction import Transaction
from foundation.operations.commands import company_of
from foundation.operations.operation import operation

_WITH_SUPPLIER = text(
    """
    SELECT r.id FROM banking.payment_run r
    WHERE r.status IN ('proposed', 'submitted') AND EXISTS (SELECT FROM banking.payment_run_invoice i
        WHERE i.run_id = r.id AND i.supplier_code = :supplier AND i.status = 'included')
    ORDER BY r.id
    """
).bindparams(bindparam("supplier", type_=Text))
# Who decides at this moment waits for it, or has decided before.
_ASKED_STILL = text(
    "SELECT id FROM foundation.approval WHERE process_id = :process AND status = 'open' FOR UPDATE"
).bindparams(bindparam("process", type_=Text))
_LEAVE_OUT = text(
    """
    UPDATE banking.payment_run_invoice SET status = 'left_out', left_out_because = :because
    WHERE run_id = :run AND invoice_id = ANY (:invoices)
    """
).bindparams(bindparam("run", type_=Uuid), bindparam("invoices", type_=ARRAY(Uuid)))


@operation("banking.open_payment_runs_again", event=messages.PaymentRunsOpenedAgainEvent)
async def open_payment_runs_again(tx: Transaction, again: messages.OpenRunsAgain) -> messages.RunsOpenedAgain:
    """Leave out of payment runs what would go to an account that a supplier has no more. They are proposals
    at another version again, also those about which people are asked. What all have said yes to stays as it
    was approved: there the payment is left out when it is made.
    """
    await tx.execute(ONE_AT_A_TIME)
    opened = []
    for run_id in await tx.scalars(_WITH_SUPPLIER, {"supplier": again.supplier_code}):
        run = await queries.locked_run(tx, run_id)
        process_id = f"{await company_of(tx)}/payment_run/{run_id}"
        if not await _may_be_opened(tx, run, process_id):
            continue
        kept = await _without_old_account(tx, run, again.supplier_code)
        if kept is not None:
            tx.tell(process_id, "accounts_changed", messages.RunOpenedAgain(kept=kept, because=again.because))
            opened.append(kept.run_number)
    return messages.RunsOpenedAgain(supplier_code=again.supplier_code, run_numbers=tuple(opened))


async def _may_be_opened(tx: Transaction, run: RunFacts, process_id: str) -> bool:
    if run.status == PaymentRunStatus.SUBMITTED:
        return bool(await tx.scalars(_ASKED_STILL, {"process": process_id}))
    return run.status == PaymentRunStatus.PROPOSED


async def _without_old_account(
    tx: Transaction, run: RunFacts, supplier_code: str
) -> messages.PaymentRunKept | None:
    """The run without what would go to an account that the supplier has no more; None when nothing would."""
    supplier = await master_data.supplier(tx, supplier_code)
    account = supplier.bank_account(run.currency) if supplier is not None else None
    now = (account.iban, account.bic) if account is not None else None
    before = await queries.invoice_lines(tx, run.id)
    left_out = [
        one.invoice_id
        for one in before
        if one.supplier_code == supplier_code
        and one.status == RunInvoiceStatus.INCLUDED
        and (one.iban, one.bic) != now
    ]
    if not left_out:
        return None
    because = LeftOutReason.BANK_ACCOUNT_CHANGED
    await tx.execute(_LEAVE_OUT, {"run": run.id, "invoices": left_out, "because": because.value})
    kept = rules.kept(run, await queries.invoice_lines(tx, run.id))
    changed = kept.model_dump(include={"version", "content_hash", "amount", "discount_amount"})
    await tx.update(PaymentRun, run.id, status=PaymentRunStatus.PROPOSED.value, **changed)
    return kept
