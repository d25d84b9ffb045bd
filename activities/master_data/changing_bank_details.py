"""What all who change where money goes share: that it is asked for, and that it takes effect."""

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Text, bindparam, text

from domains.master_data import queries, tables
from domains.master_data.bank_details import locked_change
from domains.master_data.messages import bank_details as messages
from domains.master_data.messages.bank_details import BankDetailsChangeStatus, BankDetailsOwner
from domains.master_data.rules import bank_details_changes as rules
from foundation.database.documents import write_document
from foundation.database.transaction import CORRELATION, Row, Transaction
from foundation.operations.commands import begin, company_of
from foundation.operations.mailbox import BeginProcess

_OPEN = text(
    """
    SELECT id, number, salt, content_hash FROM master_data.bank_details_change
    WHERE owner = :owner AND code = :code AND status IN ('asked', 'approved') FOR UPDATE
    """
)
# Who has changed the record since somebody has asked does not say yes to it.
_EDITED = text(
    """
    UPDATE master_data.bank_details_change
    SET may_not_approve = array_append(may_not_approve, current_setting('perpetual.actor'))
    WHERE owner = :owner AND code = :code AND status = 'asked'
        AND NOT current_setting('perpetual.actor') = ANY (may_not_approve)
    """
)
_IS_ANOTHERS = text(
    """
    SELECT EXISTS (
        SELECT FROM master_data.supplier s, jsonb_to_recordset(s.bank_accounts) AS b (iban text)
        WHERE b.iban = ANY (:ibans) AND NOT (:owner = 'supplier' AND s.code = :party)
    ) OR payroll.is_somebodys_account(:ibans, CASE WHEN :owner = 'employee' THEN :party END) AS is_anothers
    """
).bindparams(
    bindparam("ibans", type_=ARRAY(Text)), bindparam("owner", type_=Text), bindparam("party", type_=Text)
)


class WantedBankDetails(NamedTuple):
    """A record whose accounts somebody wants to change."""

    owner: BankDetailsOwner
    code: str
    party_code: str
    before: Sequence[dict[str, Any]]
    accounts: Sequence[dict[str, Any]]
    changed_by: str
    """Who has changed the record last; empty when it is new."""
    field: str = "bank_accounts"
    """Where a request has them."""
    is_kept_elsewhere: bool = False
    """Whether the accounts themselves are kept by another domain, which only few may read."""


async def note_edit(tx: Transaction, owner: BankDetailsOwner, code: str) -> None:
    """Somebody changes a record: they do not approve a change of its accounts that waits."""
    await tx.execute(_EDITED, {"owner": owner.value, "code": code})


async def ask_for_change(tx: Transaction, wanted: WantedBankDetails) -> UUID | None:
    """Ask that a record's accounts are changed: written down with it, and its process begins. Gives the
    change's id; None when just this is asked already.

    Refuses: BankDetailsChangeOpen.
    """
    of_record = {"owner": wanted.owner.value, "code": wanted.code}
    what = (wanted.owner, wanted.code, wanted.before, wanted.accounts)
    if (known := (await tx.execute(_OPEN, of_record)).one_or_none()) is not None:
        is_the_same = rules.content_hash(known.salt, *what) == known.content_hash
        rules.check_open(known.number, wanted.field, is_the_same=is_the_same)
        return None
    salt, change_id = secrets.token_hex(16), uuid4()
    ibans = sorted({one["iban"] for one in wanted.accounts})
    of_party = {"ibans": ibans, "owner": wanted.owner.value, "party": wanted.party_code}
    is_hidden = wanted.is_kept_elsewhere
    row = of_record | {
        "id": change_id,
        "number": tx.closing.sequence_number("BC", "master_data.bank_details_change_number"),
        "party_code": wanted.party_code,
        "status": BankDetailsChangeStatus.ASKED.value,
        "accounts_before": [] if is_hidden else list(wanted.before),
        "accounts": [] if is_hidden else list(wanted.accounts),
        "salt": salt,
        "content_hash": rules.content_hash(salt, *what),
        "is_anothers": bool(await tx.scalar(_IS_ANOTHERS, of_party)),
        "may_not_approve": [wanted.changed_by] if wanted.changed_by else [],
        "wait_hours": (await queries.company(tx)).bank_details_wait_hours,
    }
    write_document(tx, {tables.BankDetailsChangeRow: row})
    process = BeginProcess(
        process_id=rules.process_id(await company_of(tx), change_id),
        body=messages.StartBankDetailsChange(change_id=change_id).model_dump(mode="json"),
        party=wanted.party_code,
        summary=f"Bank details of {wanted.owner} {wanted.party_code}",
        correlation_id=tx.info[CORRELATION],
        begun_by="",
    )
    await begin(tx, process)
    return change_id


async def take_effect(tx: Transaction, apply: messages.ApplyBankDetails) -> Row:
    """A change that is approved and has waited takes effect: whose record it is writes the accounts with it.

    Refuses: NotFound, BankDetailsChangeNotInThisStatus, StillWaiting.
    """
    change = await locked_change(tx, apply.change_id)
    rules.check_status(change, BankDetailsChangeStatus.APPROVED)
    rules.check_time(change, apply.at)
    status = BankDetailsChangeStatus.EFFECTIVE.value
    return await tx.update(tables.BankDetailsChangeRow, change.id, status=status, effective_at=apply.at)


def changed(change: Row) -> messages.BankDetailsChanged:
    """How far a change has come."""
    return messages.BankDetailsChanged(
        change_id=change.id,
        change_number=change.number,
        owner=BankDetailsOwner(change.owner),
        code=change.code,
        status=BankDetailsChangeStatus(change.status),
    )
