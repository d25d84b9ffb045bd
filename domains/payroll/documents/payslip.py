"""The payslip that an employee receives: a PDF in the person's language, laid out as our letters are.

The layout is `payslip.typ`; it gets words and figures ready to print. Nothing is computed here but sums of
what is printed. A German payslip says what § 1 of the Entgeltbescheinigungsverordnung asks for as far as it
is known here; docs/payroll.md says what is missing.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from domains.master_data import letterhead
from domains.master_data.letterhead import InvoicedCustomer, InvoicingCompany
from domains.payroll.documents.law_words import details_said, sums_said
from domains.payroll.documents.wording import WORDS, PayslipWording
from domains.payroll.messages.payslips import PaidTo, PayslipLine, PayslipLineKind, PayslipPerson
from domains.payroll.rules.components import NEGATIVE_NET
from domains.payroll.rules.law_words import LawWords, words_of
from foundation.values.figures import Figures, in_groups_of_four
from foundation.values.messages import CountryCode, CurrencyCode, Message, Name, ShownAmount
from foundation.values.money import ZERO

LAYOUT: Final = Path(__file__).with_name("payslip.typ").read_bytes()
OF_EMPLOYER: Final = (PayslipLineKind.EMPLOYER_CONTRIBUTION, PayslipLineKind.EMPLOYER_OWES)
DEDUCTED: Final = (
    PayslipLineKind.PRE_TAX_DEDUCTION,
    PayslipLineKind.WITHHELD,
    PayslipLineKind.POST_TAX_DEDUCTION,
    PayslipLineKind.LOAN_REPAID,
    PayslipLineKind.GARNISHED,
)
OF_BALANCE: Final = (PayslipLineKind.LOAN_REPAID, PayslipLineKind.GARNISHED)
"""What has something left after it."""
SHOWN_OF_IBAN: Final = 4
"""So many signs at the beginning, and at the end; those between are masked."""


class PayslipSums(Message):
    """What a payslip, or several, come to. `of_law` has the country's own sums by their names."""

    gross: ShownAmount = ZERO
    deducted: ShownAmount = ZERO
    net: ShownAmount = ZERO
    employer: ShownAmount = ZERO
    of_law: dict[str, Decimal] = Field(default_factory=dict)


class PayslipDocument(Message):
    """Everything that is printed on a payslip. All amounts in `currency`, as they were posted."""

    company: InvoicingCompany
    country: CountryCode
    """Whose law it was computed by."""
    person: PayslipPerson
    payslip_number: str
    employee_code: str
    employee_name: Name
    pay_group: Name
    starts_on: date
    ends_on: date
    paid_on: date
    currency: CurrencyCode
    lines: tuple[PayslipLine, ...]
    paid_to: tuple[PaidTo, ...]
    sums: PayslipSums
    year: PayslipSums
    """Of the calendar year up to the day of payment, as it stood when the payslip was posted."""


def payslip_pdf(document: PayslipDocument) -> bytes:
    """The payslip as a PDF, ready to hand out. The same document gives the same bytes.

    It takes some 30 ms of computing; call it in a thread.
    """
    return letterhead.rendered(LAYOUT, _printed(document), document.paid_on)


def _printed(document: PayslipDocument) -> dict[str, Any]:
    """What the layout prints, in its places: only text."""
    language = document.person.language
    words, law = WORDS[language], words_of(document.country)
    figures = letterhead.figures_in(language, document.currency)
    reader = InvoicedCustomer(
        code=document.employee_code,
        name=document.employee_name,
        country=document.company.country,
        language=language,
    )
    starts_on, ends_on = figures.day(document.starts_on), figures.day(document.ends_on)
    return {
        **letterhead.around(document.company, reader, figures),
        "title": words.title.format(starts_on=starts_on, ends_on=ends_on),
        "facts": _facts(document, words, figures),
        "details": {
            "title": words.details,
            "facts": [
                *details_said(law.details, document.person.details, language, figures),
                *sums_said(law.of_period, document.sums.of_law, language, figures),
            ],
        },
        "sections": list(_sections(document, words, law, figures)),
        "sums": _sums(document, words, figures),
        "net": {"label": words.net, "amount": figures.amount(document.sums.net)},
        "accounts": _accounts(document, words, figures),
        "employer": _of_employer(document, words, law, figures),
        "year": _of_year(document, words, law, figures),
    }


def _facts(document: PayslipDocument, words: PayslipWording, figures: Figures) -> list[list[str]]:
    return [
        [words.number, document.payslip_number],
        [words.employee, document.employee_code],
        [words.pay_group, document.pay_group],
        [words.period, f"{figures.day(document.starts_on)} – {figures.day(document.ends_on)}"],
        [words.paid_on, figures.day(document.paid_on)],
        [words.currency, document.currency],
    ]


def _sections(
    document: PayslipDocument, words: PayslipWording, law: LawWords, figures: Figures
) -> Iterator[dict[str, Any]]:
    """A table for each kind of lines that there are, with what they come to; lines of 0 are told as well."""
    amount = words.amount.format(currency=document.currency)
    for kind, title in words.sections.items():
        lines = [line for line in document.lines if line.kind is kind]
        if not lines:
            continue
        between = words.base if kind is PayslipLineKind.WITHHELD else words.quantity_and_rate
        between = words.remaining if kind in OF_BALANCE else between
        rows = [_row(line, document.person.language, law, figures) for line in lines]
        yield {
            "heads": [title, between if any(row[1] for row in rows) else "", amount],
            "rows": rows,
        }


def _row(line: PayslipLine, language: str, law: LawWords, figures: Figures) -> list[str]:
    between = ""
    if line.base is not None:
        between = figures.plain_amount(line.base)
    elif line.remaining is not None:
        between = figures.plain_amount(line.remaining)
    elif line.quantity is not None:
        rate = "" if line.rate is None else f" × {figures.unit_price(line.rate)}"
        between = f"{figures.quantity(line.quantity)}{rate}"
    return [_name(line, language, law, figures), between, figures.plain_amount(line.amount)]


def _name(line: PayslipLine, language: str, law: LawWords, figures: Figures) -> str:
    """What the law's lines are called in the language; components are called as they were then. What is of an
    earlier period says which.
    """
    if line.earned_in is not None:
        of_its_own = _name(line.model_copy(update={"earned_in": None}), language, law, figures)
        return WORDS[language].of_earlier.format(name=of_its_own, day=figures.day(line.earned_in))
    if line.code == NEGATIVE_NET and line.kind is PayslipLineKind.POST_TAX_DEDUCTION:
        return WORDS[language].owed_from_before
    is_of_law = line.kind in (PayslipLineKind.WITHHELD, PayslipLineKind.EMPLOYER_OWES)
    return law.lines.get(line.code, {}).get(language, line.name) if is_of_law else line.name


def _sums(document: PayslipDocument, words: PayslipWording, figures: Figures) -> list[list[str]]:
    """Gross, what is deducted kind by kind, and all deductions."""
    kinds = {kind: _total(document.lines, kind) for kind in DEDUCTED}
    return [
        [words.gross, figures.plain_amount(document.sums.gross)],
        *([words.sections[kind], figures.plain_amount(-total)] for kind, total in kinds.items() if total),
        [words.total_deducted, figures.plain_amount(-document.sums.deducted)],
    ]


def _total(lines: Iterable[PayslipLine], kind: PayslipLineKind) -> Decimal:
    return sum((line.amount for line in lines if line.kind is kind), ZERO)


def _accounts(document: PayslipDocument, words: PayslipWording, figures: Figures) -> dict[str, Any]:
    paid = [one for one in document.paid_to if one.amount]
    title = words.accounts.format(paid_on=figures.day(document.paid_on)) if paid else words.nothing_paid
    return {
        "title": title,
        "rows": [[f"IBAN {masked(one.iban)}", figures.plain_amount(one.amount)] for one in paid],
    }


def masked(iban: str) -> str:
    """An IBAN whose owner knows it again, and nobody else: DE02 •••• •••• •••• ••20 51."""
    hidden = "•" * (len(iban) - 2 * SHOWN_OF_IBAN)
    return in_groups_of_four(iban[:SHOWN_OF_IBAN] + hidden + iban[-SHOWN_OF_IBAN:])


def _of_employer(
    document: PayslipDocument, words: PayslipWording, law: LawWords, figures: Figures
) -> dict[str, Any]:
    lines = [line for line in document.lines if line.kind in OF_EMPLOYER]
    language = document.person.language
    total = [words.employer_total, figures.plain_amount(document.sums.employer)]
    return {
        "title": words.employer,
        "rows": [[_name(line, language, law, figures), figures.plain_amount(line.amount)] for line in lines],
        "total": total if lines else [],
    }


def _of_year(
    document: PayslipDocument, words: PayslipWording, law: LawWords, figures: Figures
) -> dict[str, Any]:
    year, paid_on = document.year, figures.day(document.paid_on)
    own = (
        (words.gross, year.gross),
        (words.year_deducted, year.deducted),
        (words.year_net, year.net),
        (words.year_employer, year.employer),
    )
    return {
        "title": words.year_to_date.format(year=document.paid_on.year, paid_on=paid_on),
        "rows": [
            *([label, figures.plain_amount(amount)] for label, amount in own),
            *sums_said(law.year_to_date, year.of_law, document.person.language, figures),
        ],
        "total": [],
    }
