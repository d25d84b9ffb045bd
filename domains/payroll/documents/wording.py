"""The words on a payslip, in every language that a person can have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domains.payroll.messages.payslips import PayslipLineKind as Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PayslipWording:
    """One language's words. Braces are filled in."""

    title: str
    number: str
    employee: str
    pay_group: str
    period: str
    paid_on: str
    currency: str
    details: str
    sections: Mapping[Kind, str]
    """The heads of the tables, in their order; what the employer pays has one of its own."""
    quantity_and_rate: str
    base: str
    remaining: str
    """What is left of a loan or of a garnishment order after the payslip."""
    amount: str
    gross: str
    total_deducted: str
    net: str
    nothing_paid: str
    accounts: str
    employer: str
    employer_total: str
    year_to_date: str
    year_deducted: str
    year_net: str
    year_employer: str
    owed_from_before: str
    """A net below 0 that was not paid, and is taken of the next."""
    of_earlier: str
    """What is of a closed period that was computed again."""


WORDS: Final = {
    "de": PayslipWording(
        title="Entgeltabrechnung {starts_on} – {ends_on}",
        number="Abrechnung",
        employee="Personalnummer",
        pay_group="Abrechnungskreis",
        period="Zeitraum",
        paid_on="Zahltag",
        currency="Währung",
        details="Steuer und Sozialversicherung",
        sections={
            Kind.EARNING: "Bezüge",
            Kind.PRE_TAX_DEDUCTION: "Abzüge vor Steuern",
            Kind.BENEFIT_IN_KIND: "Sachbezüge, versteuert und nicht ausgezahlt",
            Kind.WITHHELD: "Gesetzliche Abzüge",
            Kind.POST_TAX_DEDUCTION: "Abzüge vom Netto",
            Kind.LOAN_REPAID: "Darlehen und Vorschüsse",
            Kind.GARNISHED: "Pfändungen",
            Kind.INFORMATION: "Nachrichtlich",
        },
        quantity_and_rate="Menge × Satz",
        base="Bemessungsgrundlage",
        remaining="Restbetrag",
        amount="Betrag {currency}",
        gross="Bruttobezüge",
        total_deducted="Summe der Abzüge",
        net="Auszahlungsbetrag",
        nothing_paid="Es wird nichts ausgezahlt.",
        accounts="Überweisung am {paid_on}",
        employer="Leistungen des Arbeitgebers",
        employer_total="Summe",
        year_to_date="Im Jahr {year} bis {paid_on}",
        year_deducted="Abzüge",
        year_net="Auszahlungen",
        year_employer="Leistungen des Arbeitgebers",
        owed_from_before="Überzahlung aus Vormonaten",
        of_earlier="{name}, Nachberechnung ab {day}",
    ),
    "en": PayslipWording(
        title="Payslip {starts_on} – {ends_on}",
        number="Payslip",
        employee="Employee number",
        pay_group="Pay group",
        period="Period",
        paid_on="Day of payment",
        currency="Currency",
        details="Taxes and insurance",
        sections={
            Kind.EARNING: "Earnings",
            Kind.PRE_TAX_DEDUCTION: "Deductions before tax",
            Kind.BENEFIT_IN_KIND: "Benefits in kind, taxed and not paid out",
            Kind.WITHHELD: "Withheld by law",
            Kind.POST_TAX_DEDUCTION: "Deductions from the net",
            Kind.LOAN_REPAID: "Loans and advances",
            Kind.GARNISHED: "Garnishments",
            Kind.INFORMATION: "For information",
        },
        quantity_and_rate="Quantity × rate",
        base="Taken of",
        remaining="Left after it",
        amount="Amount {currency}",
        gross="Gross pay",
        total_deducted="Total deductions",
        net="Net pay",
        nothing_paid="Nothing is paid out.",
        accounts="Transferred on {paid_on}",
        employer="Paid by the employer",
        employer_total="Total",
        year_to_date="In {year}, up to {paid_on}",
        year_deducted="Deductions",
        year_net="Net pay",
        year_employer="Paid by the employer",
        owed_from_before="Owed from before",
        of_earlier="{name}, corrected from {day}",
    ),
}
