"""The elements of an invoice as values; what cannot be read, or is in another currency, is noted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from domains.payables.files.refusals import InvoiceFileTooLarge
from domains.payables.files.terms import BUSINESS_TERMS, OF_CHARGES, OF_LINES, OF_TAXES, Syntax
from foundation.values.errors import Refusals
from foundation.values.messages import shortened

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}\.?[0-9]{0,12}|\.[0-9]{1,12})")
_LARGEST = Decimal(10) ** 12
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:Z|[+-]\d{2}:\d{2})?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LONGEST = 500
MOST_OF_A_KIND = 2_000
"""What an order can have of them is a quarter of that."""
Values = dict[str, Any]
"""By the names of the messages; None where the file has nothing."""


@dataclass
class TermsFound:
    """What stands in a file, before anything is missed."""

    head: Values
    lines: list[Values] = field(default_factory=list)
    taxes: list[Values] = field(default_factory=list)
    charges: list[Values] = field(default_factory=list)


def find(root: Element, syntax: Syntax, refusals: Refusals) -> TermsFound:
    """All terms that we look at. Notes what is no number, no day, or in another currency than BT-5.

    Refuses: InvoiceFileTooLarge.
    """
    for path in (*syntax.lines, syntax.taxes, syntax.charges):
        if len(root.findall(path)) > MOST_OF_A_KIND:
            raise InvoiceFileTooLarge(f"an invoice may have {MOST_OF_A_KIND:,} lines, taxes and charges")
    reader = _Reader(syntax, _text(root, syntax.head["currency"]), refusals)
    return TermsFound(
        head=reader.head(root),
        lines=[
            reader.line(line, f"lines.{place}.")
            for place, line in enumerate(one for path in syntax.lines for one in root.findall(path))
        ],
        taxes=[
            reader.values(tax, syntax.tax, OF_TAXES, f"taxes.{place}.")
            for place, tax in enumerate(root.findall(syntax.taxes))
        ],
        charges=reader.charges(root, syntax.charges, ""),
    )


@dataclass(frozen=True)
class _Reader:
    syntax: Syntax
    currency: str | None
    refusals: Refusals

    def head(self, root: Element) -> Values:
        paths = {
            name: path
            for name, path in self.syntax.head.items()
            if name not in ("seller", "buyer", "ibans", "preceding")
        }
        found = self.values(root, paths, BUSINESS_TERMS, "")
        for name in ("ibans", "preceding"):
            (path,) = self.syntax.head[name]
            texts = (_clean(one.text) for one in root.findall(path))
            found[name] = tuple(dict.fromkeys(text for text in texts if text))
        for name in ("seller", "buyer"):
            (path,) = self.syntax.head[name]
            found[f"{name}.vat_id"] = self._vat_id(root, path)
        found["tax_amount"] = self._tax_amount(root)
        return found

    def _tax_amount(self, root: Element) -> Decimal | None:
        # Beside it there may be the sum in the currency that taxes are declared in (BT-111).
        own = (None, self.currency)
        sums = [one for one in root.findall(self.syntax.tax_total) if one.get("currencyID") in own]
        amounts = [self._number(one, "tax_amount", "BT-110") for one in sums]
        if len(set(amounts)) > 1:
            self.refusals.add("tax_amount", f"BT-110 stands there {len(sums)} times, and differs (BR-CO-15)")
        return amounts[0] if amounts else None

    def line(self, element: Element, at: str) -> Values:
        found = self.values(element, self.syntax.line, OF_LINES, at)
        quantity = _element(element, self.syntax.line["quantity"])
        found["unit_code"] = None if quantity is None else quantity.get("unitCode") or None
        found["charges"] = self.charges(element, self.syntax.line_charges, at)
        return found

    def charges(self, element: Element, path: str, at: str) -> list[Values]:
        found = []
        for place, charge in enumerate(element.findall(path)):
            values = self.values(charge, self.syntax.charge, OF_CHARGES, f"{at}charges.{place}.")
            values["is_charge"] = values["is_charge"] in ("true", "1")
            found.append(values)
        return found

    def values(
        self, element: Element, paths: Mapping[str, tuple[str, ...]], terms: Mapping[str, str], at: str
    ) -> Values:
        found: Values = {}
        for name, path in paths.items():
            one, term = _element(element, path), terms.get(name, "")
            if one is None or not _clean(one.text):
                found[name] = None
            elif name.endswith("_on"):
                found[name] = self._day(one, f"{at}{name}", term)
            elif name.endswith(("amount", "quantity", "percent", "price")):
                found[name] = self._number(one, f"{at}{name}", term)
            else:
                found[name] = _clean(one.text)
        return found

    def _number(self, element: Element, at: str, term: str) -> Decimal | None:
        written, currency = (element.text or "").strip(), element.get("currencyID")
        if currency is not None and currency != self.currency:
            self.refusals.add(
                at, f"{term} is in {currency}, and the invoice in {self.currency or 'none'} (BT-5)"
            )
        if not _NUMBER.fullmatch(written) or abs(Decimal(written)) >= _LARGEST:
            self.refusals.add(at, f"{term} is no number that can be counted with: {_clean(written)[:40]}")
            return None
        return Decimal(written)

    def _day(self, element: Element, at: str, term: str) -> date | None:
        written = (element.text or "").strip()
        found = (_COMPACT if self.syntax.is_compact else _ISO).fullmatch(written)
        try:
            if found is not None:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
        like = "20260311" if self.syntax.is_compact else "2026-03-11"
        self.refusals.add(at, f"{term} is no day: {_clean(written)[:40]}; one is written {like}")
        return None

    def _vat_id(self, root: Element, party: str) -> str:
        for one in root.findall(f"{party}/{self.syntax.registrations}"):
            if _text(one, ("TaxScheme/ID",)) == "VAT":
                return _text(one, ("CompanyID",)) or ""
            number = one.find("ID[@schemeID='VA']")
            if number is not None:
                return _clean(number.text)
        return ""


def _element(element: Element, paths: tuple[str, ...]) -> Element | None:
    return next((one for path in paths if (one := element.find(path)) is not None), None)


def _text(element: Element, paths: tuple[str, ...]) -> str | None:
    found = _element(element, paths)
    return None if found is None else _clean(found.text) or None


def _clean(written: str | None) -> str:
    """A text without line breaks, cut where it is longer than is kept."""
    return shortened(" ".join((written or "").replace("\x7f", " ").split()), _LONGEST)
