"""What a country's law calls its amounts and what it must know of a person: data beside the country's pack.

`payslip.toml` in the pack's folder has five parts. `sums`: what the pack adds up in a year; a name that ends
in `*` stands for all that begin so. `lines`: names by the code of a line, by language. `year_to_date` and
`of_period`: which sums of the year, and which of what the payment adds to them, are printed, in this order,
and `{}` for what a `*` stands for. `details`: which fields of the pack's details are printed. What is not
named there keeps the code's words, and is not printed, respectively.
"""

import tomllib
from functools import cache
from typing import Literal

from pydantic import Field

from domains.payroll import countries
from foundation.values.messages import Message

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

    sums: tuple[str, ...] = ()
    """All that the pack adds up in a year, which openings may say; a `*` at the end stands for the rest."""
    lines: dict[str, dict[str, str]] = Field(default_factory=dict)
    year_to_date: tuple[PrintedSum, ...] = ()
    of_period: tuple[PrintedSum, ...] = ()
    details: tuple[PrintedDetail, ...] = ()

    def name_of(self, code: str, language: str) -> str:
        """What a line of the law is called; where the country says nothing, the words of its code."""
        return self.lines.get(code, {}).get(language) or code.replace("_", " ").capitalize()


@cache
def words_of(country: str) -> LawWords:
    """What the pack's folder says; nothing, when it has no such file."""
    written = countries.data_of(country, "payslip.toml")
    return LawWords() if written is None else LawWords.model_validate(tomllib.loads(written.decode()))
