"""What an invoice must say, and that it adds up: the rules of EN 16931 that what we enter of it rests on.

Source: EN 16931-1, 6.4 (BR-2 to BR-48, BR-CO-4, BR-CO-10 to BR-CO-18), with the tolerances of the official
schematron, and of codes BR-CL-01 and BR-CL-04. The figures are compared in hundredths of the currency.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import is_currency

from domains.payables.files.elements import TermsFound, Values
from domains.payables.files.terms import BUSINESS_TERMS, OF_LINES, OF_TAXES
from foundation.values.errors import Refusals
from foundation.values.money import HUNDRED, ONE, ZERO

_NEEDED = {
    "number": "BR-02",
    "issued_on": "BR-03",
    "type_code": "BR-04",
    "currency": "BR-05",
    "seller.name": "BR-06",
    "buyer.name": "BR-07",
    "lines_amount": "BR-12",
    "net_amount": "BR-13",
    "total_amount": "BR-14",
    "due_amount": "BR-15",
}
_NEEDED_OF_LINES = {
    "line_id": "BR-21",
    "quantity": "BR-22",
    "unit_code": "BR-23",
    "net_amount": "BR-24",
    "name": "BR-25",
    "price": "BR-26",
    "tax_category": "BR-CO-04",
}
_NEEDED_OF_TAXES = {
    "base_amount": "BR-45",
    "tax_amount": "BR-46",
    "category": "BR-47",
    "rate_percent": "BR-48",
}
_OUTSIDE_OF_TAX = "O"
"""The category without a rate."""
_CREDITS = "81 83 261 262 296 308 381 396 420 458 532"
_INVOICES = (
    "71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388 389 390 393 "
    "394 395 456 457 471 472 473 500 501 502 503 527 553 575 623 633 751 780 817 870 875 876 877 935"
)
CREDIT_CODES = frozenset(_CREDITS.split())
CODES = CREDIT_CODES | frozenset(_INVOICES.split())
_CODES_OF = {"Invoice": CODES - CREDIT_CODES, "CreditNote": CREDIT_CODES}
"""Of UBL; CII has one element for both."""


def check(found: TermsFound, document: str, refusals: Refusals) -> None:
    """Note all that is missing, and all that contradicts itself, with both figures. `document` is the element
    that it is: what UBL calls a credit note is none of its invoices, whatever its code says.
    """
    _check_there(found, refusals)
    if (code := found.head["type_code"]) is not None and code not in _CODES_OF.get(document, CODES):
        refusals.add("type_code", f"BT-3: {code} is no code of {document} (BR-CL-01)")
    if found.head["is_test"] in ("true", "1"):
        refusals.add("is_test", "BT-24: the sender has marked it as a test, and nothing is owed by it")
    if (currency := found.head["currency"]) is not None and not is_currency(currency):
        refusals.add("currency", f"BT-5: there is no currency {currency} (BR-CL-04)")
    for place, line in enumerate(found.lines):
        if (price := line["price"]) is not None and price < 0:
            refusals.add(f"lines.{place}.price", f"BT-146 is negative: {price:f} (BR-27)")
        if (count := line["price_quantity"]) is not None and count <= 0:
            refusals.add(f"lines.{place}.price_quantity", f"BT-149 is {count:f}: a price is of some quantity")
    check_sums(found, refusals)


def _check_there(found: TermsFound, refusals: Refusals) -> None:
    noted = frozenset(error.field for error in refusals.errors)

    def check_needed(values: Values, needed: Mapping[str, str], terms: Mapping[str, str], at: str) -> None:
        for name, rule in needed.items():
            if values[name] is None and f"{at}{name}" not in noted:
                refusals.add(f"{at}{name}", f"{terms[name]} is missing ({rule})")

    check_needed(found.head, _NEEDED, BUSINESS_TERMS, "")
    if not found.lines:
        refusals.add("lines", "BG-25: there is no line (BR-16)")
    if not found.taxes:
        refusals.add("taxes", "BG-23: there is no tax breakdown (BR-CO-18)")
    for place, line in enumerate(found.lines):
        check_needed(line, _NEEDED_OF_LINES, OF_LINES, f"lines.{place}.")
        _check_charges(line["charges"], f"lines.{place}.", ("BT-136", "BR-41"), ("BT-141", "BR-43"), refusals)
    for place, tax in enumerate(found.taxes):
        needed = {
            name: rule
            for name, rule in _NEEDED_OF_TAXES.items()
            if name != "rate_percent" or tax["category"] != _OUTSIDE_OF_TAX
        }
        check_needed(tax, needed, OF_TAXES, f"taxes.{place}.")
    _check_charges(found.charges, "", ("BT-92", "BR-31"), ("BT-99", "BR-36"), refusals)


def _check_charges(
    charges: Iterable[Values],
    at: str,
    allowance: tuple[str, str],
    charge: tuple[str, str],
    refusals: Refusals,
) -> None:
    for place, one in enumerate(charges):
        if one["amount"] is None:
            term, rule = charge if one["is_charge"] else allowance
            refusals.add(f"{at}charges.{place}.amount", f"{term} is missing ({rule})")


def check_sums(found: TermsFound, refusals: Refusals) -> None:
    """BR-CO-10 to BR-CO-17: each sum that is said, against what it is the sum of."""
    head = found.head
    lines, net, total = head["lines_amount"], head["net_amount"], head["total_amount"]
    allowances, charges = head["allowances_amount"] or ZERO, head["charges_amount"] or ZERO
    tax = head["tax_amount"] or ZERO
    due_less = (head["prepaid_amount"] or ZERO) - (head["rounding_amount"] or ZERO)
    sums = (
        ("lines_amount", lines, _sum(found.lines, "net_amount"), "the lines come to", "BR-CO-10"),
        ("allowances_amount", allowances, _charged(found, False), "the allowances come to", "BR-CO-11"),
        ("charges_amount", charges, _charged(found, True), "the charges come to", "BR-CO-12"),
        ("net_amount", net, _less(lines, allowances - charges), "BT-106 - BT-107 + BT-108 is", "BR-CO-13"),
        ("tax_amount", tax, _sum(found.taxes, "tax_amount"), "the taxes come to", "BR-CO-14"),
        ("total_amount", total, _less(net, -tax), "BT-109 + BT-110 is", "BR-CO-15"),
        ("due_amount", head["due_amount"], _less(total, due_less), "BT-112 - BT-113 + BT-114 is", "BR-CO-16"),
    )
    for name, said, is_so, why, rule in sums:
        if said is not None and is_so is not None and said != is_so:
            term = BUSINESS_TERMS[name]
            refusals.add(name, f"{term} is {said:f}, and {why} {is_so:f} ({rule})")
    for place, one in enumerate(found.taxes):
        _check_tax(one, f"taxes.{place}.tax_amount", refusals)


def _check_tax(tax: Values, at: str, refusals: Refusals) -> None:
    base, said, rate = tax["base_amount"], tax["tax_amount"], tax["rate_percent"] or ZERO
    if base is None or said is None:
        return
    is_so = _in_hundredths(base * rate / HUNDRED)
    # The tax may be the sum of those of the lines: the schematron asks for less than one unit.
    if abs(said - is_so) >= ONE:
        refusals.add(at, f"BT-117 is {said:f}, and {rate:f} % of {base:f} is {is_so:f} (BR-CO-17)")


def _sum(values: Iterable[Values], name: str) -> Decimal | None:
    """None when one of them is not known."""
    amounts = [one[name] for one in values]
    return None if None in amounts else _in_hundredths(sum(amounts, ZERO))


def _charged(found: TermsFound, is_charge: bool) -> Decimal | None:
    return _sum([one for one in found.charges if one["is_charge"] is is_charge], "amount")


def _less(amount: Decimal | None, other: Decimal) -> Decimal | None:
    return None if amount is None else _in_hundredths(amount - other)


def _in_hundredths(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
