"""The journal: entries that people write."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, any_, bindparam, select

from activities.ledger.posting import Entry, accounts_by_code, books_on, write_entry
from domains.ledger.messages import EntryLine, EntryPosted, Party, PartyType, PostEntry, Source
from domains.ledger.messages.events import EntryPostedEvent
from domains.ledger.rules import journal as rules
from domains.ledger.rules.journal import EntryReferences
from domains.ledger.tables.accounts import DimensionValue
from domains.master_data import queries as master_data
from domains.master_data.tables import PartyRow
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

_CODES = bindparam("codes", type_=ARRAY(Text))
_PARTIES = select(PartyRow.type, PartyRow.code).where(PartyRow.code == any_(_CODES))
_DIMENSIONS = select(DimensionValue.dimension, DimensionValue.code).where(
    DimensionValue.code == any_(_CODES), ~DimensionValue.blocked
)


@operation("ledger.post_entry", event=EntryPostedEvent)
async def post_entry(tx: Transaction, entry: PostEntry) -> EntryPosted:
    """Post an entry that a person wrote.

    Refuses: Invalid, Unbalanced, NoFiscalYear, PeriodLocked, NoExchangeRate.
    """
    books = await books_on(tx, entry.posted_on)
    currency = entry.currency or books.currency
    rate = await master_data.exchange_rate(tx, currency, entry.posted_on, base=books.currency)
    lines = rules.manual_lines(
        entry.lines,
        currency=currency,
        base_currency=books.currency,
        rate=rate,
        known=await _known(tx, entry.lines),
        account=books.account,
    )
    source = Source(entry.source_type, entry.source_id or entry.entry_id, entry.purpose)
    wanted = Entry(source, entry.posted_on, currency, entry.text, lines, id=entry.entry_id)
    return EntryPosted(entry_id=entry.entry_id, entry_number=await write_entry(tx, books, wanted))


async def _known(tx: Transaction, lines: Sequence[EntryLine]) -> EntryReferences:
    """What there is of all that the lines name."""
    accounts = await accounts_by_code(tx, (line.account_code for line in lines))
    parties = sorted({line.party_code for line in lines if line.party_code is not None})
    values = sorted({code for line in lines for code in line.dimensions.values()})
    return EntryReferences(
        accounts=accounts,
        parties=frozenset(
            Party(PartyType(row.type), row.code)
            for row in (await tx.execute(_PARTIES, {"codes": parties}) if parties else ())
        ),
        dimensions=frozenset(
            (row.dimension, row.code)
            for row in (await tx.execute(_DIMENSIONS, {"codes": values}) if values else ())
        ),
    )
