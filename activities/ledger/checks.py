"""What a process asks of the books before it does what cannot be taken back.

The year is held as when something is posted: so it is no look, which only reads.
"""

from activities.ledger import posting
from domains.ledger.messages import CheckEntries, EntriesChecked
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.days import DayRefused


@operation("ledger.check_entries")
async def check_entries(tx: Transaction, check: CheckEntries) -> EntriesChecked:
    """Whether entries could be posted now. Changes nothing.

    Refuses: NoFiscalYear, PeriodLocked, TooFarAhead, NoExchangeRate, each naming the field with the day;
    NoAccountFor, NotPostable.
    """
    try:
        await posting.check_planned(tx, check.entries)
    except DayRefused as refusal:
        raise refusal.of_field(check.field) from None
    return EntriesChecked()
