"""When money goes elsewhere, what somebody says yes to, and how far a change of bank details may go."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic_core import to_json

from domains.master_data.messages.bank_details import BankDetailsChangeStatus as Status
from domains.master_data.messages.bank_details import BankDetailsOwner
from foundation.values.errors import BusinessError, Forbidden

DEFAULT_ACCOUNT = ""
"""The currency of a company's account for all currencies that have none of their own."""


class BankDetailsChangeOpen(BusinessError):
    """Another change of the same bank details waits: one at a time."""

    status = 409


class BankDetailsChangeNotInThisStatus(BusinessError):
    """What was asked for is not possible at this point of a change of bank details."""

    status = 409


class NotTheBankDetails(BusinessError):
    """What was approved is not what would be changed."""

    status = 409


class ChangedTheRecord(Forbidden):
    """Who has changed a record last does not approve other bank details of it."""


class StillWaiting(BusinessError):
    """A change of bank details takes effect when its time has come, and not before."""

    status = 409


class ChangeFacts(Protocol):
    """What is looked at of a change, under its lock."""

    @property
    def number(self) -> str:
        """As people name it."""

    @property
    def status(self) -> str:
        """How far it has come."""

    @property
    def content_hash(self) -> str:
        """Of what is asked."""

    @property
    def not_before(self) -> datetime | None:
        """Before which it has no effect."""

    @property
    def may_not_approve(self) -> Sequence[str]:
        """Who has changed the record."""


def where_money_goes(accounts: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Accounts by currency as IBAN and BIC: what banks are called is left out, and their order."""
    return sorted((one["currency"], one["iban"], one["bic"]) for one in accounts)


def company_accounts(company: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The accounts of a company's record: the one for all other currencies first, if there is one."""
    first = {"currency": DEFAULT_ACCOUNT, "iban": company["iban"], "bic": company["bic"], "bank": ""}
    return ([first] if first["iban"] or first["bic"] else []) + list(company["bank_accounts"])


def as_in_company(accounts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The same as the fields of a company's record."""
    by_currency = {one["currency"]: one for one in accounts}
    first = by_currency.pop(DEFAULT_ACCOUNT, {"iban": "", "bic": ""})
    return {"iban": first["iban"], "bic": first["bic"], "bank_accounts": list(by_currency.values())}


def content_hash(
    salt: str,
    owner: BankDetailsOwner,
    code: str,
    before: Sequence[Mapping[str, Any]],
    accounts: Sequence[Mapping[str, Any]],
) -> str:
    """Of what somebody reads before they say yes, as SHA-256: whose accounts, from which to which."""
    return hashlib.sha256(to_json([salt, owner, code, before, accounts])).hexdigest()


def check_open(number: str, field: str, *, is_the_same: bool) -> None:
    """The same asked again is asked already. Refuses: BankDetailsChangeOpen."""
    if not is_the_same:
        cancel = f"POST /v1/bank-details-changes/{number}/cancellation"
        why = f"{number} waits to change it already: cancel that with {cancel}"
        raise BankDetailsChangeOpen(f"{field}: {why}", errors=[(field, why)])


def check_status(change: ChangeFacts, *wanted: Status) -> None:
    """Refuses: BankDetailsChangeNotInThisStatus."""
    if change.status not in wanted:
        raise BankDetailsChangeNotInThisStatus(f"{change.number} is {change.status}")


def check_content(change: ChangeFacts, approved: str) -> None:
    """Refuses: NotTheBankDetails."""
    if change.content_hash != approved:
        raise NotTheBankDetails(f"what {change.number} asks for is not what was approved")


def check_time(change: ChangeFacts, at: datetime) -> None:
    """Refuses: StillWaiting."""
    if change.not_before is None or at < change.not_before:
        raise StillWaiting(f"{change.number} waits until {change.not_before}")


def who_may_not(change: ChangeFacts, approved_by: str, on_behalf_of: str | None) -> str:
    """Which of the two has changed the record; empty when neither has."""
    of_both = (approved_by, on_behalf_of or "")
    return next((one for one in of_both if one in change.may_not_approve), "")


def check_approver(change_number: str, may_not_approve: Sequence[str], actor: str) -> None:
    """Refuses: ChangedTheRecord."""
    if actor in may_not_approve:
        why = f"{actor} has changed the record that {change_number} is about: somebody else must say yes"
        raise ChangedTheRecord(why)


def process_id(company: str, change_id: UUID) -> str:
    """The process that looks after a change."""
    return f"{company}/bank_details_change/{change_id}"
