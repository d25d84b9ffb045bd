"""Parties: what customers and suppliers have in common, and the register in which the books find them."""

from datetime import date

from sqlalchemy import text

from activities.master_data.records import check_codes
from domains.master_data import tables
from domains.master_data.messages import PutCustomer
from domains.master_data.messages.suppliers import PutSupplier
from domains.master_data.parties import Party
from domains.master_data.rules.names import check_country, check_currency, normal_email
from domains.master_data.rules.tax_numbers import normal_tax_number
from foundation.database.transaction import Transaction
from foundation.values.errors import Refusals

_REGISTER = text(
    """
    INSERT INTO master_data.party (type, code, name, blocked, ends_on)
    VALUES (:type, :code, :name, :blocked, CAST(:ends_on AS date))
    ON CONFLICT (company_id, type, code) DO UPDATE
    SET name = excluded.name, blocked = excluded.blocked, ends_on = excluded.ends_on
    """
)


async def register_party(
    tx: Transaction, party: Party, name: str, *, blocked: bool = False, ends_on: date | None = None
) -> None:
    """Write somebody into the register, new or changed: a domain that keeps people does so in its own
    transaction. Customers and suppliers are there by their own records.

    `ends_on` is the last day of an employment.
    """
    row = {"type": party.type.value, "code": party.code, "name": name, "blocked": blocked}
    await tx.execute(_REGISTER, row | {"ends_on": ends_on})


async def check_party(
    tx: Transaction, party: PutCustomer | PutSupplier, refusals: Refusals
) -> dict[str, str]:
    """Note every code that names nothing, what is no address and no tax number; gives the two as kept."""
    for table, field, code, what in (
        (tables.PaymentTerms, "payment_terms_code", party.payment_terms_code, "payment terms"),
        (tables.TaxCodeRecord, "tax_code", party.tax_code, "tax code"),
    ):
        await check_codes(tx, table, [(field, code)], refusals, what)
    check_currency(party.currency, refusals)
    check_country(party.country, refusals)
    return {
        "email": normal_email(party.email, refusals),
        "tax_number": normal_tax_number(party.tax_number, party.country, refusals),
    }
