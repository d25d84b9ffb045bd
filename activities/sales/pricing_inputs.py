"""What an order is priced by, whether it is placed or amended."""

from datetime import date

from domains.master_data import queries as master_data
from domains.master_data.rules.validity import as_of
from domains.sales.messages import PlaceOrder
from domains.sales.rules.orders import PricingInputs
from foundation.database.transaction import Transaction
from foundation.values.errors import BusinessError


async def pricing_inputs(tx: Transaction, order: PlaceOrder, priced_on: date | None = None) -> PricingInputs:
    """What master data knows of everything that the order names.

    Terms are those of the order's day, units those of the day on which it is priced (the same, unless it is
    amended), and taxes those of the day on which it is wanted: the expected day of supply.
    """
    ordered_on = order.ordered_on
    supplied_on = max(order.requested_on or ordered_on, ordered_on)
    company = await master_data.company(tx)
    customer = await master_data.customer(tx, order.customer_code)
    items = await master_data.items(tx, (line.item_code for line in order.lines))
    items = {code: as_of(item, priced_on or ordered_on) for code, item in items.items()}
    codes = {line.tax_code for line in order.lines} | {item.tax_code for item in items.values()}
    codes |= {order.freight_tax_code, company.freight_tax_code, customer.tax_code if customer else None}
    terms_code = order.payment_terms_code or (customer.payment_terms_code if customer else None)
    terms = await master_data.payment_terms(tx, terms_code) if terms_code else None
    tax_codes = await master_data.tax_codes(tx, (code for code in codes if code))
    warehouse = order.warehouse_code or company.default_warehouse_code
    currency = order.currency or (customer.currency if customer else company.currency)
    needs_prices = any(line.unit_price is None for line in order.lines) or order.prices_include_tax is None
    prices = None
    if customer and customer.price_list_code and needs_prices:
        prices = await master_data.price_list(tx, customer.price_list_code, sorted(items))
    rate = await master_data.rate_found(tx, currency, ordered_on, base=company.currency)
    return PricingInputs(
        company=company,
        customer=customer,
        items=items,
        tax_codes={code: as_of(taxes, supplied_on) for code, taxes in tax_codes.items()},
        prices=prices,
        terms=as_of(terms, ordered_on) if terms else None,
        warehouse_code=warehouse if warehouse and await master_data.warehouse(tx, warehouse) else None,
        rate=None if isinstance(rate, BusinessError) else rate,
        why_no_rate=rate.detail if isinstance(rate, BusinessError) else "",
    )
