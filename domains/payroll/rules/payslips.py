"""A person's payslip: computed from what is agreed, and as it is kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pydantic import ValidationError
from pydantic_core import to_json

from domains.payroll.messages.kinds import ComponentSign
from domains.payroll.messages.payslips import FigureStep, PaidTo, PayslipLine, PayslipLineKind, PayslipPerson
from domains.payroll.messages.records import PayAgreement
from domains.payroll.rules.amounts import ComponentAmount, PayBasis, Steps
from domains.payroll.rules.components import NEGATIVE_NET, ComponentCatalogue
from domains.payroll.rules.earlier_periods import EarlierPeriods
from domains.payroll.rules.gross_to_net import PayrollInputs, Payslip, gross_to_net
from domains.payroll.rules.law_words import LawWords, words_of
from domains.payroll.rules.net_pay import garnishments_of, loans_of
from domains.payroll.rules.payslip_inputs import (
    NO_YEAR,
    OF_COMPONENT,
    OF_LAW,
    OF_LOAN,
    OF_ORDER,
    OWED,
    PersonToPay,
    Sums,
    agreements_in,
    basis_of,
    named,
)
from domains.payroll.rules.payslip_refusals import (
    AmountTooLarge,
    DetailsNotRead,
    NegativeNet,
    NoAccountToPayTo,
    NoAgreement,
    NothingEarned,
    PaidByAnotherRun,
    PaidOtherwiseSince,
)
from domains.payroll.rules.records import bank_shares
from domains.payroll.rules.runs import PayrollRunKept
from domains.payroll.rules.statutory import Bearer, CountryPack, StatutoryLine, YearToDate
from foundation.values.messages import Message
from foundation.values.money import ZERO

LARGEST = Decimal(10) ** 11
"""What is kept has twelve digits before the point: of a payslip so much less that many add up."""
_NO_EARLIER = EarlierPeriods()
_SIX_DECIMALS = Decimal("0.000001")
_KEPT_IN = "en"
"""What the law's lines are called as they are kept and posted. A PDF calls them in the person's language."""


@dataclass(frozen=True)
class PayslipKept:
    """A payslip as it is kept."""

    lines: tuple[PayslipLine, ...]
    paid_to: tuple[PaidTo, ...]
    added: tuple[Sums, ...]
    gross: Decimal
    net: Decimal
    employer_owes: Decimal
    person: PayslipPerson
    based_on: str
    """Of the sums that it was computed from: others mean that it must be computed again."""
    computed_from: str = ""
    """Of agreements and components: others mean that the period is computed again with a later payslip."""
    corrects: tuple[date, ...] = ()
    """The first days of the closed periods for which it pays differences."""

    @property
    def content_hash(self) -> str:
        """Of all that people approve: lines, what is added up, where the money goes, and who bears it."""
        content = [
            [line.model_dump(mode="json") for line in self.lines],
            [one.model_dump(mode="json") for one in self.paid_to],
            sorted((one.year, one.name, str(one.amount.normalize())) for one in self.added),
            self.person.model_dump(mode="json"),
        ]
        return hashlib.sha256(to_json(content)).hexdigest()


def payslip_of(
    person: PersonToPay,
    run: PayrollRunKept,
    catalogue: ComponentCatalogue,
    pack: CountryPack,
    earlier: EarlierPeriods = _NO_EARLIER,
    computed_from: str = "",
) -> PayslipKept:
    """Compute what a person is paid by a run, with what `earlier` periods should have come to.

    Refuses: NoAgreement, DetailsNotRead, NothingEarned, NegativeNet, NoAccountToPayTo, AmountTooLarge, and
    what `gross_to_net` refuses.
    """
    agreements = agreements_in(person, run)
    if not agreements:
        raise NoAgreement(f"{person.employee_code} has no agreement from {run.starts_on} to {run.ends_on}")
    last = agreements[-1]
    basis = basis_of(agreements, run, catalogue, person)
    inputs = _inputs(person, basis, last, catalogue, pack, earlier)
    payslip = gross_to_net(inputs, pack)
    if not any([one.amount for one in payslip.amounts] + [one.amount for one in payslip.statutory.lines]):
        raise NothingEarned("nothing is to be paid or withheld: leave the person out, or mend the agreement")
    if payslip.net < 0:
        raise NegativeNet("more is to be deducted than there is: leave the person out, or mend the agreement")
    if payslip.paid and not payslip.accounts:
        raise NoAccountToPayTo("enter an account in the agreement")
    kept = replace(
        _kept(payslip, inputs, person, last, words_of(run.country)),
        computed_from=computed_from,
        corrects=tuple(sorted({one.period.starts_on for one in earlier.differences})),
    )
    _check_sizes(kept)
    return kept


def _inputs(
    person: PersonToPay,
    basis: PayBasis,
    last: PayAgreement,
    catalogue: ComponentCatalogue,
    pack: CountryPack,
    earlier: EarlierPeriods,
) -> PayrollInputs:
    """All that a payslip is computed from; `last` says what the law must know, and where the money goes."""
    paid_on = basis.period.paid_on
    return PayrollInputs(
        person=_details_of(last, pack),
        basis=basis,
        catalogue=catalogue,
        to_date=YearToDate(
            this_year=named(person.sums, paid_on.year, OF_LAW),
            last_year=named(person.sums, paid_on.year - 1, OF_LAW),
        ),
        retroactive=earlier.differences,
        then={day: _details_of(one, pack) for day, one in earlier.agreements.items()},
        arrears={name: sum_ for name, sum_ in named(person.sums, NO_YEAR, OWED).items() if sum_},
        loans=tuple(loans_of(person, paid_on)),
        garnishments=tuple(garnishments_of(person, paid_on)),
        before=person.before,
        accounts=bank_shares(last.accounts),
    )


def _check_sizes(kept: PayslipKept) -> None:
    """Refuses: AmountTooLarge, also of what is only said, or added up, and paid to nobody."""
    sizes = [
        (kept.gross + kept.employer_owes, "its pay"),
        *((line.amount, line.name) for line in kept.lines),
        *((one.amount, f"what is kept of {one.name.partition('/')[2]}") for one in kept.added),
    ]
    for amount, what in sizes:
        if abs(amount) >= LARGEST:
            raise AmountTooLarge(
                f"{what} comes to more than can be kept: mend the agreement or the component"
            )


def _details_of(agreement: PayAgreement, pack: CountryPack) -> Message:
    """What the law must know, as it was kept, maybe by an earlier version of the pack. Not what was said,
    only where: it is nobody else's business.
    """
    try:
        return pack.details.model_validate(agreement.details)
    except ValidationError as wrong:
        where = [".".join(map(str, error["loc"])) for error in wrong.errors(include_input=False)]
        fields = ", ".join(sorted(set(where)))
        raise DetailsNotRead(f"agreement {agreement.code}: enter what the law must know: {fields}") from None


def based_on(person: PersonToPay) -> str:
    """A hash of the sums, of the days without pay, of the loans and garnishment orders, and of the last day
    that a payslip is computed from.
    """
    sums = sorted((one.year, one.name, str(one.amount.normalize())) for one in person.sums if one.amount)
    unpaid = sorted((str(days.first), str(days.last)) for days in person.unpaid)
    taken = [one.model_dump(mode="json") for one in (*person.loans, *person.orders)]
    last_day = [str(person.last_day)] if person.last_day is not None else []
    return hashlib.sha256(to_json([sums, unpaid, taken, *last_day])).hexdigest()


def check_based_on(kept: str, person: PersonToPay) -> None:
    """Refuses: PaidOtherwiseSince."""
    if kept != based_on(person):
        since = "the person was paid by another run since"
        why = f"{since}, or has other days without pay, loans or garnishments, or another last day"
        raise PaidOtherwiseSince(f"{why}: compute the payslip again")


def check_paid_here(employee_code: str, elsewhere: str | None) -> None:
    """Refuses: PaidByAnotherRun."""
    if elsewhere is not None:
        why = f"{employee_code} is paid for some of these days by payslip {elsewhere}"
        raise PaidByAnotherRun(f"{why}: leave the person out of one of the runs")


# As it is kept


def _kept(
    payslip: Payslip, inputs: PayrollInputs, person: PersonToPay, last: PayAgreement, law: LawWords
) -> PayslipKept:
    bics = {one.iban: one.bic for one in last.accounts}
    return PayslipKept(
        lines=tuple(_lines(payslip, person, law)),
        paid_to=tuple(
            PaidTo(iban=iban, bic=bics.get(iban, ""), amount=amount) for iban, amount in payslip.accounts
        ),
        added=tuple(_added(payslip, inputs)),
        gross=payslip.gross,
        net=payslip.net,
        employer_owes=payslip.employer_owes,
        person=PayslipPerson(
            language=last.language,
            details=inputs.person.model_dump(mode="json"),
            cost_centres=last.cost_centres,
        ),
        based_on=based_on(person),
    )


_KINDS = {
    ComponentSign.EARNING: PayslipLineKind.EARNING,
    ComponentSign.PRE_TAX_DEDUCTION: PayslipLineKind.PRE_TAX_DEDUCTION,
    ComponentSign.BENEFIT_IN_KIND: PayslipLineKind.BENEFIT_IN_KIND,
    ComponentSign.EMPLOYER_CONTRIBUTION: PayslipLineKind.EMPLOYER_CONTRIBUTION,
    ComponentSign.INFORMATION: PayslipLineKind.INFORMATION,
}


def _lines(payslip: Payslip, person: PersonToPay, law: LawWords) -> Iterator[PayslipLine]:
    for one in payslip.amounts:
        # What is deducted of the net is shown as it was taken, below.
        if one.component.sign in _KINDS:
            yield _of_component(one)
    for line in payslip.statutory.lines:
        yield _of_law(line, law)
    names = {one.code: one.component.name for one in payslip.amounts} | {NEGATIVE_NET: "Owed from before"}
    loans = {one.code: one.name for one in person.loans}
    for taken in payslip.deductions:
        is_loan = taken.balance is not None
        yield PayslipLine(
            kind=PayslipLineKind.LOAN_REPAID if is_loan else PayslipLineKind.POST_TAX_DEDUCTION,
            code=taken.code,
            name=(loans if is_loan else names).get(taken.code, taken.code),
            amount=taken.taken,
            remaining=taken.balance,
            steps=_steps(taken.steps),
        )
    orders = {one.code: one for one in person.orders}
    for share in payslip.garnished:
        order = orders[share.code]
        yield PayslipLine(
            kind=PayslipLineKind.GARNISHED,
            code=share.code,
            name=f"{order.creditor_name}, {order.reference}" if order.reference else order.creditor_name,
            amount=share.taken,
            authority=order.creditor,
            remaining=None if order.total_amount is None else share.owed,
            steps=_steps(share.steps),
        )


def _of_component(one: ComponentAmount) -> PayslipLine:
    counted = [piece for piece in one.pieces if piece.hours is not None]
    first = counted[0].rate if counted else None
    quantity = sum((piece.hours or ZERO for piece in counted), ZERO)
    return PayslipLine(
        kind=_KINDS[one.component.sign],
        code=one.code,
        name=one.component.name,
        amount=one.amount,
        earned_in=one.earned_in,
        quantity=quantity.quantize(_SIX_DECIMALS) if counted else None,
        rate=first if all(piece.rate == first for piece in counted) else None,
        rule=one.rule,
        steps=_steps(one.steps),
    )


def _of_law(line: StatutoryLine, law: LawWords) -> PayslipLine:
    is_ours = line.bearer is Bearer.EMPLOYER
    return PayslipLine(
        kind=PayslipLineKind.EMPLOYER_OWES if is_ours else PayslipLineKind.WITHHELD,
        code=line.code,
        name=law.name_of(line.code, _KEPT_IN),
        amount=line.amount,
        authority=line.authority,
        earned_in=line.earned_in,
        base=line.base,
        rule=line.rule,
        steps=_steps(line.steps),
    )


def _steps(steps: Steps) -> tuple[FigureStep, ...]:
    return tuple(FigureStep(says=says, amount=amount) for says, amount in steps)


def _added(payslip: Payslip, inputs: PayrollInputs) -> Iterator[Sums]:
    year = payslip.period.paid_on.year
    for name, amount in payslip.statutory.added.items():
        if amount:
            yield Sums(year, OF_LAW + name, amount)
    for of_year, sums in payslip.added.items():
        for code, amount in sums.items():
            if amount:
                yield Sums(of_year, OF_COMPONENT + code, amount)
    for code in sorted({*inputs.arrears, *payslip.owed_on}):
        change = payslip.owed_on.get(code, ZERO) - inputs.arrears.get(code, ZERO)
        if change:
            yield Sums(NO_YEAR, OWED + code, change)
    for one in payslip.deductions:
        if one.balance is not None and one.taken:
            yield Sums(NO_YEAR, OF_LOAN + one.code, -one.taken)
    for share in payslip.garnished:
        if share.taken:
            yield Sums(NO_YEAR, OF_ORDER + share.code, share.taken)
