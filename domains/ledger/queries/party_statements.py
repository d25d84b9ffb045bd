"""Statements of account: what happened between us and a party, day by day, and what it comes to.

Customers and suppliers alike: debit positive, what a customer owes us, or a supplier owes us back. The
balance of each day is that of the control accounts of the side, as far as they are this party's.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, bindparam, text

from domains.ledger.messages import Party, Side
from domains.ledger.queries.report_days import ReportPeriod
from domains.ledger.queries.reports import base_currency
from foundation.database.transaction import Transaction
from foundation.values.errors import BusinessError
from foundation.values.messages import Message, ShownAmount
from foundation.values.money import ZERO

MOST_LINES = 10_000

# A document is a movement of what it made open, and of what it settled of others: a payment of both at once.
_MOVED = """
    SELECT document_on AS on_day, document_type, document_id, document_number, currency, amount, base_amount,
        NULL AS of_type, NULL AS of_number, 0 AS discount_amount, 0 AS written_off_amount
    FROM ledger.open_item
    WHERE party_type = :type AND party_code = :code AND side = :side
    UNION ALL
    SELECT s.settled_on, s.source_type, s.source_id, s.source_number, i.currency, -s.amount, -s.base_amount,
        i.document_type, i.document_number, s.discount_amount, s.written_off_amount
    FROM ledger.open_item i JOIN ledger.settlement s ON s.open_item_id = i.id
    WHERE i.party_type = :type AND i.party_code = :code AND i.side = :side
"""
_DAYS = (bindparam("first", type_=Date), bindparam("last", type_=Date))
_OPENING = text(
    f"""
    SELECT currency, sum(amount) AS amount, sum(base_amount) AS base_amount
    FROM ({_MOVED}) AS moved WHERE on_day < :first GROUP BY currency ORDER BY currency
    """
).bindparams(_DAYS[0])
_LINES = text(
    f"""
    SELECT currency, on_day, document_type, document_id, document_number, sum(amount) AS amount,
        sum(base_amount) AS base_amount,
        coalesce(jsonb_agg(jsonb_build_object('document_type', of_type, 'document_number', of_number,
            'amount', (-amount)::text, 'discount_amount', discount_amount::text,
            'written_off_amount', written_off_amount::text) ORDER BY of_number)
            FILTER (WHERE of_number IS NOT NULL), '[]') AS settled
    FROM ({_MOVED}) AS moved WHERE on_day BETWEEN :first AND :last
    GROUP BY currency, on_day, document_type, document_id, document_number
    ORDER BY currency, on_day, document_number, document_id
    LIMIT :most
    """
).bindparams(*_DAYS)
_NAME = text("SELECT name FROM master_data.party WHERE type = :type AND code = :code")


class TooManyMovements(BusinessError):
    """More happened than one statement shows: ask for fewer days."""


class SettledPart(Message):
    """By how much a document is less open, discount and what was written off included."""

    document_type: str
    document_number: str
    amount: ShownAmount
    discount_amount: ShownAmount
    written_off_amount: ShownAmount


class StatementLine(Message):
    """One document: what it charged (positive) or settled (negative), and what was owed after it."""

    on: date
    document_type: str
    document_id: UUID
    document_number: str
    amount: ShownAmount
    balance: ShownAmount
    base_amount: ShownAmount
    base_balance: ShownAmount
    """Of this currency's documents, in the company's currency."""
    settled: tuple[SettledPart, ...]


class CurrencyStatement(Message):
    """What happened in one currency."""

    currency: str
    opening_balance: ShownAmount
    lines: list[StatementLine]
    closing_balance: ShownAmount
    base_opening_balance: ShownAmount
    base_closing_balance: ShownAmount


class PartyStatement(Message):
    """A party's account from a day to a day, a part for each currency; base balances are of all of them."""

    party_type: str
    party_code: str
    party_name: str
    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    base_currency: str
    accounts: list[CurrencyStatement]
    base_opening_balance: ShownAmount
    base_closing_balance: ShownAmount


async def party_statement(
    tx: Transaction, party: Party, side: Side, period: ReportPeriod
) -> PartyStatement | None:
    """The account of a party; None if there is no such party. Refuses: TooManyMovements, over 10,000."""
    of_party = {"type": party.type.value, "code": party.code}
    name = await tx.scalar(_NAME, of_party)
    if name is None:
        return None
    asked = of_party | {"side": side.value, **period._asdict()}
    opening = {row.currency: row for row in await tx.execute(_OPENING, _without(asked, "last"))}
    rows = list(await tx.execute(_LINES, asked | {"most": MOST_LINES + 1}))
    if len(rows) > MOST_LINES:
        raise TooManyMovements(f"{party.code} has more than {MOST_LINES} documents in these days")
    moved = {currency: list(found) for currency, found in groupby(rows, key=lambda row: str(row.currency))}
    accounts = [
        _account(currency, opening.get(currency), moved.get(currency, ()))
        for currency in sorted({*opening, *moved})
    ]
    return PartyStatement(
        party_type=party.type.value,
        party_code=party.code,
        party_name=name,
        first=period.first,
        last=period.last,
        base_currency=await base_currency(tx),
        accounts=accounts,
        base_opening_balance=sum((one.base_opening_balance for one in accounts), ZERO),
        base_closing_balance=sum((one.base_closing_balance for one in accounts), ZERO),
    )


def _without(asked: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in asked.items() if key != name}


def _account(currency: str, opening: Any, rows: Iterable[Any]) -> CurrencyStatement:
    balance = began = opening.amount if opening else ZERO
    base_balance = base_began = opening.base_amount if opening else ZERO
    lines = []
    for row in rows:
        balance, base_balance = balance + row.amount, base_balance + row.base_amount
        lines.append(
            StatementLine(
                on=row.on_day,
                document_type=row.document_type,
                document_id=row.document_id,
                document_number=row.document_number,
                amount=row.amount,
                balance=balance,
                base_amount=row.base_amount,
                base_balance=base_balance,
                settled=tuple(SettledPart.model_validate(part) for part in row.settled),
            )
        )
    return CurrencyStatement(
        currency=currency,
        opening_balance=began,
        lines=lines,
        closing_balance=balance,
        base_opening_balance=base_began,
        base_closing_balance=base_balance,
    )
