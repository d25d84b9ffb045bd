"""What a pay group, a component and a pay agreement may be, and components as the engine computes them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from domains.master_data.rules.bank_details import normal_bank_details
from domains.payroll import countries
from domains.payroll.messages.kinds import ProrationMethod
from domains.payroll.messages.records import (
    ComponentVersionAsked,
    PayAccount,
    PayAgreement,
    PutPayComponent,
    PutPayGroup,
)
from domains.payroll.rules.components import (
    BracketTable,
    ByFormula,
    ComponentCatalogue,
    ComponentKind,
    ComponentVersion,
    FixedAmount,
    PayBracket,
    PayComponent,
    PayRounding,
    PercentageOf,
    PostTax,
    RateTimesQuantity,
)
from domains.payroll.rules.deductions import BankShare, BankShareKind
from domains.payroll.rules.formulas import Formula
from foundation.values.errors import BusinessError, FieldError, Invalid, Refusals
from foundation.values.money import HUNDRED, ZERO

CENT = Decimal("0.01")
FIGURES = ("hours_a_week",)
"""What formulas may name besides components: what an agreement says of the person."""


class AgreementsOverlap(BusinessError):
    """Another agreement with the person holds on some of these days."""

    status = 409


def check_group(
    put: PutPayGroup, known: PutPayGroup | None, *, currency: str, calendars: Collection[str]
) -> None:
    """Refuses: Invalid. `calendars` are the holiday calendars that there are."""
    refusals = Refusals()
    if put.country not in countries.known():
        there = ", ".join(countries.known())
        refusals.add("country", f"no pack knows the law of {put.country}; there are: {there}")
    elif (of_law := countries.pack_of(put.country).currency) != currency:
        refusals.add("country", f"its law reckons in {of_law}, and the company's books are in {currency}")
    if known is not None and known.country != put.country:
        refusals.add("country", f"{put.code} is paid by the law of {known.country}: make another group")
    if put.holiday_calendar_code is not None and put.holiday_calendar_code not in calendars:
        why = f"there is no holiday calendar {put.holiday_calendar_code}; create it first"
        refusals.add("holiday_calendar_code", why)
    refusals.raise_if_any()


# Components


def check_component(
    put: PutPayComponent, known: PutPayComponent | None, others: Iterable[PutPayComponent]
) -> None:
    """Refuses: Invalid, with each field that is wrong, or with what is wrong with it among the others."""
    refusals = Refusals()
    if known is not None and known.country != put.country:
        refusals.add(
            "country", f"{put.code} is treated by the law of {known.country}: make another component"
        )
    if put.country not in countries.known():
        refusals.add("country", f"no pack knows the law of {put.country}")
    if put.proration is ProrationMethod.HOURS:
        refusals.add("proration", "hours worked are not kept yet: choose calendar_days or working_days")
    if (most := put.post_tax.most) is not None and most != most.quantize(CENT):
        refusals.add("post_tax.most", "is in whole cents")
    for place, version in enumerate(put.versions):
        _check_version(version, f"versions.{place}", refusals)
    refusals.raise_if_any()
    try:
        catalogue_of([*others, put], put.country)
    except BusinessError as wrong:
        places = {f"versions.{version.valid_from}": f"versions.{n}" for n, version in enumerate(put.versions)}
        errors = _of_one(wrong.errors, put.code, places) or [("versions", wrong.detail)]
        raise Invalid(wrong.detail, errors=errors) from None


def _of_one(errors: Iterable[FieldError], code: str, places: dict[str, str]) -> list[tuple[str, str]]:
    """The fields of a component as its request has them, and those of others as they are called."""
    found = []
    for error in errors:
        field = error.field.removeprefix(f"components.{code}").removeprefix(".") or "code"
        day, _, rest = field.partition(".")
        where = places.get(f"versions.{day}")
        found.append((f"{where}.{rest}" if where else field, error.message))
    return found


def catalogue_of(components: Iterable[PutPayComponent], country: str) -> ComponentCatalogue:
    """All components of a country, as they are computed. Refuses: what a catalogue refuses."""
    treatments = countries.pack_of(country).treatments
    return ComponentCatalogue.of(
        [_component(one) for one in components], treatments=treatments, figures=FIGURES
    )


def _component(put: PutPayComponent) -> PayComponent:
    return PayComponent(
        code=put.code,
        name=put.name,
        sign=put.sign,
        versions=tuple(_version(version) for version in put.versions),
        treatment=put.treatment,
        counts_as_base=put.counts_as_base,
        proration=put.proration,
        post_tax=PostTax(**put.post_tax.model_dump()),
    )


def _version(asked: ComponentVersionAsked) -> ComponentVersion:
    return ComponentVersion(
        valid_from=asked.valid_from,
        kind=_kind(asked),
        rounding=PayRounding(asked.round_to, asked.round_how) if asked.round_to is not None else None,
        most_a_period=asked.most_a_period,
        most_a_year=asked.most_a_year,
    )


def _kind(asked: ComponentVersionAsked) -> ComponentKind:
    match asked.kind:
        case "fixed":
            return FixedAmount(asked.amount)
        case "rate":
            return RateTimesQuantity(asked.rate)
        case "percentage":
            return PercentageOf(asked.of, asked.percent)
        case "formula":
            return ByFormula(Formula.parse(asked.formula))
        case "brackets":
            brackets = tuple(PayBracket(one.above, one.percent, one.fixed) for one in asked.brackets)
            return BracketTable(asked.of, brackets, asked.is_marginal)


_GIVEN_FOR = {
    "amount": "fixed",
    "rate": "rate",
    "percent": "percentage",
    "formula": "formula",
    "brackets": "brackets",
}


def _check_version(version: ComponentVersionAsked, field: str, refusals: Refusals) -> None:
    """Note what is said of another kind, and would be passed over; and a formula that is none."""
    for name, kind in _GIVEN_FOR.items():
        if getattr(version, name) not in (None, "", ()) and version.kind != kind:
            refusals.add(f"{field}.{name}", f"is of the kind {kind}, and this one is {version.kind}")
    if version.of and version.kind not in ("percentage", "brackets"):
        refusals.add(f"{field}.of", "is of the kinds percentage and brackets")
    if version.kind == "formula":
        try:
            Formula.parse(version.formula)
        except BusinessError as wrong:
            refusals.add(f"{field}.formula", wrong.detail)


# Agreements


@dataclass(frozen=True)
class AgreementContext:
    """What an agreement is held against."""

    is_employed: bool
    """Whether there is an employee of that number."""
    group: PutPayGroup | None
    components: Sequence[PutPayComponent]
    cost_centres: Collection[str]
    others: Sequence[PayAgreement]
    """The person's other agreements."""
    known: PayAgreement | None = None
    """The agreement as it stands; None when it is new."""
    changed_by: str = ""
    """Who has changed it last."""


def checked_agreement(put: PayAgreement, context: AgreementContext) -> dict[str, Any]:
    """The agreement as it is kept. No refusal repeats an amount, an account or what the law must know.

    Refuses: Invalid, with every field that is wrong; AgreementsOverlap.
    """
    refusals = Refusals()
    if not context.is_employed:
        refusals.add("employee_code", f"there is no employee {put.employee_code}; create them first")
    if context.known is not None and context.known.employee_code != put.employee_code:
        why = f"{put.code} stays with {context.known.employee_code}: end it, and make another"
        refusals.add("employee_code", why)
    if context.group is None:
        refusals.add("pay_group_code", f"there is no pay group {put.pay_group_code}; create it first")
    elif context.group.blocked:
        refusals.add("pay_group_code", f"{put.pay_group_code} is blocked")
    if put.valid_to is not None and put.valid_to < put.valid_from:
        refusals.add("valid_to", "is before it begins")
    details = _checked_details(put, context.group, refusals) if context.group else {}
    _check_items(put, context, refusals)
    _check_cost_centres(put, context, refusals)
    accounts = _checked_accounts(put.accounts, refusals)
    refusals.raise_if_any()
    for other in context.others:
        if _overlap(put, other):
            why = f"{other.code} holds on some of these days: end it first, with valid_to"
            raise AgreementsOverlap(f"valid_from: {why}", errors=[("valid_from", why)])
    return PayAgreement.model_dump(put, exclude={"items"}) | {
        "pay_items": [one.model_dump(mode="json") for one in put.items],
        "cost_centres": [one.model_dump(mode="json") for one in put.cost_centres],
        "details": details,
        "accounts": accounts,
    }


def _checked_details(put: PayAgreement, group: PutPayGroup, refusals: Refusals) -> dict[str, Any]:
    """What the law must know, as its pack reads it; only what was said."""
    try:
        read = countries.pack_of(group.country).details.model_validate(put.details)
    except ValidationError as wrong:
        for error in wrong.errors(include_input=False, include_url=False):
            refusals.add(".".join(("details", *map(str, error["loc"]))), error["msg"])
        return {}
    return read.model_dump(mode="json", exclude_unset=True)


def _check_items(put: PayAgreement, context: AgreementContext, refusals: Refusals) -> None:
    known = {one.code for one in context.components}
    for place, item in enumerate(put.items):
        if item.component not in known and context.group is not None:
            refusals.add(
                f"items.{place}.component",
                f"there is no component {item.component} of {context.group.country}; create it first",
            )


def _check_cost_centres(put: PayAgreement, context: AgreementContext, refusals: Refusals) -> None:
    for place, share in enumerate(put.cost_centres):
        if share.cost_centre not in context.cost_centres:
            refusals.add(
                f"cost_centres.{place}.cost_centre",
                f"there is no cost centre {share.cost_centre} in use; create it first",
            )
    if put.cost_centres and sum((one.percent for one in put.cost_centres), ZERO) != HUNDRED:
        refusals.add("cost_centres", "are not 100 per cent together")


def _checked_accounts(accounts: Sequence[PayAccount], refusals: Refusals) -> list[dict[str, Any]]:
    kept = []
    for place, account in enumerate(accounts):
        field = f"accounts.{place}"
        found = Refusals()
        details = normal_bank_details(account, found)
        for error in found.errors:
            # What is wrong is not shown: it is somebody's account.
            refusals.add(
                f"{field}.{error.field}", error.message.removeprefix(getattr(account, error.field)).strip()
            )
        is_last = place == len(accounts) - 1
        said = [name for name in ("amount", "percent") if getattr(account, name) is not None]
        if len(said) > 1:
            refusals.add(f"{field}.percent", "say an amount or a percentage, not both")
        if is_last and said:
            refusals.add(f"{field}.{said[0]}", "the last account takes the rest: leave it out")
        if not is_last and not said:
            refusals.add(f"{field}.amount", "say how much goes there; only the last account takes the rest")
        kept.append(account.model_dump(mode="json") | details)
    return kept


def accounts_so_far(put: PayAgreement, context: AgreementContext) -> tuple[PayAccount, ...]:
    """Where the person is paid until a change has taken effect: to the agreement's own accounts, or those of
    the agreement that it follows, else of the first one after it. Empty when nothing is said yet.
    """
    if context.known is not None:
        return context.known.accounts
    others = sorted((one for one in context.others if one.accounts), key=lambda one: one.valid_from)
    before = [one for one in others if one.valid_from <= put.valid_from]
    nearest = before[-1:] or others[:1]
    return nearest[0].accounts if nearest else ()


def goes_elsewhere(put: PayAgreement, so_far: tuple[PayAccount, ...], *, is_new: bool) -> bool:
    """Whether money would go elsewhere, or in other shares. A new agreement may leave its accounts out; one
    of somebody who is paid for the first time names them.
    """
    if is_new and (not so_far or not put.accounts):
        return False
    return normal_accounts(put.accounts) != normal_accounts(so_far)


def normal_accounts(accounts: Iterable[PayAccount]) -> list[PayAccount]:
    """Accounts with IBAN and BIC as they are kept, in their order; they have been found right before."""
    return [one.model_copy(update=normal_bank_details(one, Refusals())) for one in accounts]


def as_kept(accounts: Iterable[PayAccount]) -> list[dict[str, Any]]:
    """The same as an agreement's row has them."""
    return [one.model_dump(mode="json") for one in normal_accounts(accounts)]


def _overlap(one: PayAgreement, other: PayAgreement) -> bool:
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)


def bank_shares(accounts: Sequence[PayAccount]) -> tuple[BankShare, ...]:
    """The accounts of an agreement, as the engine splits the net over them."""
    return tuple(_share(one) for one in accounts)


def _share(account: PayAccount) -> BankShare:
    if account.amount is not None:
        return BankShare(account.iban, BankShareKind.FIXED, account.amount)
    if account.percent is not None:
        return BankShare(account.iban, BankShareKind.PERCENT, account.percent)
    return BankShare(account.iban, BankShareKind.REST, Decimal(0))
