"""The demo company: its files are what the seed makes, and they fit together."""

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import domains
from domains.ledger.messages import AccountKind, PutAccount, declared_roles
from domains.master_data.messages import (
    PriceListLine,
    PutCompany,
    PutCustomer,
    PutExchangeRate,
    PutItem,
    PutPaymentTerms,
    PutPriceList,
    PutUnit,
    PutWarehouse,
)
from domains.master_data.rules.names import UN_CODE, normal_email
from domains.master_data.rules.tax_numbers import LOOKS_LIKE, is_vat_number, normal_tax_number
from foundation.runtime.modules import modules_below
from foundation.values.errors import Refusals
from foundation.values.messages import Message
from perpetual.company_seed import customers as buyers
from perpetual.company_seed import goods, orders
from perpetual.company_seed.__main__ import FOLDER
from perpetual.company_seed.company import TIGHT_ITEMS, files, values
from perpetual.company_seed.records import DemoOrder

modules_below(domains.__name__)  # A role is known once the domain that declares it is.

Rows = list[dict[str, str]]

REFERENCES = (
    ("bills_of_materials", "parent_item_code", "items", "code"),
    ("bills_of_materials", "component_item_code", "items", "code"),
    ("bills_of_materials", "unit", "units", "code"),
    ("companies", "currency", "currencies", "code"),
    ("companies", "default_warehouse_code", "warehouses", "code"),
    ("customers", "currency", "currencies", "code"),
    ("customers", "payment_terms_code", "payment_terms", "code"),
    ("customers", "price_list_code", "price_lists", "code"),
    ("customers", "tax_code", "tax_codes", "code"),
    ("employees", "currency", "currencies", "code"),
    ("exchange_rates", "currency", "currencies", "code"),
    ("item_units", "item_code", "items", "code"),
    ("item_units", "unit", "units", "code"),
    ("items", "tax_code", "tax_codes", "code"),
    ("items", "unit", "units", "code"),
    ("opening_balances", "account_code", "accounts", "code"),
    ("opening_stock", "item_code", "items", "code"),
    ("opening_stock", "warehouse_code", "warehouses", "code"),
    ("order_lines", "item_code", "items", "code"),
    ("order_lines", "order_id", "orders", "order_id"),
    ("order_lines", "unit", "units", "code"),
    ("orders", "customer_code", "customers", "code"),
    ("orders", "order_id", "order_lines", "order_id"),
    ("price_list_lines", "item_code", "items", "code"),
    ("price_list_lines", "price_list_code", "price_lists", "code"),
    ("price_lists", "currency", "currencies", "code"),
    ("suppliers", "currency", "currencies", "code"),
    ("suppliers", "payment_terms_code", "payment_terms", "code"),
    ("suppliers", "tax_code", "tax_codes", "code"),
    ("tax_codes", "account_code", "accounts", "code"),
)

KEYS = {
    "bills_of_materials": ("parent_item_code", "component_item_code"),
    "exchange_rates": ("currency", "valid_from"),
    "item_units": ("item_code", "unit"),
    "opening_balances": ("account_code",),
    "opening_stock": ("warehouse_code", "item_code"),
    "order_lines": ("order_id", "line_number"),
    "orders": ("order_id",),
    "price_list_lines": ("price_list_code", "item_code", "min_quantity", "valid_from"),
}


MESSAGES: tuple[tuple[str, type[Message], set[str]], ...] = (
    ("accounts", PutAccount, set()),
    ("companies", PutCompany, set()),
    ("customers", PutCustomer, set()),
    ("exchange_rates", PutExchangeRate, set()),
    ("items", PutItem, set()),
    ("payment_terms", PutPaymentTerms, {"instalments"}),
    ("price_list_lines", PriceListLine, {"price_list_code"}),
    ("price_lists", PutPriceList, set()),
    ("units", PutUnit, set()),
    ("warehouses", PutWarehouse, set()),
)
"""What a row is put down as, and the columns that are no plain field of it."""


def committed(name: str) -> Rows:
    """The rows of a committed file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_code(name: str) -> dict[str, dict[str, str]]:
    """The rows of a committed file by their code."""
    return {row["code"]: row for row in committed(name)}


def test_the_committed_files_are_exactly_what_the_seed_makes() -> None:
    made = files()

    assert {path.name for path in FOLDER.glob("*.csv")} == set(made)
    for name, text in made.items():
        assert (FOLDER / name).read_bytes() == text.encode(), f"{name}: run python -m perpetual.company_seed"


def test_every_file_and_column_is_described() -> None:
    description = (FOLDER / "README.md").read_text(encoding="utf-8")

    for path in sorted(FOLDER.glob("*.csv")):
        assert f"`{path.name}`" in description
        for column in committed(path.stem)[0]:
            assert f"`{column}`" in description, f"{path.name}: {column}"


@pytest.mark.parametrize(("name", "column", "target", "key"), REFERENCES)
def test_every_code_referred_to_exists(name: str, column: str, target: str, key: str) -> None:
    known = {row[key] for row in committed(target)}
    used = {row[column] for row in committed(name)} - {""}

    assert used
    assert used <= known


@pytest.mark.parametrize(("name", "message", "apart"), MESSAGES)
def test_rows_are_messages_without_any_mapping(name: str, message: type[Message], apart: set[str]) -> None:
    for row in committed(name):
        fields: dict[str, object] = {column: text for column, text in row.items() if text}
        for column in apart:
            text = row[column]
            del fields[column]
            if text.startswith("["):
                fields[column] = json.loads(text)
        understood = message.model_validate(fields)
        assert set(fields) == understood.model_fields_set


def test_no_key_stands_twice() -> None:
    for path in sorted(FOLDER.glob("*.csv")):
        keys = KEYS.get(path.stem, ("code",))
        counted = Counter(tuple(row[key] for key in keys) for row in committed(path.stem))
        assert max(counted.values()) == 1, path.name


def test_every_account_role_stands_at_exactly_one_account() -> None:
    rows = committed("accounts")

    ours = {role.value for role in declared_roles().values() if type(role).__module__.startswith("domains.")}
    assert sorted(row["role"] for row in rows if row["role"]) == sorted(ours)
    assert {row["kind"] for row in rows} == set(AccountKind)


def test_opening_balances_balance_and_hold_the_opening_stock() -> None:
    rows = committed("opening_balances")
    inventory = next(row["code"] for row in committed("accounts") if row["role"] == "inventory")
    stock = sum(
        (Decimal(row["quantity"]) * Decimal(row["unit_cost"])).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        for row in committed("opening_stock")
    )

    assert sum(Decimal(row["debit"]) for row in rows) == sum(Decimal(row["credit"]) for row in rows)
    assert [row["debit"] for row in rows if row["account_code"] == inventory] == [str(stock)]
    assert all(Decimal(row["debit"]) >= 0 and Decimal(row["credit"]) >= 0 for row in rows)
    assert Decimal(next(row["credit"] for row in rows if row["account_code"] == "3200")) > 0


def test_every_item_sold_has_a_price_above_its_cost_on_every_list() -> None:
    items, lists = by_code("items"), by_code("price_lists")
    sold = {code for code, item in items.items() if item["group"] not in goods.NOT_SOLD}
    lowest_rate = {"EUR": Decimal(1)}
    for row in committed("exchange_rates"):
        lowest_rate[row["currency"]] = max(lowest_rate.get(row["currency"], Decimal(0)), Decimal(row["rate"]))
    priced = defaultdict(set)

    for line in committed("price_list_lines"):
        price_list, item = lists[line["price_list_code"]], items[line["item_code"]]
        if line["min_quantity"] == "1" and line["valid_from"] == "2026-01-01":
            priced[price_list["code"]].add(item["code"])
        tax = Decimal("1.19") if price_list["prices_include_tax"] == "true" else Decimal(1)
        net = Decimal(line["unit_price"]) / tax / lowest_rate[price_list["currency"]]
        assert net > Decimal(item["standard_cost"]), line

    assert {lists[code]["currency"] for code in priced} == {"EUR", "CHF", "GBP"}
    assert all(priced[code] == sold for code in lists)


def test_larger_quantities_never_cost_more() -> None:
    scales = defaultdict(list)
    for line in committed("price_list_lines"):
        key = line["price_list_code"], line["item_code"], line["valid_from"]
        scales[key].append((Decimal(line["min_quantity"]), Decimal(line["unit_price"])))

    for key, scale in scales.items():
        by_quantity = [price for _, price in sorted(scale)]
        assert by_quantity == sorted(by_quantity, reverse=True), key


def test_bills_of_materials_have_two_levels_and_cost_less_than_what_they_make() -> None:
    items = by_code("items")
    bills = defaultdict(list)
    for row in committed("bills_of_materials"):
        bills[row["parent_item_code"]].append(row)

    assert set(bills) == {code for code, item in items.items() if item["kind"] == "assembled"}
    assert any(row["component_item_code"] in bills for bill in bills.values() for row in bill)
    for parent, bill in bills.items():
        components = [items[row["component_item_code"]] for row in bill]
        material = sum(
            Decimal(row["quantity"]) * Decimal(items[row["component_item_code"]]["standard_cost"])
            for row in bill
        )
        assert material < Decimal(items[parent]["standard_cost"])
        assert all(row["unit"] == item["unit"] for row, item in zip(bill, components, strict=True))
        if items[parent]["group"] == "subassemblies":
            assert {item["kind"] for item in components} == {"bought"}


def test_only_the_tight_items_run_short_in_the_year() -> None:
    factors = {(row["item_code"], row["unit"]): Decimal(row["factor"]) for row in committed("item_units")}
    services = {row["code"] for row in committed("items") if row["kind"] == "service"}
    stock = {
        r["item_code"]: Decimal(r["quantity"])
        for r in committed("opening_stock")
        if r["warehouse_code"] == "MAIN"
    }
    asked: Counter[str] = Counter()
    for line in committed("order_lines"):
        factor = factors[line["item_code"], line["unit"]] if line["unit"] else 1
        asked[line["item_code"]] += int(Decimal(line["quantity"]) * factor)

    short = {code for code, quantity in asked.items() if code not in services and quantity > stock[code]}

    assert short == set(TIGHT_ITEMS)
    assert not services & set(stock)


def test_orders_run_through_the_year_with_their_peak_in_spring() -> None:
    rows = committed("orders")
    lines = Counter(line["order_id"] for line in committed("order_lines"))
    months = Counter(date.fromisoformat(row["ordered_on"]).month for row in rows)

    assert rows == sorted(rows, key=lambda row: (row["ordered_on"], row["order_id"]))
    assert (rows[0]["ordered_on"], rows[-1]["ordered_on"]) <= ("2026-01-02", "2026-11-20")
    assert months.most_common(1)[0][0] == 5
    assert set(lines.values()) <= set(range(1, 7))
    assert {row["pay_style"] for row in rows} == {"full", "partial", "over", "discount", "short"}
    assert {row["cancelled"] for row in rows} == {"true", "false"}


def test_only_orders_that_may_be_delivered_in_parts_are_shipped_twice() -> None:
    customers = by_code("customers")
    counted: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in committed("order_lines"):
        counted[line["order_id"]] += Decimal(line["quantity"])

    split = [row for row in committed("orders") if row["ship_in"] == "2"]

    assert split
    assert all(customers[row["customer_code"]]["delivery"] == "partial" for row in split)
    assert all(counted[row["order_id"]] > 1 for row in split)


def test_discounts_are_taken_only_where_the_terms_grant_them_and_in_time() -> None:
    customers, terms = by_code("customers"), by_code("payment_terms")

    for row in committed("orders"):
        if row["pay_style"] == "discount":
            agreed = terms[customers[row["customer_code"]]["payment_terms_code"]]
            assert int(row["pay_after_days"]) <= int(agreed["discount_days"])


def test_a_few_orders_go_over_their_customers_limit() -> None:
    limits = {row["code"]: Decimal(row["credit_limit"]) for row in committed("customers")}
    items, customers = goods.items(), buyers.customers()
    taken, lines = orders.orders(customers, items)
    worth = values(customers, items, taken, lines)

    over = [
        order.order_id
        for place, (order, value) in enumerate(worth)
        if value + owed_before(order, worth[:place]) > limits[order.customer_code]
    ]

    assert 6 <= len(over) <= 30


def owed_before(order: DemoOrder, earlier: list[tuple[DemoOrder, Decimal]]) -> Decimal:
    """What the customer owes when the order comes in, of earlier orders that are not paid yet."""
    return sum(
        (
            value
            for before, value in earlier
            if before.customer_code == order.customer_code
            and (order.ordered_on - before.ordered_on).days <= before.ship_after_days + before.pay_after_days
        ),
        start=Decimal(0),
    )


def test_customers_abroad_buy_tax_exempt_in_their_own_currency() -> None:
    lists = by_code("price_lists")

    for customer in committed("customers"):
        assert lists[customer["price_list_code"]]["currency"] == customer["currency"]
        assert (customer["tax_code"] == "EXPORT") == (customer["country"] in {"CH", "GB"})


def test_the_instalments_of_every_term_cover_the_whole_amount() -> None:
    for row in committed("payment_terms"):
        kinds = [instalment["kind"] for instalment in json.loads(row["instalments"])]
        assert kinds.count("remainder") == 1
        assert kinds[-1] == "remainder"


def test_the_files_stay_small_and_end_their_lines_alike() -> None:
    texts = [Path(path).read_bytes() for path in FOLDER.glob("*.csv")]

    assert sum(len(text) for text in texts) < 600_000
    assert all(b"\r" not in text and text.endswith(b"\n") for text in texts)


@pytest.mark.parametrize("name", ["companies", "customers", "suppliers"])
def test_tax_numbers_and_mail_addresses_are_in_the_form_in_which_they_are_kept(name: str) -> None:
    refusals = Refusals()
    for row in committed(name):
        assert normal_tax_number(row["tax_number"], row["country"], refusals) == row["tax_number"]
        assert normal_email(row["email"], refusals) == row["email"]
        is_european = row["country"] in LOOKS_LIKE
        assert is_vat_number(row["tax_number"], row["country"]) is (is_european and bool(row["tax_number"]))
    assert not refusals.errors


def test_every_unit_has_the_code_by_which_suppliers_name_it() -> None:
    codes = {unit["code"]: unit["un_code"] for unit in committed("units")}

    assert codes["piece"] == "H87"
    assert all(UN_CODE.fullmatch(code) for code in codes.values())
