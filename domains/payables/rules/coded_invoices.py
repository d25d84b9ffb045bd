"""What a supplier's invoice without an order comes to, when it is due, and how it is posted. No database.

Input tax that may not be deducted is part of what was bought (IAS 2.11). Tax that the buyer owes instead of
the supplier (Directive 2006/112/EC, articles 194 to 199) is owed and deducted at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domains.ledger.messages import (
    AccountKind,
    AccountRole,
    Discount,
    Line,
    Party,
    PartyType,
    Role,
    TaxShare,
)
from domains.ledger.rules.journal import AccountFacts, balanced_in_base
from domains.master_data.messages import PutTaxCode
from domains.master_data.rules.payment_terms import discount_until, instalments
from domains.master_data.rules.taxes import TaxedDocument, TaxedLine, discount_on_base, tax_document, taxable
from domains.payables.messages.coded_invoices import CodedInvoiceStatus, CodedLine, EnterCodedInvoice
from domains.payables.rules.instalments import OwedByInstalment
from domains.payables.rules.invoices import BillTerms
from foundation.values.errors import BusinessError, Invalid, Refusals
from foundation.values.money import HUNDRED, ZERO, allocated, percent_of, rounded

MAY_BE_CODED_TO = (AccountKind.ASSET, AccountKind.EXPENSE)


class MayBeADuplicate(BusinessError):
    """Another invoice of the supplier over the same amount is dated few days apart."""

    status = 409


class CodedInvoiceNotInThisStatus(BusinessError):
    """The invoice was posted, rejected or cancelled before."""

    status = 409


@dataclass(frozen=True)
class KnownOfLines:
    """What there is of all that the lines name."""

    accounts: Mapping[str, AccountFacts]
    dimensions: frozenset[tuple[str, str]]
    tax_codes: Mapping[str, PutTaxCode]


@dataclass(frozen=True, kw_only=True)
class ComputedCoding(OwedByInstalment):
    """A coded invoice with its figures, in its currency and (`base_…`) in the company's."""

    taxed: TaxedDocument
    non_deductible: tuple[Decimal, ...]
    """By line, what of its tax is part of what it cost."""
    total_amount: Decimal


def check_entered(number: str, status: str) -> None:
    """Nothing has become of it. Refuses: CodedInvoiceNotInThisStatus."""
    if status != CodedInvoiceStatus.ENTERED:
        raise CodedInvoiceNotInThisStatus(f"{number} is {status}")


def check_posted(number: str, status: str) -> None:
    """It is owed. Refuses: CodedInvoiceNotInThisStatus."""
    if status != CodedInvoiceStatus.POSTED:
        raise CodedInvoiceNotInThisStatus(f"{number} is {status}, and not posted")


def check_lines(lines: Sequence[CodedLine], known: KnownOfLines, currency: str) -> None:
    """Refuses: Invalid, with every account, dimension, tax code and amount that is not right."""
    refusals = Refusals()
    for position, line in enumerate(lines):
        where, facts = f"lines.{position}", known.accounts.get(line.account_code)
        if why := _why_not_coded(line.account_code, facts):
            refusals.add(f"{where}.account_code", why)
        for dimension, code in line.dimensions.items():
            if (dimension, code) not in known.dimensions:
                why = f"there is no {dimension} {code} that is open"
                refusals.add(f"{where}.dimensions.{dimension}", why)
        if line.tax_code not in known.tax_codes:
            refusals.add(f"{where}.tax_code", f"there is no tax code {line.tax_code}")
        if line.net_amount != rounded(line.net_amount, currency):
            refusals.add(f"{where}.net_amount", f"{currency} has no amount as small as in {line.net_amount}")
    refusals.raise_if_any()


def _why_not_coded(code: str, facts: AccountFacts | None) -> str:
    if facts is None:
        return f"there is no account {code}"
    if facts.blocked:
        return f"account {code} is blocked"
    if facts.subledger is not None:
        return f"account {code} is a control account: only documents of its subledger post to it"
    if facts.kind not in MAY_BE_CODED_TO:
        return f"account {code} is of the kind {facts.kind}: what is bought is an asset or an expense"
    return ""


def check_no_duplicate(alike: Sequence[str], *, is_no_duplicate: bool) -> None:
    """Refuses: MayBeADuplicate, unless somebody has looked."""
    if alike and not is_no_duplicate:
        why = f"it may be the same as {', '.join(alike)}: if it is not, say is_no_duplicate"
        raise MayBeADuplicate(why, errors=[("is_no_duplicate", why)])


def compute(asked: EnterCodedInvoice, currency: str, terms: BillTerms) -> ComputedCoding:
    """Tax the lines at the rates of the invoice's day, and find what is due when. What may not be deducted is
    rounded half-up line by line. Refuses: Invalid, when it does not come to what it says.
    """
    taxed = tax_document(
        [
            taxable(line.net_amount, ZERO, terms.tax_codes[line.tax_code], asked.invoiced_on)
            for line in asked.lines
        ],
        includes_tax=False,
        rounding=terms.tax_rounding,
        currency=currency,
        discount_percent_on_base=discount_on_base(terms.payment),
    )
    total = taxed.net_amount if asked.reverse_charge else taxed.total_amount
    if total != asked.total_amount:
        tax = "no tax, which is owed by us" if asked.reverse_charge else f"tax {taxed.tax_amount:f}"
        why = f"its lines come to {total:f}: {taxed.net_amount:f} and {tax}"
        raise Invalid(f"total_amount: {why}", errors=[("total_amount", why)])
    non_deductible = tuple(
        rounded(percent_of(one.tax_amount, HUNDRED - line.deductible_percent), currency)
        for line, one in zip(asked.lines, taxed.lines, strict=True)
    )
    due = tuple(instalments(total, asked.invoiced_on, terms.payment, currency))
    base_total = rounded(total / terms.rate, terms.base_currency)
    base_due = allocated(base_total, [instalment.amount for instalment in due], terms.base_currency)
    return ComputedCoding(
        taxed=taxed, non_deductible=non_deductible, total_amount=total, due=due, base_due=tuple(base_due)
    )


def as_computed(asked: EnterCodedInvoice, head: Any, rows: Sequence[Any], terms: BillTerms) -> ComputedCoding:
    """The figures as they were written down with the invoice (`head`) and its lines (`rows`)."""
    lines = tuple(TaxedLine(row.net_amount, row.tax_amount) for row in rows)
    total = head.net_amount + head.tax_amount
    taxed = TaxedDocument(lines, (), head.net_amount, head.tax_amount, total)
    due = tuple(instalments(head.total_amount, asked.invoiced_on, terms.payment, head.currency))
    base_due = allocated(head.base_total_amount, [one.amount for one in due], terms.base_currency)
    kept = tuple(row.non_deductible_amount for row in rows)
    return ComputedCoding(
        taxed=taxed, non_deductible=kept, total_amount=head.total_amount, due=due, base_due=tuple(base_due)
    )


def of_cost_centres(lines: Iterable[CodedLine], terms: BillTerms) -> dict[str, Decimal]:
    """What is of which cost centre, without tax, in the company's currency, rounded half-up line by line."""
    found: dict[str, Decimal] = {}
    for line in lines:
        if centre := line.dimensions.get("cost_centre"):
            base = rounded(line.net_amount / terms.rate, terms.base_currency)
            found[centre] = found.get(centre, ZERO) + base
    return found


def tax_by_code(asked: EnterCodedInvoice, computed: ComputedCoding) -> dict[str, tuple[Decimal, Decimal]]:
    """By tax code: the tax, and what of it is input tax."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for line, taxed, kept in zip(asked.lines, computed.taxed.lines, computed.non_deductible, strict=True):
        tax, deducted = found.get(line.tax_code, (ZERO, ZERO))
        found[line.tax_code] = tax + taxed.tax_amount, deducted + taxed.tax_amount - kept
    return found


def postings(
    asked: EnterCodedInvoice, computed: ComputedCoding, terms: BillTerms, account: Callable[[Role], str]
) -> list[Line]:
    """The entry: what was bought with the tax that is not deducted, and input tax, against what is owed to
    the supplier, and, under reverse charge, to the state.
    """

    def line(code: str, amount: Decimal, text: str, dimensions: Mapping[str, str] | None = None) -> Line:
        base = rounded(amount / terms.rate, terms.base_currency)
        return Line(code, amount, base, text, None, dimensions or {})

    lines = [
        line(one.account_code, one.net_amount + kept, one.text, one.dimensions)
        for one, kept in zip(asked.lines, computed.non_deductible, strict=True)
    ]
    for code, (tax, deducted) in tax_by_code(asked, computed).items():
        lines.append(line(account(AccountRole.TAX_RECEIVABLE), deducted, code))
        if asked.reverse_charge:
            lines.append(line(account(AccountRole.TAX_PAYABLE), -tax, code))
    total, base = computed.total_amount, computed.base_total_amount
    supplier = Party(PartyType.SUPPLIER, asked.supplier_code)
    lines.append(Line(account(AccountRole.PAYABLE), -total, -base, asked.supplier_number, supplier))
    moving = [one for one in lines if one.amount or one.base_amount]
    is_even = not sum((one.base_amount for one in moving), ZERO)
    return moving if is_even else balanced_in_base(moving, account(AccountRole.ROUNDING_DIFFERENCE))


def cash_discount(
    asked: EnterCodedInvoice, computed: ComputedCoding, terms: BillTerms, account: Callable[[Role], str]
) -> Discount | None:
    """What may be taken off for paying early: of what was deducted as input tax, and of the rest of what is
    owed. Tax that is owed by us is neither; and none of the tax where it was billed on the discounted amount.
    """
    until = discount_until(asked.invoiced_on, terms.payment)
    if until is None:
        return None
    percent, receivable = terms.payment.discount_percent, account(AccountRole.TAX_RECEIVABLE)
    is_taxed_lower = bool(discount_on_base(terms.payment))
    currency = asked.currency or terms.base_currency
    deducted = [
        ZERO if asked.reverse_charge else amount for _, amount in tax_by_code(asked, computed).values()
    ]
    shares = tuple(
        TaxShare(number, receivable, rounded(percent_of(amount, percent), currency))
        for number, amount in enumerate(deducted, start=1)
        if amount and not is_taxed_lower
    )
    rest = computed.taxed.net_amount if is_taxed_lower else computed.total_amount - sum(deducted, ZERO)
    return Discount(until, computed.total_amount, rounded(percent_of(rest, percent), currency), shares)
