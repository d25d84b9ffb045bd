"""Tax codes and payment terms."""

from activities.master_data.records import check_accounts_of_taxes, check_past, write_changes
from domains.master_data import queries, tables
from domains.master_data.messages import (
    PutPaymentTerms,
    PutTaxCode,
    RecordPut,
    TermsChange,
)
from domains.master_data.messages.events import (
    PaymentTermsChangedEvent,
    TaxCodeChangedEvent,
)
from domains.master_data.rules import records as rules
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Refusals

TERMS = tuple(name for name in TermsChange.model_fields if name != "valid_from")


@operation("master_data.put_tax_code", event=TaxCodeChangedEvent)
async def put_tax_code(tx: Transaction, tax_code: PutTaxCode) -> RecordPut:
    """Write a tax treatment down.

    Refuses: Invalid, as when an exemption has no reason, or when it names an account that is not there, is
    blocked, or is none for taxes; CannotChange for rates that documents stand on; ExistsAlready,
    ChangedMeanwhile.
    """
    refusals = Refusals()
    rules.check_tax_code(tax_code, refusals)
    await check_accounts_of_taxes(tx, rules.accounts_by_field(tax_code), refusals)
    refusals.raise_if_any()
    known = (await queries.tax_codes(tx, [tax_code.code])).get(tax_code.code)
    await check_past(tx, tables.TaxCodeRecord, known, tax_code, ("components",))
    components = [component.model_dump(mode="json") for component in tax_code.components]
    written = tax_code.model_dump(exclude={"changes"}) | {"components": components}
    created = await records.put(tx, tables.TaxCodeRecord, written)
    await write_changes(tx, tables.TaxCodeChange, tax_code)
    return RecordPut(code=tax_code.code, created=created)


@operation("master_data.put_payment_terms", event=PaymentTermsChangedEvent)
async def put_payment_terms(tx: Transaction, terms: PutPaymentTerms) -> RecordPut:
    """Write payment terms down.

    Refuses: Invalid, as when a percentage has no value; CannotChange for what documents stand on;
    ExistsAlready, ChangedMeanwhile.
    """
    rules.check_payment_terms(terms)
    known = await queries.payment_terms(tx, terms.code)
    await check_past(tx, tables.PaymentTerms, known, terms, TERMS)
    instalments = [instalment.model_dump(mode="json") for instalment in terms.instalments]
    written = terms.model_dump(exclude={"changes"}) | {"instalments": instalments}
    created = await records.put(tx, tables.PaymentTerms, written)
    await write_changes(tx, tables.PaymentTermsChange, terms)
    return RecordPut(code=terms.code, created=created)
