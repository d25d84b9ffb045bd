"""What a payslip prints of the sums of a year and of what the law must know of a person."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domains.payroll.rules.law_words import PrintedDetail, PrintedSum, WrittenAs
from foundation.values.figures import Figures
from foundation.values.money import ZERO


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
