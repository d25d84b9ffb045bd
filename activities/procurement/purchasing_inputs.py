"""What master data knows of everything that a purchase order names."""

from domains.master_data import queries as master_data
from domains.master_data.rules.validity import as_of
from domains.procurement import rules
from domains.procurement.messages import PlacePurchaseOrder
from foundation.database.transaction import Transaction
from foundation.values.errors import BusinessError


async def purchasing_inputs(tx: Transaction, order: PlacePurchaseOrder) -> rules.PurchasingInputs:
    """Terms and units of the order's day, taxes of the day on which it is due."""
    supplied_on = max(order.expected_on or order.ordered_on, order.ordered_on)
    company = await master_data.company(tx)
    supplier = await master_data.supplier(tx, order.supplier_code)
    items = await master_data.items_on(tx, {line.item_code for line in order.lines}, order.ordered_on)
    codes = {line.tax_code for line in order.lines} | {item.tax_code for item in items.values()}
    codes |= {supplier.tax_code if supplier else None}
    terms_code = order.payment_terms_code or (supplier.payment_terms_code if supplier else None)
    terms = await master_data.payment_terms(tx, terms_code) if terms_code else None
    tax_codes = await master_data.tax_codes(tx, (code for code in codes if code))
    warehouse = order.warehouse_code or company.default_warehouse_code
    currency = order.currency or (supplier.currency if supplier else company.currency)
    rate = await master_data.rate_found(tx, currency, order.ordered_on, base=company.currency)
    return rules.PurchasingInputs(
        company=company,
        supplier=supplier,
        items=items,
        tax_codes={code: as_of(taxes, supplied_on) for code, taxes in tax_codes.items()},
        terms=as_of(terms, order.ordered_on) if terms else None,
        tolerances=await master_data.tolerances(tx),
        warehouse_code=warehouse if warehouse and await master_data.warehouse(tx, warehouse) else None,
        currency=currency,
        rate=None if isinstance(rate, BusinessError) else rate,
        why_no_rate=rate.detail if isinstance(rate, BusinessError) else "",
    )
