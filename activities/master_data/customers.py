"""Customers."""

from activities.master_data.records import check_codes
from domains.master_data import tables
from domains.master_data.messages import CustomerChangedEvent, PutCustomer, RecordPut
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals


@operation("master_data.put_customer", event=CustomerChangedEvent)
async def put_customer(tx: Transaction, customer: PutCustomer) -> RecordPut:
    """Write a customer down.

    Refuses: Invalid, with every code that names nothing; ExistsAlready, ChangedMeanwhile.
    """
    refusals = Refusals()
    references = [
        (tables.PriceList, "price_list_code", customer.price_list_code, "price list"),
        (tables.PaymentTerms, "payment_terms_code", customer.payment_terms_code, "payment terms"),
        (tables.TaxCodeRecord, "tax_code", customer.tax_code, "tax code"),
    ]
    for table, field, code, what in references:
        await check_codes(tx, table, [(field, code)], refusals, what)
    refusals.raise_if_any()
    created = await records.put(tx, tables.Customer, customer.model_dump())
    return RecordPut(code=customer.code, created=created)
