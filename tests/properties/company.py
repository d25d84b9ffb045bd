"""The company that is traded with at random: its records, its calendar, and what it has, to choose from."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from activities import master_data
from activities.receivables.dunning_procedures import put_dunning_procedure
from domains.inventory.messages import ReserveStock
from domains.ledger.messages import Party, PartyType
from domains.master_data.messages import (
    CurrencyAccount,
    Instalment,
    InstalmentKind,
    PutExchangeRate,
    PutItem,
    PutWarehouse,
    Quotation,
)
from domains.receivables.messages import DunningLevel, LevelText, PutDunningProcedure
from foundation.database.connections import database
from foundation.values.money import rounded
from tests import machines
from tests.builders.bank_statements import OTHERS_IBAN
from tests.builders.finance import Accountant

FIRST, LAST = date(2059, 12, 8), date(2060, 1, 31)
"""The days of documents: two fiscal years, and far enough ahead that the clock says nothing of them."""
TOO_FAR, IN_NO_YEAR = LAST + timedelta(days=40), date(2061, 1, 5)
CURRENCIES = ("EUR", "USD", "VND", "JPY")
RATES = {"USD": "1.0834", "VND": "0.00003931", "JPY": "161.23"}
CUSTOMERS = {"C1": "EUR", "C2": "USD", "C3": "VND"}
SUPPLIER = Party(PartyType.SUPPLIER, "S1")
ITEMS = ("average", "layers", "early", "pieces")
PLACES = ("MAIN", "SECOND")
TAX_CODES = ("T19", "T7", "UNTAXED", "T15-FIXED")
TERMS = ("NET30", "DISC", "HALVES", "ALWAYS")
Chance = random.Random


class Company:
    """Books and warehouses, and how far they are locked."""

    def __init__(self) -> None:
        self.by = Accountant(machines.a_caller())
        self.code = self.by.caller.company
        self.locked: date | None = None
        self.orders: list[ReserveStock] = []

    async def open(self) -> None:
        """Four currencies, customers of three, a supplier, items of every costing, two warehouses."""
        ahead = (LAST + timedelta(days=30) - date.today()).days  # noqa: DTZ011  # A tolerance of days.
        await self.by.open(small_difference_limit="0.20", days_ahead=ahead)
        for year in (2059, 2060):
            await self.by.year(year)
        half = Instalment(kind=InstalmentKind.PERCENT_OF_TOTAL, value=Decimal(50), days=5)
        await self.by.terms("HALVES", instalments=(half, Instalment(days=20)))
        await self.by.terms("ALWAYS", discount_percent="3", discount_days=14, discount_tax="always")
        for code, currency in CUSTOMERS.items():
            await self.by.customer(code, currency=currency)
        paid_to = (CurrencyAccount(currency="EUR", iban=OTHERS_IBAN),)
        await self.by.supplier(SUPPLIER.code, city="Werder", bank_accounts=paid_to)
        for currency, rate in RATES.items():
            await self.quote(currency, Decimal(rate), date(2059, 1, 1))
        for place in PLACES:
            await master_data.put_warehouse(self.by.call(), PutWarehouse(code=place, name=place))
        for item in ITEMS:
            method = "fifo" if item == "layers" else "moving_average"
            facts: dict[str, Any] = {"allow_negative_stock": item == "early", "is_whole": item == "pieces"}
            facts["weight_kg"] = None if item == "early" else Decimal("0.3")
            put = PutItem.model_validate({"code": item, "name": item, "costing_method": method} | facts)
            await master_data.put_item(self.by.call(), put)
        said = (LevelText(language="en", title="Reminder", text="Please pay by {pay_by}."),)
        each = {
            "days_to_pay": 5,
            "interest_percent": Decimal(9),
            "fee_amount": Decimal("2.50"),
            "texts": said,
        }
        levels = tuple(DunningLevel(days_overdue=days, **each) for days in (3, 12, 21, 30))
        procedure = PutDunningProcedure(code="P", name="P", is_default=True, levels=levels)
        await put_dunning_procedure(self.by.call(), procedure)

    async def quote(self, currency: str, rate: Decimal, on: date) -> None:
        """A rate from a day on; dong are quoted in euros."""
        quotation = Quotation.DIRECT if currency == "VND" else Quotation.INDIRECT
        put = PutExchangeRate(currency=currency, valid_from=on, rate=rate, quotation=quotation)
        await master_data.put_exchange_rate(self.by.call(), put)

    async def lock(self, through: date) -> None:
        """Both years are closed up to a day."""
        for year in (2059, 2060):
            if through >= date(year, 1, 1):
                await self.by.year(year, locked_through=min(through, date(year, 12, 31)))
        self.locked = through

    async def rows(self, question: str, **values: Any) -> Sequence[Any]:
        """What is there, to choose from."""
        async with database().read(self.code) as tx:
            return (await tx.execute(text(question), values)).all()

    async def one_of(self, chance: Chance, question: str, **values: Any) -> Any:
        """One of the rows; None when there are none."""
        found = await self.rows(question, **values)
        return chance.choice(found) if found else None

    def day(self, chance: Chance) -> date:
        """Mostly one that is open; now and then any."""
        since = FIRST if self.locked is None or chance.random() < 0.1 else self.locked + timedelta(days=1)
        return since + timedelta(days=chance.randint(0, (LAST - since).days))

    def wrong_day(self, chance: Chance) -> date:
        """A day on which nothing can be posted."""
        closed = [] if self.locked is None else [self.locked, FIRST]
        return chance.choice([TOO_FAR, IN_NO_YEAR, *closed])


def some_amount(chance: Chance, currency: str) -> Decimal:
    """A price, as large as prices in a currency are."""
    each = Decimal(chance.randint(1, 30_000)) / 100
    scale = {"VND": 25_000, "JPY": 160}.get(currency, 1)
    return max(rounded(each * scale, currency), rounded(Decimal(1), currency))


def some_quantity(chance: Chance, item: str, most: int = 12) -> Decimal:
    """Whole of pieces; of the rest in tenths as well."""
    if item == "pieces" or chance.random() < 0.5:
        return Decimal(chance.randint(1, most))
    return Decimal(chance.randint(1, most * 10)) / 10


def some_cost(chance: Chance) -> Decimal:
    """A unit cost of up to six decimals."""
    return Decimal(chance.randint(0, 9_000_000)).scaleb(-chance.choice((2, 4, 6)))
