"""Tax codes and payment terms."""

from sqlalchemy.ext.asyncio import AsyncSession

from activities.master_data.records import put
from domains.master_data import tables
from domains.master_data.messages import PutPaymentTerms, PutTaxCode, RecordPut
from domains.master_data.rules import records
from foundation.operation import operation


@operation("master_data.put_tax_code")
async def put_tax_code(session: AsyncSession, tax_code: PutTaxCode) -> RecordPut:
    """Write a tax treatment down. Refuses: Invalid, as when an exemption has no reason."""
    records.check_tax_code(tax_code)
    components = [component.model_dump(mode="json") for component in tax_code.components]
    return await put(session, tables.TaxCodeRecord, tax_code.model_dump() | {"components": components})


@operation("master_data.put_payment_terms")
async def put_payment_terms(session: AsyncSession, terms: PutPaymentTerms) -> RecordPut:
    """Write payment terms down. Refuses: Invalid, as when a percentage has no value."""
    records.check_payment_terms(terms)
    instalments = [instalment.model_dump(mode="json") for instalment in terms.instalments]
    return await put(session, tables.PaymentTerms, terms.model_dump() | {"instalments": instalments})
