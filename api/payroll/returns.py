"""What an employer tells authorities of wages: returns, statements and certificates as figures."""

from typing import Annotated

from fastapi import Query

from api.door import Asked, Router, allows
from domains.payroll.countries import known, pack_of
from domains.payroll.messages.returns import (
    PayrollReturnKind,
    PayrollReturnsView,
    PayrollReturnView,
    ReturnFigureView,
)
from domains.payroll.queries import returns as queries
from domains.payroll.rules.returns import PreparedReturn, days_of, return_kind, returns_of

router = Router(prefix="/v1/payroll-returns", tags=["Payroll"], notes_reads=True)
SEE = allows("payroll.return.see")
Country = Annotated[str, Query(description="Whose law, ISO 3166", examples=["DE"])]
Period = Annotated[
    str, Query(description="2026-03, 2026-Q1 or 2026, as the return is of", examples=["2026-03"])
]


@router.get("", dependencies=[SEE])
async def payroll_returns(asked: Asked) -> list[PayrollReturnKind]:
    """The returns that the countries of the company's pay groups ask for."""
    async with asked.read() as tx:
        paid_in = await queries.countries_paid_in(tx)
    packs = [pack_of(country) for country in paid_in if country in known()]
    return [
        PayrollReturnKind(
            country=pack.country,
            kind=name,
            name=kind.name,
            law=kind.law,
            each=kind.each,
            basis=kind.basis,
        )
        for pack in packs
        for name, kind in sorted(returns_of(pack).items())
    ]


@router.get("/{kind}", dependencies=[SEE])
async def one_payroll_return(kind: str, country: Country, period: Period, asked: Asked) -> PayrollReturnsView:
    """The returns of one kind for a period, of payslips that are posted and were not taken back: what a
    person or a programme enters at the authority.
    """
    pack = pack_of(country)
    wanted = return_kind(pack, kind)
    first, last = days_of(wanted.each, period, pack)
    async with asked.read() as tx:
        payments = await queries.payments_of(tx, country, wanted, first, last)
    return PayrollReturnsView(
        country=country,
        kind=kind,
        name=wanted.name,
        law=wanted.law,
        each=wanted.each,
        basis=wanted.basis,
        starts_on=first,
        ends_on=last,
        due_on=wanted.due_on(first),
        currency=pack.currency,
        returns=tuple(_view(one) for one in wanted.prepare(first, payments)),
    )


def _view(prepared: PreparedReturn) -> PayrollReturnView:
    figures = (
        ReturnFigureView(number=one.number, name=one.name, amount=one.amount) for one in prepared.figures
    )
    return PayrollReturnView(about=prepared.about, to_pay=prepared.to_pay, figures=tuple(figures))


routers = [router]
