"""Tax codes and payment terms."""

from domains.master_data import tables
from domains.master_data.messages import (
    PaymentTermsChangedEvent,
    PutPaymentTerms,
    PutTaxCode,
    RecordPut,
    TaxCodeChangedEvent,
)
from domains.master_data.rules import records as rules
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("master_data.put_tax_code", event=TaxCodeChangedEvent)
async def put_tax_code(tx: Transaction, tax_code: PutTaxCode) -> RecordPut:
    """Write a tax treatment down.

    Refuses: Invalid, as when an exemption has no reason; ExistsAlready, ChangedMeanwhile.
    """
    rules.check_tax_code(tax_code)
    components = [component.model_dump(mode="json") for component in tax_code.components]
    written = tax_code.model_dump() | {"components": components}
    created = await records.put(tx, tables.TaxCodeRecord, written)
    return RecordPut(code=tax_code.code, created=created)


@operation("master_data.put_payment_terms", event=PaymentTermsChangedEvent)
async def put_payment_terms(tx: Transaction, terms: PutPaymentTerms) -> RecordPut:
    """Write payment terms down.

    Refuses: Invalid, as when a percentage has no value; ExistsAlready, ChangedMeanwhile.
    """
    rules.check_payment_terms(terms)
    instalments = [instalment.model_dump(mode="json") for instalment in terms.instalments]
    written = terms.model_dump() | {"instalments": instalments}
    created = await records.put(tx, tables.PaymentTerms, written)
    return RecordPut(code=terms.code, created=created)
