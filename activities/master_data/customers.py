"""Customers."""

from activities.master_data.records import check_codes
from domains.master_data import queries, tables
from domains.master_data.messages import PutCustomer, RecordPut
from domains.master_data.messages.events import CustomerChangedEvent
from domains.master_data.rules.names import check_country, check_currency, normal_email
from domains.master_data.rules.records import why_not_taxed_so
from domains.master_data.rules.tax_numbers import normal_tax_number
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals


@operation("master_data.put_customer", event=CustomerChangedEvent)
async def put_customer(tx: Transaction, customer: PutCustomer) -> RecordPut:
    """Write a customer down.

    Refuses: Invalid, with every code that names nothing, what is no address, and a VAT number that is missing
    where the customer owes the tax itself; ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    references = [
        (tables.PriceList, "price_list_code", customer.price_list_code, "price list"),
        (tables.PaymentTerms, "payment_terms_code", customer.payment_terms_code, "payment terms"),
        (tables.TaxCodeRecord, "tax_code", customer.tax_code, "tax code"),
    ]
    for table, field, code, what in references:
        await check_codes(tx, table, [(field, code)], refusals, what)
    check_currency(customer.currency, refusals)
    check_country(customer.country, refusals)
    email = normal_email(customer.email, refusals)
    tax_number = normal_tax_number(customer.tax_number, customer.country, refusals)
    taxed = (await queries.tax_codes(tx, [customer.tax_code or ""])).get(customer.tax_code or "")
    is_wrong = any(error.field == "tax_number" for error in refusals.errors)
    if taxed is not None and not is_wrong:
        why = why_not_taxed_so(taxed, customer, await queries.company(tx))
        refusals.add("tax_number", why) if why else None
    refusals.raise_if_any()
    written = customer.model_dump() | {"email": email, "tax_number": tax_number}
    created = await records.put(tx, tables.Customer, written)
    return RecordPut(code=customer.code, created=created)
