"""What a country's law calls its amounts and what it must know of a person: data beside the country's pack.

`payslip.toml` in the pack's folder has four parts. `lines`: names by the code of a line, by language.
`year_to_date` and `of_period`: which sums of the year, and which of what the payment adds to them, are
printed, in this order; a name that ends in `*` stands for all that begin so, and `{}` for the rest of it.
`details`: which fields of the pack's details are printed. What is not named there keeps the code's words, and
is not printed, respectively.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from pydantic import Field

from domains.payroll import countries
from foundation.values.figures import Figures
from foundation.values.messages import Message
from foundation.values.money import ZERO

WrittenAs = Literal["text", "day", "amount", "quantity", "percent"]


class PrintedSum(Message):
    """A sum that is printed."""

    name: str
    written: WrittenAs = "amount"
    names: dict[str, str]
    """What it is called, by language."""


class PrintedDetail(Message):
    """Something of a person that is printed; of several fields, one after the other without a space."""

    fields: tuple[str, ...]
    written: WrittenAs = "text"
    names: dict[str, str]
    """What it is called, by language."""
    says: dict[str, dict[str, str]] = Field(default_factory=dict)
    """What a value is called, by language. A yes or no that is called nothing is not printed."""


class LawWords(Message):
    """All of one country; `lines` are names by code and language."""

    lines: dict[str, dict[str, str]] = Field(default_factory=dict)
    year_to_date: tuple[PrintedSum, ...] = ()
    of_period: tuple[PrintedSum, ...] = ()
    details: tuple[PrintedDetail, ...] = ()


@cache
def words_of(country: str) -> LawWords:
    """What the pack's folder says; nothing, when it has no such file."""
    written = countries.data_of(country, "payslip.toml")
    return LawWords() if written is None else LawWords.model_validate(tomllib.loads(written.decode()))


def sums_said(
    wanted: tuple[PrintedSum, ...], sums: Mapping[str, Decimal], language: str, figures: Figures
) -> Iterator[list[str]]:
    """The names and figures of those that are wanted and not 0, in their order."""
    for one in wanted:
        beginning = one.name.removesuffix("*")
        for name in sorted(sums):
            is_meant = name.startswith(beginning) if beginning != one.name else name == one.name
            if is_meant and sums[name]:
                said = one.names[language].replace("{}", name.removeprefix(beginning))
                yield [said, _written(sums[name], one.written, figures)]


def details_said(
    wanted: tuple[PrintedDetail, ...], details: Mapping[str, Any], language: str, figures: Figures
) -> Iterator[list[str]]:
    """What is known of a person; what is not, or is an amount of 0, is left out."""
    for one in wanted:
        said = "".join(_said(_at(details, field), one, language, figures) for field in one.fields)
        if said:
            yield [one.names[language], said]


def _at(details: Mapping[str, Any], field: str) -> Any:
    found: Any = details
    for name in field.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _said(value: Any, detail: PrintedDetail, language: str, figures: Figures) -> str:
    said = detail.says.get(str(value).lower(), {}).get(language)
    if said is not None:
        return said
    if value is None or isinstance(value, bool):
        return ""
    return _written(value, detail.written, figures)


def _written(value: Any, written: WrittenAs, figures: Figures) -> str:
    match written:
        case "text":
            return str(value)
        case "day":
            return figures.day(date.fromisoformat(str(value)))
        case "amount":
            amount = Decimal(str(value))
            return "" if amount == ZERO else figures.plain_amount(amount)
        case "quantity":
            return figures.quantity(Decimal(str(value)))
        case "percent":
            return figures.percent(Decimal(str(value)))
