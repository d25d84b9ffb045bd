"""When a statement is proven: its lines explain its balances, and it begins where the one before ended."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domains.banking.files.statements import ReadLine, ReadStatement
from foundation.values.errors import BusinessError, Conflict
from foundation.values.money import ZERO, rounded

_GERMAN = re.compile(r"(\d{8})/(\d{1,10})")


class BalanceDiffers(BusinessError):
    """The closing balance is not the opening balance and the lines: the file is damaged, or not whole."""


class StatementMissing(BusinessError):
    """It does not begin where the last statement of the account ended: one between is missing."""


class StatementDiffers(Conflict):
    """Another statement with the same number was imported for these days: one of the two is wrong."""


class NotTheAccounts(BusinessError):
    """The statement is of another account, or in another currency, than the one that it is imported for."""


class StatementInUse(Conflict):
    """A statement that others follow, or whose lines are posted, is not taken back before these are."""


@dataclass(frozen=True)
class LastStatement:
    """What is known of the last statement of an account."""

    number: str
    sequence: int | None
    page: int
    until_on: date
    closing_amount: Decimal


def names_account(written: str, iban: str, account_number: str) -> bool:
    """Whether what a bank writes as an account's number is this one: its IBAN, or its number.

    Germany's older form, bank code and account, is what its IBAN ends in.
    """
    plain = plain_number(written)
    if plain in {plain_number(known) for known in (iban, account_number) if known}:
        return plain != ""
    german = _GERMAN.fullmatch(written)
    return german is not None and iban[:2] == "DE" and iban[4:] == german[1] + german[2].zfill(10)


def without_ourselves(line: ReadLine, iban: str, account_number: str) -> ReadLine:
    """The line as it is kept: the account of the statement itself is not on the other side of its lines."""
    if names_account(line.party_iban, iban, account_number):
        return replace(line, party_name="", party_iban="")
    return line


def plain_number(written: str) -> str:
    """An account's number, letters and figures alone."""
    return "".join(character for character in written.upper() if character.isalnum())


def check_adds_up(statement: ReadStatement) -> None:
    """Opening balance and lines come to the closing balance. Refuses: BalanceDiffers, also for an amount that
    its currency does not have.
    """
    moved = sum((line.amount for line in statement.lines), ZERO)
    if (differs := statement.opening_amount + moved - statement.closing_amount) != 0:
        raise BalanceDiffers(
            f"statement {_shown(statement)}: {statement.opening_amount} and its {len(statement.lines)} "
            f"lines, together {moved}, are not {statement.closing_amount}: {differs} {statement.currency} "
            "differ"
        )
    odd = [line for line in statement.lines if line.amount != rounded(line.amount, statement.currency)]
    if odd:
        raise BalanceDiffers(f"{odd[0].amount} is no amount in {statement.currency}")


def check_follows(statement: ReadStatement, last: LastStatement | None, *, consecutive_numbers: bool) -> None:
    """It begins where the last one ended, in amount, in time, and by the bank's numbers.

    Refuses: StatementMissing; BalanceDiffers when nothing proves that the balance of another day is its own.
    """
    if last is None and statement.balance_on is not None:
        raise BalanceDiffers(
            f"the balance is of {statement.balance_on}, and the lines are until {statement.until_on}: say "
            "with closing_amount what it was then"
        )
    if last is None:
        return
    if statement.until_on < last.until_on:
        raise StatementMissing(
            f"statement {_shown(statement)} ends on {statement.until_on}, before {last.number}, which ends "
            f"on {last.until_on}: statements are imported in their order"
        )
    if consecutive_numbers and not _comes_next(statement, last):
        raise StatementMissing(
            f"statement {statement.sequence} does not follow {last.number}, which is the bank's "
            f"{last.sequence}: import those between first"
        )
    if statement.opening_amount != last.closing_amount:
        raise StatementMissing(
            f"statement {_shown(statement)} begins with {statement.opening_amount} {statement.currency}, and "
            f"{last.number} ended with {last.closing_amount}: import what is between first"
        )


def _comes_next(statement: ReadStatement, last: LastStatement) -> bool:
    if statement.sequence is None or last.sequence is None:
        return True
    # Banks begin to count again with a year.
    if statement.sequence == 1 and statement.until_on.year > last.until_on.year:
        return True
    if statement.sequence == last.sequence:
        return statement.page == last.page + 1
    return statement.sequence == last.sequence + 1


def _shown(statement: ReadStatement) -> str:
    return str(statement.sequence or statement.bank_number or f"until {statement.until_on}")
