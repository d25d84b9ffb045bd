"""Pay groups, components of pay, and what is agreed with people, as they are read."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ARRAY, Date, Text, and_, any_, bindparam, exists, func, or_, select

from domains.master_data.parties import PartyType
from domains.master_data.tables import PartyRow
from domains.payroll.messages.records import PayAgreement, PutPayComponent, PutPayGroup, YearOpening
from domains.payroll.messages.runs import PayslipKind, PayslipStatus
from domains.payroll.tables import (
    PayAgreementRecord,
    PayComponentRecord,
    PayGroup,
    PayrollRunRow,
    PayslipRow,
    YearOpeningRecord,
)
from foundation.database.connections import columns_for
from foundation.database.lists import Listing, equal, named, only
from foundation.database.transaction import Transaction


class PayGroupView(PutPayGroup):
    """A pay group, with the version that a change names."""

    version: int


class PayComponentView(PutPayComponent):
    """A component of pay, with the version that a change names."""

    version: int


class PayAgreementView(PayAgreement):
    """What is agreed with somebody, with the version that a change names."""

    version: int


class YearOpeningView(YearOpening):
    """What was paid to somebody before, with the version that a change names."""

    version: int


class AgreementWithAuthor(PayAgreementView):
    """The same, with who has changed it last."""

    changed_by: str


_GROUPS = select(*columns_for(PayGroup, PayGroupView))
_GROUP = _GROUPS.where(PayGroup.code == bindparam("code"))
_COMPONENTS = select(*columns_for(PayComponentRecord, PayComponentView))
_COMPONENT = _COMPONENTS.where(PayComponentRecord.code == bindparam("code"))
_OF_COUNTRY = _COMPONENTS.where(PayComponentRecord.country == bindparam("country")).order_by(
    PayComponentRecord.code
)
_AGREEMENTS = select(*columns_for(PayAgreementRecord, PayAgreementView, items=PayAgreementRecord.pay_items))
_AGREEMENT = _AGREEMENTS.where(PayAgreementRecord.code == bindparam("code"))
_WITH_AUTHOR = _AGREEMENT.add_columns(PayAgreementRecord.changed_by).with_for_update()
_OF_EMPLOYEES = _AGREEMENTS.where(
    PayAgreementRecord.employee_code == any_(bindparam("employees", type_=ARRAY(Text)))
).order_by(PayAgreementRecord.employee_code, PayAgreementRecord.valid_from)
_IS_PAID = and_(PartyRow.type == PartyType.EMPLOYEE.value, PartyRow.code == PayAgreementRecord.employee_code)
_UNTIL_LAST_DAY = (
    select(
        *columns_for(
            PayAgreementRecord,
            PayAgreementView,
            items=PayAgreementRecord.pay_items,
            valid_to=func.least(PayAgreementRecord.valid_to, PartyRow.ends_on),
        )
    )
    .join(PartyRow, _IS_PAID)
    .where(
        PayAgreementRecord.employee_code == any_(bindparam("employees", type_=ARRAY(Text))),
        or_(PartyRow.ends_on.is_(None), PartyRow.ends_on >= PayAgreementRecord.valid_from),
    )
    .order_by(PayAgreementRecord.employee_code, PayAgreementRecord.valid_from)
)
_LAST_DAYS = select(PartyRow.code, PartyRow.ends_on).where(
    PartyRow.type == PartyType.EMPLOYEE.value,
    PartyRow.code == any_(bindparam("employees", type_=ARRAY(Text))),
    PartyRow.ends_on <= bindparam("until", type_=Date),
)
_STARTS, _ENDS = bindparam("starts_on", type_=Date), bindparam("ends_on", type_=Date)
_TO_PAY = (
    select(PayAgreementRecord.employee_code)
    .distinct()
    .join(PartyRow, _IS_PAID)
    .where(
        or_(
            PartyRow.ends_on.is_(None),
            and_(PartyRow.ends_on >= _STARTS, PartyRow.ends_on >= PayAgreementRecord.valid_from),
        ),
        PayAgreementRecord.pay_group_code == bindparam("group"),
        PayAgreementRecord.valid_from <= _ENDS,
        or_(PayAgreementRecord.valid_to.is_(None), PayAgreementRecord.valid_to >= _STARTS),
        ~exists().where(
            PayrollRunRow.id == PayslipRow.run_id,
            PayrollRunRow.pay_group_code == bindparam("group"),
            PayslipRow.employee_code == PayAgreementRecord.employee_code,
            PayslipRow.status == PayslipStatus.POSTED.value,
            PayslipRow.kind == PayslipKind.REGULAR.value,
            PayslipRow.starts_on <= _ENDS,
            PayslipRow.ends_on >= _STARTS,
        ),
    )
    .order_by(PayAgreementRecord.employee_code)
)
_OPENINGS = select(*columns_for(YearOpeningRecord, YearOpeningView))
_OPENING = _OPENINGS.where(YearOpeningRecord.code == bindparam("code"))
_OPENINGS_OF = _OPENINGS.where(YearOpeningRecord.employee_code == bindparam("employee"))
PAY_GROUPS = Listing(
    name="pay_groups",
    about="Who is paid together, by code.",
    view=PayGroupView,
    rows=_GROUPS,
    filters=(
        equal(PayGroup.country),
        only("only_in_use", PayGroup.blocked.is_(False), "Only those that are not blocked"),
    ),
    sorts=named(PayGroup.code, PayGroup.name),
    order="code",
    unique=(PayGroup.code,),
)
PAY_COMPONENTS = Listing(
    name="pay_components",
    about="What pay is made of, by code.",
    view=PayComponentView,
    rows=_COMPONENTS,
    filters=(equal(PayComponentRecord.country), equal(PayComponentRecord.sign)),
    sorts=named(PayComponentRecord.code, PayComponentRecord.name),
    order="code",
    unique=(PayComponentRecord.code,),
)
PAY_AGREEMENTS = Listing(
    name="pay_agreements",
    about="What is agreed with people, by code.",
    view=PayAgreementView,
    rows=_AGREEMENTS,
    filters=(
        equal(PayAgreementRecord.employee_code, "employee"),
        equal(PayAgreementRecord.pay_group_code, "pay_group"),
    ),
    sorts=named(PayAgreementRecord.code, PayAgreementRecord.employee_code, PayAgreementRecord.valid_from),
    order="code",
    unique=(PayAgreementRecord.code,),
)


YEAR_OPENINGS = Listing(
    name="year_openings",
    about="What was paid to people before we paid it, by code.",
    view=YearOpeningView,
    rows=_OPENINGS,
    filters=(equal(YearOpeningRecord.employee_code, "employee"), equal(YearOpeningRecord.year)),
    sorts=named(YearOpeningRecord.code, YearOpeningRecord.employee_code, YearOpeningRecord.year),
    order="code",
    unique=(YearOpeningRecord.code,),
)


async def pay_group(tx: Transaction, code: str) -> PayGroupView | None:
    """One of them."""
    row = (await tx.execute(_GROUP, {"code": code})).one_or_none()
    return None if row is None else PayGroupView.model_validate(row._asdict())


async def pay_component(tx: Transaction, code: str) -> PayComponentView | None:
    """One of them."""
    row = (await tx.execute(_COMPONENT, {"code": code})).one_or_none()
    return None if row is None else PayComponentView.model_validate(row._asdict())


async def pay_components(tx: Transaction, country: str) -> list[PayComponentView]:
    """All of a country, by code."""
    rows = await tx.execute(_OF_COUNTRY, {"country": country})
    return [PayComponentView.model_validate(row._asdict()) for row in rows]


async def pay_agreement(tx: Transaction, code: str) -> PayAgreementView | None:
    """One of them."""
    row = (await tx.execute(_AGREEMENT, {"code": code})).one_or_none()
    return None if row is None else PayAgreementView.model_validate(row._asdict())


async def year_opening(tx: Transaction, code: str) -> YearOpeningView | None:
    """One of them."""
    row = (await tx.execute(_OPENING, {"code": code})).one_or_none()
    return None if row is None else YearOpeningView.model_validate(row._asdict())


async def year_openings(tx: Transaction, employee: str) -> list[YearOpeningView]:
    """All of a person."""
    rows = await tx.execute(_OPENINGS_OF, {"employee": employee})
    return [YearOpeningView.model_validate(row._asdict()) for row in rows]


async def agreement_with_author(tx: Transaction, code: str) -> AgreementWithAuthor | None:
    """One of them under its lock."""
    row = (await tx.execute(_WITH_AUTHOR, {"code": code})).one_or_none()
    return None if row is None else AgreementWithAuthor.model_validate(row._asdict())


async def pay_agreements(tx: Transaction, employees: Iterable[str]) -> list[PayAgreementView]:
    """All of some people, by person and from when they hold."""
    rows = await tx.execute(_OF_EMPLOYEES, {"employees": sorted(set(employees))})
    return [PayAgreementView.model_validate(row._asdict()) for row in rows]


async def agreements_until_last_day(tx: Transaction, employees: Iterable[str]) -> list[PayAgreementView]:
    """What some people are paid by: the same as `pay_agreements`, but no day past the last of employment."""
    rows = await tx.execute(_UNTIL_LAST_DAY, {"employees": sorted(set(employees))})
    return [PayAgreementView.model_validate(row._asdict()) for row in rows]


async def last_days(tx: Transaction, employees: Iterable[str], until: date) -> dict[str, date]:
    """The last days of employment of some people, by person: those that are none after a day."""
    asked = {"employees": sorted(set(employees)), "until": until}
    return {row.code: row.ends_on for row in await tx.execute(_LAST_DAYS, asked)}


async def people_to_pay(tx: Transaction, group: str, starts_on: date, ends_on: date) -> list[str]:
    """Everybody with an agreement of a group on some of these days, whom that group has not paid for any, and
    whose employment lasts until one of them.
    """
    return list(await tx.scalars(_TO_PAY, {"group": group, "starts_on": starts_on, "ends_on": ends_on}))
