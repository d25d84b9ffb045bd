"""Records: written by their code, refused with all that is wrong, and never over somebody else's change."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from asyncpg import PostgresError
from sqlalchemy import text

from activities import master_data
from activities.master_data.companies import CurrencyIsFixed
from domains.master_data import queries
from domains.master_data.messages import (
    CostingMethod,
    ItemKind,
    PutExchangeRate,
    PutPaymentTerms,
    PutTaxCode,
    TaxChange,
    TaxKind,
    TermsChange,
    UnitsChange,
)
from domains.master_data.messages.tolerances import PutMatchingTolerance
from domains.master_data.rules.rates import NoExchangeRate
from domains.master_data.rules.validity import CannotChange
from domains.master_data.views import CustomerView, ItemView
from foundation.database.connections import database
from foundation.database.records import NEW, ChangedMeanwhile, ExistsAlready
from foundation.values.errors import Conflict, Invalid
from foundation.values.messages import Caller, Message
from tests.builders.master_data import (
    A_DAY,
    Registrar,
    a_company,
    a_customer,
    a_price,
    a_price_list,
    a_tax_code,
    an_item,
    percent,
)


async def the_customer(registrar: Registrar, code: str = "C1") -> CustomerView:
    """A customer as it stands."""
    async with database().read(registrar.caller.company) as tx:
        found = await queries.customer(tx, code)
    assert found is not None
    return found


async def the_item(registrar: Registrar, code: str = "BOLT") -> ItemView:
    """An item as it stands."""
    async with database().read(registrar.caller.company) as tx:
        return (await queries.items(tx, [code]))[code]


def fields_of(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    """The fields that a refusal names, in its order."""
    return [error.field for error in refusal.value.errors]


async def test_a_record_is_new_once_and_then_changed(registrar: Registrar) -> None:
    first = await registrar.put(a_customer("NEW"))
    second = await registrar.put(a_customer("NEW", name="Another name"))

    assert (first.code, first.created, second.created) == ("NEW", True, False)
    known = await the_customer(registrar, "NEW")
    assert (known.name, known.version) == ("Another name", 2)


async def test_a_record_comes_back_as_it_was_put(registrar: Registrar) -> None:
    asked = an_item(
        "NUT", weight_kg=Decimal("0.012"), costing_method=CostingMethod.FIFO, group="small things"
    )

    await registrar.put(asked)

    assert dict(await the_item(registrar, "NUT")) == dict(asked) | {"version": 1}


async def test_the_same_key_writes_once_and_another_record_under_it_is_a_conflict(
    registrar: Registrar,
) -> None:
    once = await registrar.put(a_customer("NEW"), key="put")
    again = await registrar.put(a_customer("NEW"), key="put")

    assert once == again
    assert (await the_customer(registrar, "NEW")).version == 1
    with pytest.raises(Conflict):
        await registrar.put(a_customer("NEW", name="Another name"), key="put")


async def test_all_codes_that_name_nothing_are_told_at_once(registrar: Registrar) -> None:
    wrong = a_customer("NEW", price_list_code="GHOST", payment_terms_code="GHOST", tax_code="GHOST")

    with pytest.raises(Invalid) as refused:
        await registrar.put(wrong)

    assert fields_of(refused) == ["price_list_code", "payment_terms_code", "tax_code"]


async def test_an_item_is_refused_with_its_tax_code_and_its_units(registrar: Registrar) -> None:
    twice = [{"unit": "pc", "factor": "1"}, {"unit": "box", "factor": "10"}, {"unit": "box", "factor": "12"}]
    wrong = {"code": "NEW", "name": "New", "tax_code": "GHOST", "units": twice}

    with pytest.raises(Invalid) as refused:
        await registrar.put(type(an_item()).model_validate(wrong))

    assert fields_of(refused) == ["tax_code", "units.0.unit", "units.2.unit"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("unit", "kg"), ("kind", ItemKind.SERVICE), ("costing_method", CostingMethod.FIFO)],
)
async def test_what_stock_is_counted_and_valued_by_never_changes(
    registrar: Registrar, field: str, value: str
) -> None:
    with pytest.raises(CannotChange) as refused:
        await registrar.put(an_item("BOLT", **{field: value}))

    assert [error.field for error in refused.value.errors] == [field]
    assert (await the_item(registrar)).version == 1


async def test_an_item_that_somebody_else_is_just_creating_does_not_change_its_unit(
    registrar: Registrar,
) -> None:
    scope = text("SELECT set_config('perpetual.company', :company, true)")
    waiting = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")

    async with database().transaction() as looking, database().transaction() as first:
        await first.execute(scope, {"company": registrar.caller.company})
        await master_data.put_item.body(first, an_item("NEW", unit="kg", units=()))
        # The second has looked already, has seen no such item, and waits to write.
        second = asyncio.create_task(registrar.put(an_item("NEW", unit="g", units=())))
        for _ in range(500):
            if await looking.scalar(waiting):
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError("the second does not wait for the first")

    with pytest.raises(ChangedMeanwhile):
        await second
    known = await the_item(registrar, "NEW")
    assert (known.unit, known.version) == ("kg", 1)


async def test_of_two_who_change_the_same_version_at_once_one_is_told(registrar: Registrar) -> None:
    seen = await the_customer(registrar)
    changes = [seen.model_copy(update={"name": name}) for name in ("One", "Two", "Three")]

    outcomes = await asyncio.gather(*(registrar.put(change) for change in changes), return_exceptions=True)

    late = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(late) == 2
    assert all(isinstance(outcome, ChangedMeanwhile) for outcome in late)
    assert (await the_customer(registrar)).version == 2


async def test_of_two_who_create_the_same_record_at_once_one_is_told(registrar: Registrar) -> None:
    new = [CustomerView(**dict(a_customer("NEW", name=name)), version=NEW) for name in ("One", "Two")]

    outcomes = await asyncio.gather(*(registrar.put(one) for one in new), return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ExistsAlready", "RecordPut"]
    assert ExistsAlready.status == 409
    assert (await the_customer(registrar, "NEW")).version == 1


async def test_a_company_s_currency_never_changes(registrar: Registrar) -> None:
    company = registrar.caller.company

    with pytest.raises(CurrencyIsFixed):
        await registrar.put(a_company(company, currency="USD"))

    assert not (await registrar.put(a_company(company, name="Another name"))).created


async def test_the_lines_of_a_price_list_are_replaced(registrar: Registrar) -> None:
    await registrar.put(a_price_list(a_price("BOLT", "8.50")))

    async with database().read(registrar.caller.company) as tx:
        prices = await queries.price_list(tx, "STD")
        of_no_item = await queries.price_list(tx, "STD", [])

    assert prices is not None
    assert [(line.item_code, line.unit_price) for line in prices.lines] == [("BOLT", Decimal("8.50"))]
    assert of_no_item is not None
    assert of_no_item.lines == ()


async def test_two_who_write_a_price_list_at_once_do_not_mix_their_lines(registrar: Registrar) -> None:
    def all_at(price: int) -> list[Any]:
        return [a_price("BOLT", price, min_quantity=Decimal(quantity)) for quantity in range(30)]

    await asyncio.gather(*(registrar.put(a_price_list(*all_at(price))) for price in range(1, 6)))

    async with database().read(registrar.caller.company) as tx:
        prices = await queries.price_list(tx, "STD")
    assert prices is not None
    assert len(prices.lines) == 30
    assert len({line.unit_price for line in prices.lines}) == 1


async def test_a_price_list_is_refused_with_every_wrong_line(registrar: Registrar) -> None:
    backwards = {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}
    wrong = a_price_list(
        a_price("BOLT", 10),
        a_price("GHOST", 10),
        a_price("BOLT", 90, unit="crate"),
        a_price("BOLT", 11, unit="pc"),
        a_price("ADVICE", 10, **backwards),
        **backwards,
    )

    with pytest.raises(Invalid) as refused:
        await registrar.put(wrong)

    assert fields_of(refused) == [
        "valid_to",
        "lines.1.item_code",
        "lines.2.unit",
        "lines.3.unit_price",
        "lines.4.valid_to",
    ]


async def test_an_exemption_needs_a_reason(registrar: Registrar) -> None:
    with pytest.raises(Invalid) as refused:
        await registrar.put(PutTaxCode(code="FREE", name="Free", kind=TaxKind.EXEMPT))

    assert fields_of(refused) == ["exemption_reason"]


async def test_a_rate_holds_from_its_day_on(registrar: Registrar) -> None:
    for day, rate in [(1, "1.10"), (10, "1.20")]:
        on = A_DAY.replace(day=day)
        await registrar.put(PutExchangeRate(currency="USD", valid_from=on, rate=Decimal(rate)))
    again = PutExchangeRate(currency="USD", valid_from=A_DAY.replace(day=10), rate=Decimal("1.25"))
    assert not (await registrar.put(again)).created

    async with database().read(registrar.caller.company) as tx:
        rates = [
            await queries.exchange_rate(tx, "USD", A_DAY.replace(day=day), base="EUR")
            for day in (1, 9, 10, 31)
        ]
        own = await queries.exchange_rate(tx, "EUR", A_DAY, base="EUR")
        with pytest.raises(NoExchangeRate):
            await queries.exchange_rate(tx, "USD", date(2026, 2, 28), base="EUR")

    assert rates == [Decimal(rate) for rate in ("1.10", "1.10", "1.25", "1.25")]
    assert own == 1


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO master_data.{record}_change SELECT * FROM master_data.{record}_change"
        for record in ("tax_code", "payment_terms", "item")
    ]
    + [
        "INSERT INTO master_data.price_list_line SELECT (jsonb_populate_record(l, '{\"line_number\": 9}')).* "
        "FROM master_data.price_list_line l LIMIT 1"
    ],
)
async def test_the_database_refuses_two_that_begin_on_the_same_day(
    registrar: Registrar, statement: str
) -> None:
    await registrar.put(a_tax_code("T19", percent(19), changes=(TaxChange(valid_from=A_DAY),)))
    await registrar.put(an_item(changes=(UnitsChange(valid_from=A_DAY),)))
    await registrar.put(PutPaymentTerms(code="NET30", name="30", changes=(TermsChange(valid_from=A_DAY),)))

    with pytest.raises(PostgresError, match="duplicate key"):
        async with database().transaction() as tx:
            scope = {"company": registrar.caller.company}
            await tx.execute(text("SELECT set_config('perpetual.company', :company, true)"), scope)
            await tx.execute(text(statement))


async def test_the_database_refuses_a_code_of_a_unit_that_is_not_formed_as_one(registrar: Registrar) -> None:
    with pytest.raises(PostgresError, match="unit_un_code_formed"):
        async with database().transaction() as tx:
            scope = {"company": registrar.caller.company}
            await tx.execute(text("SELECT set_config('perpetual.company', :company, true)"), scope)
            await tx.execute(text("UPDATE master_data.unit SET un_code = 'kgm' WHERE code = 'kg'"))


async def test_what_is_tolerated_is_said_once_for_a_day(registrar: Registrar) -> None:
    tolerance = PutMatchingTolerance(item_code="BOLT", valid_from=A_DAY, price_percent=Decimal(5))
    stricter = tolerance.model_copy(update={"price_percent": Decimal(1)})

    created = [
        (await master_data.put_matching_tolerance(registrar.call(), one)).created
        for one in (tolerance, stricter)
    ]

    assert created == [True, False]
    async with database().read(registrar.caller.company) as tx:
        assert await queries.tolerances(tx) == (stricter,)


async def test_the_company_s_own_currency_has_no_rate(registrar: Registrar) -> None:
    with pytest.raises(Invalid) as refused:
        await registrar.put(PutExchangeRate(currency="EUR", valid_from=A_DAY, rate=Decimal(1)))

    assert fields_of(refused) == ["currency"]


async def test_another_company_sees_nothing_of_it_and_may_use_the_same_codes(registrar: Registrar) -> None:
    elsewhere = registrar.caller.company + "-2"
    other = Registrar(Caller(company=elsewhere, actor="a tester", correlation_id="other"))
    await other.put(a_company(elsewhere))

    async with database().read(elsewhere) as tx:
        assert await queries.customer(tx, "C1") is None
        assert await queries.items(tx, ["BOLT"]) == {}
    await other.open()
    await other.put(a_customer(name="Somebody else"))

    assert (await the_customer(registrar)).name == "Customer C1"
    assert (await the_customer(other)).name == "Somebody else"


def test_what_cannot_be_is_no_message() -> None:
    wrong: list[tuple[type[Message], dict[str, Any]]] = [
        (type(a_price("BOLT", 1)), {"unit_price": "-1"}),
        (type(a_customer()), {"credit_limit": "-1"}),
        (type(an_item()), {"standard_cost": "-1"}),
        (PutExchangeRate, {"rate": "0"}),
    ]

    for kind, fields in wrong:
        with pytest.raises(ValueError, match=next(iter(fields))):
            kind.model_validate(fields)
