"""Whether all that is kept beside the journal agrees with it; for `check` and for tests.

Empty while all is well. Amounts are compared in the company's currency, by customer.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.messages import Message

_BY_ROLE = """
    SELECT coalesce(j.customer_code, i.customer_code)
    FROM (
        SELECT l.party_code AS customer_code, sum(l.base_amount) AS amount
        FROM finance.journal_line l
            JOIN finance.account a ON a.code = l.account_code AND a.role = '{role}'
        GROUP BY l.party_code
    ) AS j
    FULL JOIN (
        SELECT customer_code, sum(base_open_amount) AS amount
        FROM finance.open_item WHERE {document} IS NOT NULL GROUP BY customer_code
    ) AS i ON i.customer_code = j.customer_code
    WHERE coalesce(j.amount, 0) <> coalesce(i.amount, 0)
    ORDER BY 1
    """

_DISAGREEMENTS = {
    "an entry does not balance": text(
        """
        SELECT e.number
        FROM finance.journal_entry e LEFT JOIN finance.journal_line l ON l.entry_id = e.id
        GROUP BY e.number
        HAVING count(l.entry_id) = 0 OR sum(l.amount) <> 0 OR sum(l.base_amount) <> 0
        ORDER BY 1
        """
    ),
    "the receivables account is not what is open on invoices": text(
        _BY_ROLE.format(role="receivable", document="invoice_id")
    ),
    "the customers' money on account is not what is left of payments": text(
        _BY_ROLE.format(role="customer_on_account", document="payment_id")
    ),
    "an invoice's open items do not add up to it": text(
        """
        SELECT v.number
        FROM finance.invoice v LEFT JOIN finance.open_item i ON i.invoice_id = v.id
        GROUP BY v.id
        HAVING v.total_amount <> coalesce(sum(i.amount), 0)
            OR v.base_total_amount <> coalesce(sum(i.base_amount), 0)
        ORDER BY 1
        """
    ),
    "an invoice's lines and taxes do not add up to it": text(
        """
        SELECT v.number
        FROM finance.invoice v
            JOIN LATERAL (
                SELECT sum(net_amount) AS net, sum(tax_amount) AS tax
                FROM finance.invoice_line WHERE invoice_id = v.id
            ) AS l ON true
            JOIN LATERAL (
                SELECT sum(tax_amount) AS tax FROM finance.invoice_tax WHERE invoice_id = v.id
            ) AS t ON true
        WHERE v.net_amount <> l.net OR v.tax_amount <> l.tax OR v.tax_amount <> t.tax
        ORDER BY 1
        """
    ),
    "an invoice is open by more or less than was not settled": text(
        """
        SELECT v.number
        FROM finance.invoice v JOIN finance.open_item i ON i.invoice_id = v.id
            LEFT JOIN (
                SELECT open_item_id, sum(amount) AS amount, sum(base_amount) AS base_amount
                FROM finance.settlement GROUP BY open_item_id
            ) AS s ON s.open_item_id = i.id
        WHERE i.amount - i.open_amount <> coalesce(s.amount, 0)
            OR i.base_amount - i.base_open_amount <> coalesce(s.base_amount, 0)
        ORDER BY 1
        """
    ),
    "a series of numbers has a gap": text(
        """
        SELECT s.series || ' ' || s.fiscal_year
        FROM finance.number_series s
        WHERE s.last_number <> (
            SELECT count(*) FROM (
                SELECT number FROM finance.journal_entry
                UNION ALL SELECT number FROM finance.invoice
                UNION ALL SELECT number FROM finance.payment
            ) AS d WHERE starts_with(d.number, s.series || '-' || s.fiscal_year || '-')
        )
        ORDER BY 1
        """
    ),
}


class Disagreement(Message):
    """Something kept that the journal does not bear out, and for which customers or documents."""

    what: str
    where: tuple[str, ...]


async def disagreements(session: AsyncSession) -> Sequence[Disagreement]:
    """Everything that does not agree, of the company that the session sees."""
    found = []
    for what, question in _DISAGREEMENTS.items():
        if where := tuple(str(name) for name in (await session.execute(question)).scalars()):
            found.append(Disagreement(what=what, where=where))
    return found
