"""What is to be paid to suppliers, as it stands now. Nothing is kept of it, and nothing locked."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from domains.banking.messages.payment_proposals import PaymentProposal
from domains.banking.queries.accounts import BankAccountView
from domains.banking.queries.payment_runs import in_runs
from domains.banking.rules import payment_proposals as rules
from domains.ledger.queries.open_items import DocumentHead, owed_to_suppliers
from domains.master_data import queries as master_data
from foundation.database.transaction import Transaction
from foundation.values.errors import NotFound
from foundation.values.money import ZERO


async def payment_proposal(
    tx: Transaction,
    account: BankAccountView,
    *,
    pay_on: date,
    due_until: date,
    supplier_codes: Collection[str],
    least_discount_yield_percent: Decimal | None,
) -> PaymentProposal:
    """What is to be paid from an account on a day, of all suppliers or of some.

    Refuses: Invalid, when the next payments would be before these; NotFound for an unknown supplier;
    TooManyOpenItems.
    """
    rules.check_days(pay_on, due_until)
    await _check_suppliers(tx, supplier_codes)
    owed = await owed_to_suppliers(tx, supplier_codes)
    taken = await in_runs(tx, {one.document.id for one in owed})
    payables = [payable(one, is_in_another_run=one.document.id in taken) for one in owed]
    suppliers = await master_data.suppliers(tx, {one.supplier_code for one in payables})
    wanted = rules.ProposalWanted(account.currency, pay_on, due_until, least_discount_yield_percent)
    payments, left_out = rules.proposed(wanted, payables, suppliers)
    return PaymentProposal(
        bank_account_code=account.code,
        currency=account.currency,
        pay_on=pay_on,
        due_until=due_until,
        amount=sum((one.amount for one in payments), ZERO),
        discount_amount=sum((one.discount_amount for one in payments), ZERO),
        payments=payments,
        left_out=left_out,
    )


async def _check_suppliers(tx: Transaction, codes: Collection[str]) -> None:
    known = await master_data.suppliers(tx, set(codes))
    for code in codes:
        if code not in known:
            why = f"there is no supplier {code}"
            raise NotFound(why, errors=[("supplier", why)])


def payable(head: DocumentHead, *, is_in_another_run: bool = False) -> rules.Payable:
    """What is open of an invoice, as the rules take it."""
    opened = head.opened
    open_since = max(opened.on, opened.again_on or opened.on)
    of_invoice = head.party.code, head.currency, open_since, head.document
    return rules.Payable(*of_invoice, is_in_another_run, head.reference)
