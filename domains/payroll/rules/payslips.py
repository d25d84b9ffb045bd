"""A person's payslip: what it is computed from, how it is kept, and what it posts."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import to_json

from domains.payroll.messages.kinds import ComponentSign, PayFrequency
from domains.payroll.messages.payslips import FigureStep, PaidTo, PayslipLine, PayslipLineKind, PayslipPerson
from domains.payroll.messages.records import PayAgreement
from domains.payroll.rules.amounts import ComponentAmount, PayBasis, PayItem, Steps
from domains.payroll.rules.components import NEGATIVE_NET, ComponentCatalogue, FixedAmount
from domains.payroll.rules.gross_to_net import PayrollInputs, Payslip, gross_to_net
from domains.payroll.rules.law_words import LawWords, words_of
from domains.payroll.rules.proration import Span, WorkCalendar
from domains.payroll.rules.records import bank_shares
from domains.payroll.rules.runs import PayrollRunKept
from domains.payroll.rules.statutory import Bearer, CountryPack, PayPeriod, StatutoryLine, YearToDate
from foundation.values.errors import BusinessError
from foundation.values.messages import Message
from foundation.values.money import ZERO

OF_LAW, OF_COMPONENT, OWED = "law/", "component/", "owed/"
"""What is added up of payslips: by the pack and by component in a year; and what is owed on from one to the
next, whatever the year.
"""
NO_YEAR = 0
_SATURDAY = 5
_A_DAY = timedelta(days=1)
LARGEST = Decimal(10) ** 11
"""What a payslip comes to is kept with twelve digits before the point."""
_SIX_DECIMALS = Decimal("0.000001")
_KEPT_IN = "en"
"""What the law's lines are called as they are kept and posted. A PDF calls them in the person's language."""


class NoAgreement(BusinessError):
    """The person has no agreement in the period any more."""


class NothingEarned(BusinessError):
    """The agreement names nothing that comes to anything in the period."""


class AmountTooLarge(BusinessError):
    """The payslip comes to more than can be kept."""


class NegativeNet(BusinessError):
    """What is to be deducted is more than there is: nothing would be paid, and some would be owed back."""


class NoAccountToPayTo(BusinessError):
    """The agreement names no account for the net pay."""


class DetailsNotRead(BusinessError):
    """The country's law must know something of the person that the agreement does not say."""


class NotPosted(BusinessError):
    """The payslip is not posted: there is nothing to take back, or to hand out."""

    status = 409


class PaidOtherwiseSince(BusinessError):
    """The person was paid by another run since the payslip was computed: it is to be computed again."""


class PaidByAnotherRun(BusinessError):
    """Another run pays the person for some of these days."""


class NotComputed(BusinessError):
    """The payslip was to be computed, and the computation was given up."""


class NotPostedWithItsRun(BusinessError):
    """The payslip was to be posted, and the posting was given up."""


class Sums(NamedTuple):
    """What was added up of somebody's payslips: of one year, or of none, under one name."""

    year: int
    name: str
    amount: Decimal


@dataclass(frozen=True)
class PersonToPay:
    """What of a person a payslip is computed from."""

    employee_code: str
    agreements: Sequence[PayAgreement]
    """All of them, also of other pay groups, in the order in which they hold."""
    sums: Sequence[Sums]


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
    person: PersonToPay, run: PayrollRunKept, catalogue: ComponentCatalogue, pack: CountryPack
) -> PayslipKept:
    """Compute what a person is paid by a run.

    Refuses: NoAgreement, DetailsNotRead, NothingEarned, NegativeNet, NoAccountToPayTo, AmountTooLarge, and
    what `gross_to_net` refuses.
    """
    agreements = [
        one
        for one in person.agreements
        if one.pay_group_code == run.pay_group_code and days_of(one, run) is not None
    ]
    if not agreements:
        raise NoAgreement(f"{person.employee_code} has no agreement from {run.starts_on} to {run.ends_on}")
    last = agreements[-1]
    inputs = PayrollInputs(
        person=_details_of(last, pack),
        basis=_basis(agreements, run, catalogue, person),
        catalogue=catalogue,
        to_date=YearToDate(
            this_year=_named(person.sums, run.paid_on.year, OF_LAW),
            last_year=_named(person.sums, run.paid_on.year - 1, OF_LAW),
        ),
        arrears={name: sum_ for name, sum_ in _named(person.sums, NO_YEAR, OWED).items() if sum_},
        accounts=bank_shares(last.accounts),
    )
    payslip = gross_to_net(inputs, pack)
    if not any([one.amount for one in payslip.amounts] + [one.amount for one in payslip.statutory.lines]):
        raise NothingEarned("nothing is to be paid or withheld: leave the person out, or mend the agreement")
    if payslip.gross + payslip.employer_owes >= LARGEST:
        raise AmountTooLarge("more is to be paid than can be kept: mend the agreement")
    if payslip.net < 0:
        raise NegativeNet("more is to be deducted than there is: leave the person out, or mend the agreement")
    if payslip.paid and not payslip.accounts:
        raise NoAccountToPayTo("enter an account in the agreement")
    return _kept(payslip, inputs, person, last, words_of(run.country))


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


def days_of(agreement: PayAgreement, run: PayrollRunKept) -> Span | None:
    """The days of a run's period on which an agreement holds, if any."""
    holds = Span(agreement.valid_from, agreement.valid_to or date.max)
    return holds.within(Span(run.starts_on, run.ends_on))


def _basis(
    agreements: Sequence[PayAgreement],
    run: PayrollRunKept,
    catalogue: ComponentCatalogue,
    person: PersonToPay,
) -> PayBasis:
    first, last = agreements[0], agreements[-1]
    frequency = PayFrequency(run.frequency)
    since, until = _employment(person.agreements, first, last)
    period = PayPeriod(run.starts_on, run.ends_on, run.paid_on, frequency, since, until)
    return PayBasis(
        period=period,
        currency=run.currency,
        items=tuple(_items(agreements, run, catalogue)),
        employed=Span(first.valid_from, last.valid_to or date.max),
        gaps=tuple(_gaps(agreements)),
        calendar=WorkCalendar(working_days=_weekdays(run)),
        figures={"hours_a_week": last.hours_a_week},
        to_date=_named(person.sums, run.paid_on.year, OF_COMPONENT),
    )


def _employment(
    agreements: Sequence[PayAgreement], first: PayAgreement, last: PayAgreement
) -> tuple[date, date | None]:
    """From when to when somebody works for us without a break: an agreement that another one follows on the
    next day, in whichever group, ends no employment.
    """
    since, until = first.valid_from, last.valid_to
    for one in sorted(agreements, key=lambda one: one.valid_from, reverse=True):
        if one.valid_to is not None and one.valid_to == since - _A_DAY:
            since = one.valid_from
    for one in sorted(agreements, key=lambda one: one.valid_from):
        if until is not None and one.valid_from == until + _A_DAY:
            until = one.valid_to
    return since, until


def _gaps(agreements: Sequence[PayAgreement]) -> Iterator[Span]:
    """The days between two agreements of a period, which no amount is of."""
    for one, following in pairwise(agreements):
        assert one.valid_to is not None, "one that another follows has a last day"
        if following.valid_from > one.valid_to + _A_DAY:
            yield Span(one.valid_to + _A_DAY, following.valid_from - _A_DAY)


def _items(
    agreements: Sequence[PayAgreement], run: PayrollRunKept, catalogue: ComponentCatalogue
) -> Iterator[PayItem]:
    """What agreements say, each for its days. A fixed amount that is paid whole, whichever days it is of, is
    paid once: as the last of them says that names it. Hours add up.
    """
    for place, agreement in enumerate(agreements):
        holds = days_of(agreement, run)
        assert holds is not None, "agreements of other days were left out"
        later = {one.component for other in agreements[place + 1 :] for one in other.items}
        for one in agreement.items:
            if one.component in later and _is_paid_whole(one.component, catalogue):
                continue
            yield PayItem(one.component, holds, one.amount, one.rate, one.quantity)


def _is_paid_whole(code: str, catalogue: ComponentCatalogue) -> bool:
    component = catalogue.components.get(code)
    return (
        component is not None
        and component.proration is None
        and all(isinstance(version.kind, FixedAmount) for version in component.versions)
    )


def _weekdays(run: PayrollRunKept) -> tuple[date, ...]:
    """Monday to Friday: holidays are paid as if they were worked."""
    days = (run.starts_on + timedelta(days=n) for n in range((run.ends_on - run.starts_on).days + 1))
    return tuple(day for day in days if day.weekday() < _SATURDAY)


def _named(sums: Iterable[Sums], year: int, of: str) -> dict[str, Decimal]:
    return {
        one.name.removeprefix(of): one.amount for one in sums if one.year == year and one.name.startswith(of)
    }


def based_on(sums: Iterable[Sums]) -> str:
    """A hash of the sums that a payslip is computed from."""
    told = sorted((one.year, one.name, str(one.amount.normalize())) for one in sums if one.amount)
    return hashlib.sha256(to_json(told)).hexdigest()


def check_based_on(kept: str, sums: Iterable[Sums]) -> None:
    """Refuses: PaidOtherwiseSince."""
    if kept != based_on(sums):
        raise PaidOtherwiseSince("the person was paid by another run since: compute the payslip again")


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
        lines=tuple(_lines(payslip, law)),
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
        based_on=based_on(person.sums),
    )


_KINDS = {
    ComponentSign.EARNING: PayslipLineKind.EARNING,
    ComponentSign.PRE_TAX_DEDUCTION: PayslipLineKind.PRE_TAX_DEDUCTION,
    ComponentSign.BENEFIT_IN_KIND: PayslipLineKind.BENEFIT_IN_KIND,
    ComponentSign.EMPLOYER_CONTRIBUTION: PayslipLineKind.EMPLOYER_CONTRIBUTION,
    ComponentSign.INFORMATION: PayslipLineKind.INFORMATION,
}


def _lines(payslip: Payslip, law: LawWords) -> Iterator[PayslipLine]:
    names = {one.code: one.component.name for one in payslip.amounts}
    for one in payslip.amounts:
        # What is deducted of the net is shown as it was taken, below.
        if one.component.sign in _KINDS:
            yield _of_component(one)
    for line in payslip.statutory.lines:
        yield _of_law(line, law)
    for taken in payslip.deductions:
        name = "Owed from before" if taken.code == NEGATIVE_NET else names.get(taken.code, taken.code)
        yield PayslipLine(
            kind=PayslipLineKind.POST_TAX_DEDUCTION,
            code=taken.code,
            name=name,
            amount=taken.taken,
            steps=_steps(taken.steps),
        )
    for share in payslip.garnished:
        yield PayslipLine(
            kind=PayslipLineKind.GARNISHED,
            code=share.code,
            name=share.code,
            amount=share.taken,
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
