"""Customers."""

from activities.master_data.parties import check_party
from activities.master_data.records import check_codes
from domains.master_data import queries, tables
from domains.master_data.messages import PutCustomer, RecordPut
from domains.master_data.messages.events import CustomerChangedEvent
from domains.master_data.rules.records import why_not_taxed_so
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
    prices = [("price_list_code", customer.price_list_code)]
    await check_codes(tx, tables.PriceList, prices, refusals, "price list")
    kept = await check_party(tx, customer, refusals)
    taxed = (await queries.tax_codes(tx, [customer.tax_code or ""])).get(customer.tax_code or "")
    is_wrong = any(error.field == "tax_number" for error in refusals.errors)
    if taxed is not None and not is_wrong:
        why = why_not_taxed_so(taxed, customer, await queries.company(tx))
        refusals.add("tax_number", why) if why else None
    refusals.raise_if_any()
    created = await records.put(tx, tables.Customer, customer.model_dump() | kept)
    return RecordPut(code=customer.code, created=created)
