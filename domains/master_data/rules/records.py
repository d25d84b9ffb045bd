"""What a record must say to be sensible in itself, field by field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from domains.master_data.messages import (
    CurrencyAccount,
    InstalmentKind,
    PriceListLine,
    PutCompany,
    PutCustomer,
    PutItem,
    PutPaymentTerms,
    PutPriceList,
    PutTaxCode,
    TaxComponent,
    TaxKind,
    TermsChange,
)
from domains.master_data.rules.bank_details import normal_bank_details
from domains.master_data.rules.names import check_country, check_currency
from domains.master_data.rules.tax_numbers import is_of_another_member_state, is_vat_number
from domains.master_data.rules.validity import CannotChange, check_changes, check_period
from domains.master_data.views import ItemView, PartyView
from foundation.values.errors import BusinessError, Refusals
from foundation.values.money import HUNDRED, ZERO


class CustomerBlocked(BusinessError):
    """Nothing leaves to a customer who is blocked."""


class NoVatNumber(BusinessError):
    """The tax of what is supplied hangs on the customer's VAT number, and there is none that will do."""


FIXED = ("unit", "kind", "costing_method")
"""What an item's stock is counted and valued by."""


def normal_bank_accounts(company: PutCompany, refusals: Refusals) -> dict[str, Any]:
    """A company's bank details as they are kept. Notes what is none, and a second account of a currency."""
    accounts = accounts_by_currency(company.bank_accounts, refusals)
    return normal_bank_details(company, refusals) | {"bank_accounts": accounts}


def accounts_by_currency(
    bank_accounts: Sequence[CurrencyAccount], refusals: Refusals
) -> list[dict[str, str]]:
    """Bank accounts as they are kept. Notes what is none, and a second account of a currency."""
    currencies = [account.currency for account in bank_accounts]
    for position, currency in enumerate(currencies):
        field = f"bank_accounts.{position}.currency"
        check_currency(currency, refusals, field)
        if currency in currencies[:position]:
            refusals.add(field, f"there is an account for {currency} already")
        if not bank_accounts[position].iban.strip():
            refusals.add(f"bank_accounts.{position}.iban", "say the account's IBAN")
    return [
        account.model_dump() | normal_bank_details(account, refusals, f"bank_accounts.{position}.")
        for position, account in enumerate(bank_accounts)
    ]


def check_tax_code(tax_code: PutTaxCode, refusals: Refusals) -> None:
    """An exemption needs its reason, a component a rate or an amount, a change its day. Notes all else."""
    check_country(tax_code.country, refusals)
    check_changes(tax_code.changes, refusals)
    if tax_code.kind is not TaxKind.STANDARD and not tax_code.exemption_reason.strip():
        refusals.add(
            "exemption_reason", f"{tax_code.kind.value} needs a reason: it is printed on the invoice"
        )
    for field, component in _components_by_field(tax_code):
        if component.rate_percent is None and component.amount_per_unit is None:
            refusals.add(f"{field}.rate_percent", "give a rate in per cent or an amount per unit")


def accounts_by_field(tax_code: PutTaxCode) -> dict[str, str]:
    """The accounts that it names, by the field in which it does."""
    return {
        f"{field}.account_code": component.account_code
        for field, component in _components_by_field(tax_code)
        if component.account_code is not None
    }


def _components_by_field(tax_code: PutTaxCode) -> Iterator[tuple[str, TaxComponent]]:
    """Every component that the tax code has or will have, and where in it that stands."""
    of_days = [("components", tax_code.components)] + [
        (f"changes.{position}.components", change.components)
        for position, change in enumerate(tax_code.changes)
    ]
    for field, components in of_days:
        for position, component in enumerate(components):
            yield f"{field}.{position}", component


def why_not_taxed_so(tax_code: PutTaxCode, customer: PutCustomer, seller: PutCompany) -> str | None:
    """Why a customer cannot be taxed so: who owes the tax itself is named on the invoice by its VAT number,
    and what is supplied to another member state is exempt only if the acquirer has one of another than ours.

    Source: articles 138 (1) and 226 (4) of Directive 2006/112/EC.
    """
    number, country = customer.tax_number, customer.country
    remedy = "enter it as its tax_number first"
    match tax_code.kind:
        case TaxKind.REVERSE_CHARGE if not is_vat_number(number, country):
            return (
                f"{tax_code.code} is reverse charge, and customer {customer.code} has no VAT number: {remedy}"
            )
        case TaxKind.INTRA_COMMUNITY if not is_of_another_member_state(number, country, than=seller.country):
            of_another = f"has no VAT number of another member state than {seller.country}"
            return f"{tax_code.code} is intra-community, and customer {customer.code} {of_another}: {remedy}"
    return None


def check_taxed_so(codes: Iterable[PutTaxCode], customer: PutCustomer, seller: PutCompany) -> None:
    """Refuses: NoVatNumber, for the first of the tax codes that the customer cannot be taxed by."""
    for why in (why_not_taxed_so(code, customer, seller) for code in codes):
        if why is not None:
            raise NoVatNumber(why, errors=[("tax_number", why)])


def check_delivered_to(customer: PartyView | None) -> None:
    """Refuses: CustomerBlocked."""
    if customer is not None and customer.blocked:
        remedy = f"open it with PATCH /v1/customers/{customer.code}"
        why = f"{customer.name} is blocked, and nothing leaves to it: {remedy}"
        raise CustomerBlocked(why, errors=[("customer_code", why)])


def check_payment_terms(terms: PutPaymentTerms) -> None:
    """Refuses: Invalid.

    What is not the remainder needs a value; the remainder comes last; a discount needs its days, and a change
    a day of its own.
    """
    refusals = Refusals()
    check_changes(terms.changes, refusals)
    _check_terms(terms, "", refusals)
    for position, change in enumerate(terms.changes):
        _check_terms(change, f"changes.{position}.", refusals)
    refusals.raise_if_any()


def _check_terms(terms: PutPaymentTerms | TermsChange, of: str, refusals: Refusals) -> None:
    for position, instalment in enumerate(terms.instalments):
        field = f"{of}instalments.{position}"
        is_last = position == len(terms.instalments) - 1
        if instalment.kind is InstalmentKind.REMAINDER:
            if not is_last:
                refusals.add(f"{field}.kind", "nothing is left after the remainder: make it the last one")
        elif instalment.value is None:
            refusals.add(f"{field}.value", f"needed for {instalment.kind.value}")
        elif instalment.kind is not InstalmentKind.FIXED and instalment.value > HUNDRED:
            refusals.add(f"{field}.value", "more than 100 per cent")
    of_total = [
        instalment.value or ZERO
        for instalment in terms.instalments
        if instalment.kind is InstalmentKind.PERCENT_OF_TOTAL
    ]
    if sum(of_total, ZERO) > HUNDRED and max(of_total) <= HUNDRED:
        refusals.add(f"{of}instalments", "together they are more than 100 per cent of the total")
    if terms.discount_percent and not terms.discount_days:
        refusals.add(f"{of}discount_days", "say within how many days the discount may be taken")


def check_item(item: PutItem, known: ItemView | None, refusals: Refusals) -> None:
    """Refuses: Invalid, with what was noted before; CannotChange for what its stock is counted and valued
    by.
    """
    check_changes(item.changes, refusals)
    of_days = {"units": item.units} | {
        f"changes.{position}.units": change.units for position, change in enumerate(item.changes)
    }
    for field, others in of_days.items():
        units = [other.unit for other in others]
        for position, unit in enumerate(units):
            if unit == item.unit or unit in units[:position]:
                refusals.add(f"{field}.{position}.unit", f"{unit} is named twice")
    refusals.raise_if_any()
    changed = [
        field for field in FIXED if known is not None and getattr(known, field) != getattr(item, field)
    ]
    if changed:
        why = f"stock of {item.code} is counted and valued by it; block the item, and create another one"
        raise CannotChange(
            f"{changed[0]} cannot change: {why}",
            errors=[(field, f"stays {getattr(known, field)}") for field in changed],
        )


def keeps_units(known: ItemView, wanted: PutItem) -> bool:
    """Whether every unit that the item had is what it was; others may be new."""
    return known.changes == wanted.changes and set(known.units) <= set(wanted.units)


def check_price_list(prices: PutPriceList, items: Mapping[str, ItemView]) -> None:
    """Refuses: Invalid, with every line that names no item, not its unit, no period, or a price twice."""
    refusals = Refusals()
    check_currency(prices.currency, refusals)
    check_period(prices, "", refusals)
    seen: set[tuple[object, ...]] = set()
    for position, line in enumerate(prices.lines):
        field = f"lines.{position}"
        item = items.get(line.item_code)
        if item is None:
            refusals.add(f"{field}.item_code", f"there is no item {line.item_code}; create it first")
        elif not item.is_traded_in(line.unit):
            refusals.add(f"{field}.unit", f"{item.code} is not traded in {line.unit}")
        check_period(line, f"{field}.", refusals)
        price_of = _price_of(line, item)
        if price_of in seen:
            refusals.add(
                f"{field}.unit_price", "this item has a price for the same quantity and time already"
            )
        seen.add(price_of)
    refusals.raise_if_any()


def _price_of(line: PriceListLine, item: ItemView | None) -> tuple[object, ...]:
    unit = line.unit or (item.unit if item else None)
    return line.item_code, unit, line.min_quantity, line.valid_from
