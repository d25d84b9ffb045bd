"""Money on the accounts of banks: what moved it, what it may pay, and the balance of each day."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, text

from domains.ledger.messages import Side
from domains.ledger.messages.money import InBooks, MoneyMoved, Owed
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount

_OWED = text(
    """
    SELECT i.document_id, i.document_number, i.party_type, i.party_code, p.name AS party_name,
        abs(sum(i.open_amount)) AS open_amount, max(i.party_reference) AS reference
    FROM ledger.open_item i
        JOIN master_data.party p ON p.type = i.party_type AND p.code = i.party_code
    WHERE i.side = :side AND i.currency = :currency AND i.open_amount <> 0 AND NOT i.on_account
    GROUP BY i.document_id, i.document_number, i.party_type, i.party_code, p.name
    HAVING sum(i.open_amount) * CASE WHEN :side = 'payable' THEN -1 ELSE 1 END > 0
    ORDER BY min(i.due_on), i.document_number, i.document_id
    """
)
_MOVED = text(
    """
    SELECT e.source_type AS document_type, max(e.posted_on) AS posted_on, sum(l.amount) AS amount,
        coalesce(max(p.number), max(s.number), max(f.number), max(v.number), max(e.number)) AS number,
        bool_or(EXISTS (SELECT FROM ledger.reversal r
            WHERE r.document_type = e.source_type AND r.document_id = e.source_id)) AS is_taken_back
    FROM ledger.journal_entry e JOIN ledger.journal_line l ON l.entry_id = e.id
        LEFT JOIN ledger.payment p ON p.id = e.source_id
        LEFT JOIN ledger.supplier_payment s ON s.id = e.source_id
        LEFT JOIN ledger.refund f ON f.id = e.source_id
        LEFT JOIN ledger.reversal v ON v.id = e.source_id
    WHERE e.source_id = :document AND l.account_code = :account AND e.currency = :currency
    GROUP BY e.source_type
    """
).bindparams(bindparam("document", type_=Uuid))
_IN_BOOKS = text(
    """
    SELECT m.document_id, m.amount, m.posted_on, coalesce(d.number, '') AS number,
        coalesce(d.reference, '') AS reference, d.party_type, d.party_code, coalesce(w.name, '') AS party_name
    FROM (
        SELECT e.source_type, e.source_id AS document_id, sum(l.amount) AS amount,
            max(e.posted_on) AS posted_on
        FROM ledger.journal_line l JOIN ledger.journal_entry e ON e.id = l.entry_id
        WHERE l.account_code = :account AND e.currency = :currency AND l.posted_on BETWEEN :since AND :until
            AND e.source_type IN ('payment', 'supplier_payment', 'refund', 'manual')
        GROUP BY 1, 2
    ) AS m
        LEFT JOIN LATERAL (
            SELECT number, reference, party_type, party_code FROM ledger.payment WHERE id = m.document_id
            UNION ALL SELECT number, reference, party_type, party_code FROM ledger.supplier_payment
            WHERE id = m.document_id
            UNION ALL SELECT number, reference, party_type, party_code FROM ledger.refund
            WHERE id = m.document_id
        ) AS d ON true
        LEFT JOIN master_data.party w ON w.type = d.party_type AND w.code = d.party_code
    WHERE m.amount <> 0 AND NOT EXISTS (SELECT FROM ledger.reversal r
        WHERE r.document_type = m.source_type AND r.document_id = m.document_id)
    ORDER BY m.posted_on, m.document_id
    """
).bindparams(bindparam("since", type_=Date), bindparam("until", type_=Date))
_BALANCES = text(
    """
    SELECT d.day, sum(coalesce(m.amount, 0)) OVER (ORDER BY d.day) AS amount
    FROM (SELECT CAST(g.day AS date) AS day
          FROM generate_series(CAST(:since AS date), CAST(:until AS date), interval '1 day') AS g (day)) AS d
        LEFT JOIN (
            SELECT greatest(l.posted_on, :since) AS day,
                sum(CASE WHEN c.currency = :currency THEN l.base_amount ELSE l.amount END) AS amount
            FROM ledger.journal_line l JOIN ledger.journal_entry e ON e.id = l.entry_id
                JOIN master_data.company c ON c.code = l.company_id
            WHERE l.account_code = :account AND :currency IN (e.currency, c.currency)
                AND l.posted_on <= :until
            GROUP BY 1
        ) AS m ON m.day = d.day
    ORDER BY d.day
    """
).bindparams(bindparam("since", type_=Date), bindparam("until", type_=Date))


class DayBalance(Message):
    """What was on an account at the end of a day."""

    day: date
    amount: ShownAmount


async def owed(tx: Transaction, side: Side, currency: str) -> list[Owed]:
    """All that is open on a side in a currency, the earliest due first; not locked."""
    rows = await tx.execute(_OWED, {"side": side.value, "currency": currency})
    return [Owed(**row._asdict()) for row in rows]


async def in_books(
    tx: Transaction, account_code: str, currency: str, since: date, until: date
) -> list[InBooks]:
    """What payments, refunds and people's entries have moved on an account, and was not taken back."""
    wanted = {"account": account_code, "currency": currency, "since": since, "until": until}
    return [InBooks(**row._asdict()) for row in await tx.execute(_IN_BOOKS, wanted)]


async def money_moved(
    tx: Transaction, account_code: str, currency: str, document_id: UUID
) -> MoneyMoved | None:
    """What a payment, a refund, an entry or the reversal of one has moved on an account in a currency; None
    when it has moved nothing there.
    """
    wanted = {"account": account_code, "currency": currency, "document": document_id}
    found = (await tx.execute(_MOVED, wanted)).one_or_none()
    return None if found is None else MoneyMoved(**found._asdict())


async def balances(
    tx: Transaction, account_code: str, currency: str, since: date, until: date
) -> list[DayBalance]:
    """What was on an account at the end of each day, in a currency: in the company's own all that it says,
    whatever it was posted in; in another one what was posted in that.
    """
    wanted = {"account": account_code, "currency": currency, "since": since, "until": until}
    return [DayBalance(**row._asdict()) for row in await tx.execute(_BALANCES, wanted)]
