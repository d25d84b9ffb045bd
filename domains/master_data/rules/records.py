"""What a record must say to be sensible in itself, field by field."""

from domains.master_data.messages import InstalmentKind, PutItem, PutPaymentTerms, PutTaxCode, TaxKind
from domains.master_data.views import ItemView
from foundation.errors import BusinessError, Refusals

HUNDRED_PERCENT = 100


class CannotChange(BusinessError):
    """The record is in use in a way that would become untrue with this change."""

    status = 409


def check_tax_code(tax_code: PutTaxCode) -> None:
    """Refuses: Invalid. An exemption needs its reason, a component a rate or an amount."""
    refusals = Refusals()
    if tax_code.kind is not TaxKind.STANDARD and not tax_code.exemption_reason.strip():
        refusals.add(
            "exemption_reason", "exempt and reverse charge need a reason: it is printed on the invoice"
        )
    for position, component in enumerate(tax_code.components):
        if component.rate_percent is None and component.amount_per_unit is None:
            refusals.add(
                f"components.{position}.rate_percent", "give a rate in per cent or an amount per unit"
            )
    refusals.raise_if_any()


def check_payment_terms(terms: PutPaymentTerms) -> None:
    """Refuses: Invalid. What is not the remainder needs a value; a discount needs its days."""
    refusals = Refusals()
    for position, instalment in enumerate(terms.instalments):
        if instalment.kind is not InstalmentKind.REMAINDER and instalment.value is None:
            refusals.add(f"instalments.{position}.value", f"needed for {instalment.kind.value}")
        elif "percent" in instalment.kind and (instalment.value or 0) > HUNDRED_PERCENT:
            refusals.add(f"instalments.{position}.value", "more than 100 per cent")
    if terms.discount_percent and not terms.discount_days:
        refusals.add("discount_days", "say within how many days the discount may be taken")
    refusals.raise_if_any()


def check_item(item: PutItem, known: ItemView | None) -> None:
    """Refuses: Invalid; CannotChange for what stock on hand is counted by."""
    refusals = Refusals()
    units = [other.unit for other in item.units]
    for position, unit in enumerate(units):
        if unit == item.unit or unit in units[:position]:
            refusals.add(f"units.{position}.unit", f"{unit} is named twice")
    refusals.raise_if_any()
    if known is not None and (known.unit, known.kind) != (item.unit, item.kind):
        raise CannotChange(
            f"{item.code} is counted in {known.unit}, as {known.kind}: that cannot change; block it, "
            "and create another item"
        )
