"""Invoices without an order: what a person may charge, with what is left out filled in from the item."""

from collections.abc import Mapping, Sequence

from domains.ledger.rules.journal import AccountFacts
from domains.master_data.messages import PutTaxCode
from domains.master_data.rules.records import why_not_taxed_so
from domains.master_data.rules.units import check_unit, in_stock_unit
from domains.master_data.views import CompanyView, CustomerView, ItemView
from domains.receivables.messages import DirectLine, LineToBill
from domains.receivables.rules.invoices import ComputedInvoice
from foundation.values.errors import BusinessError, Invalid, Refusals


class ChargesMoreAlready(BusinessError):
    """A debit note charges more on an invoice, never on another debit note."""

    status = 409


def check_customer(code: str, customer: CustomerView | None) -> CustomerView:
    """Who is charged is there, and not blocked. Refuses: Invalid."""
    if customer is None or customer.blocked:
        why = f"there is no customer {code}" if customer is None else f"{customer.name} is blocked"
        raise Invalid(f"customer_code: {why}", errors=[("customer_code", why)])
    return customer


def lines_to_bill(
    asked: Sequence[DirectLine],
    items: Mapping[str, ItemView],
    *,
    of_customer: str | None,
    corrects: bool = False,
) -> tuple[LineToBill, ...]:
    """The lines with all that an item knows; a customer's own tax code goes before its items'.

    Refuses: Invalid, field by field: an item that there is not, or that is blocked unless an invoice is
    corrected, a unit that it has not, and what is missing where there is no item.
    """
    refusals = Refusals()
    found = []
    for position, line in enumerate(asked):
        item = items.get(line.item_code) if line.item_code is not None else None
        _check_line(line, item, f"lines.{position}.", refusals, corrects=corrects)
        tax_code = line.tax_code or of_customer or (item.tax_code if item else None)
        description = line.description or (item.name if item else "")
        if not description and line.item_code is None:
            refusals.add(f"lines.{position}.description", "say what is charged, or name an item")
        if tax_code is None and (item is not None or line.item_code is None):
            refusals.add(
                f"lines.{position}.tax_code", "say which tax is charged, or name an item that has one"
            )
        found.append((line, item, description, tax_code or "UNKNOWN"))
    refusals.raise_if_any()
    return tuple(
        LineToBill(
            line_number=number,
            item_code=line.item_code,
            description=description,
            quantity=line.quantity,
            stock_quantity=in_stock_unit(line.quantity, line.unit or None, item) if item else None,
            unit=line.unit or (item.unit if item else ""),
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            tax_code=tax_code,
        )
        for number, (line, item, description, tax_code) in enumerate(found, start=1)
    )


def _check_line(
    line: DirectLine, item: ItemView | None, of: str, refusals: Refusals, *, corrects: bool
) -> None:
    """Note what is wrong with the item that a line names, and with where it is posted."""
    if line.item_code is not None and item is None:
        refusals.add(f"{of}item_code", f"there is no item {line.item_code}")
    if item is not None and item.blocked and not corrects:
        refusals.add(f"{of}item_code", f"{item.name} is blocked")
    if item is not None:
        check_unit(line.quantity, line.unit or None, item, of, refusals)
    if line.account_role is not None and line.account_code is not None:
        refusals.add(f"{of}account_role", "name a role or an account, not both")


def check_taxes(
    lines: Sequence[LineToBill],
    tax_codes: Mapping[str, PutTaxCode],
    customer: CustomerView,
    seller: CompanyView,
) -> None:
    """Who owes the tax itself has a VAT number. Refuses: Invalid."""
    refusals = Refusals()
    for position, line in enumerate(lines):
        taxed = tax_codes.get(line.tax_code)
        if taxed is not None and (why := why_not_taxed_so(taxed, customer, seller)):
            refusals.add(f"lines.{position}.tax_code", why)
    refusals.raise_if_any()


def check_accounts(
    lines: Sequence[DirectLine], named: Sequence[str | None], known: Mapping[str, AccountFacts]
) -> None:
    """Revenue is posted to accounts of income that are there and open. Refuses: Invalid."""
    refusals = Refusals()
    for position, (line, code) in enumerate(zip(lines, named, strict=True)):
        field = f"lines.{position}.{'account_code' if line.account_role is None else 'account_role'}"
        facts = known.get(code) if code is not None else None
        if code is not None and facts is None:
            refusals.add(field, f"there is no account {code}")
        elif facts is not None and facts.blocked:
            refusals.add(field, f"account {code} is blocked")
        elif facts is not None and facts.subledger is not None:
            refusals.add(field, f"account {code} is a control account: only its subledger posts to it")
        elif facts is not None and facts.kind != "income":
            article = "an" if facts.kind[0] in "aei" else "a"
            refusals.add(field, f"account {code} is {article} {facts.kind} account: revenue is income")
    refusals.raise_if_any()


def check_charges(computed: ComputedInvoice, currency: str) -> None:
    """An invoice charges something. Refuses: Invalid."""
    if computed.taxed.total_amount <= 0:
        why = f"they come to {computed.taxed.total_amount:f} {currency}: an invoice charges more than nothing"
        raise Invalid(f"lines: {why}", errors=[("lines", why)])
