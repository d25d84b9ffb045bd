"""Many customers at the same instant: nothing is sold twice, no limit is passed, nobody gets stuck."""

from decimal import Decimal

from tests.erp import Erp, an_order
from tests.races import cancel, everything_agrees, place, receive, ship, together

CLIENTS = 200
LAST_UNITS = 100


async def test_two_hundred_clients_buy_the_last_hundred_units_and_exactly_a_hundred_are_sold(
    erp: Erp,
) -> None:
    one_pear = an_order(lines=[{"item_code": "PEAR", "quantity": "1", "unit_price": "5.00"}])

    placed = await together([place(erp, one_pear) for _ in range(CLIENTS)], at_once=CLIENTS)
    orders = [answer.json() for answer in placed]
    shipped = await together([ship(erp, order) for order in orders], at_once=CLIENTS)

    assert [answer.status_code for answer in placed] == [201] * CLIENTS
    sold = [answer for answer in shipped if answer.status_code == 201]
    refused = [answer.json()["type"] for answer in shipped if answer.status_code == 409]
    assert (len(sold), len(refused)) == (LAST_UNITS, CLIENTS - LAST_UNITS)
    assert set(refused) == {"/problems/shipment-refused"}
    stock = await erp.stock("PEAR")
    assert (stock["on_hand"], stock["reserved"], stock["backordered"]) == ("0", "0", "100")
    assert (await erp.balances())["revenue"] == Decimal("-5.00") * LAST_UNITS
    await everything_agrees(erp)


async def test_fifty_orders_at_sixty_per_cent_of_the_limit_one_passes_and_the_others_are_held(
    erp: Erp,
) -> None:
    lines = [{"item_code": "ADVICE", "quantity": "1", "unit_price": "504.20"}]
    order = an_order(customer_code="BOB", lines=lines)

    placed = await together([place(erp, order) for _ in range(50)], at_once=50)

    assert {answer.json()["total_amount"] for answer in placed} == {"600.00"}
    assert sorted(answer.status_code for answer in placed) == [201] + [202] * 49
    held = (await erp.get("/v1/sales-orders", status="held", limit=200))["items"]
    assert len(held) == 49
    await everything_agrees(erp)


async def test_orders_of_fifty_lines_that_cross_are_placed_shipped_and_cancelled_and_none_gets_stuck(
    erp: Erp,
) -> None:
    items = [f"BOLT-{number:02}" for number in range(50)]
    for item in items:
        await erp.post("/v1/items", {"code": item, "name": item, "tax_code": "S19"})
    await erp.receive(dict.fromkeys(items, 12))
    lines = [{"item_code": item, "quantity": "1", "unit_price": "1.00"} for item in items]
    crossing = [an_order(lines=lines), an_order(lines=lines[::-1])] * 8

    placed = await together([place(erp, order) for order in crossing], at_once=16)
    orders = [answer.json() for answer in placed]
    leaving = [ship(erp, order) if number % 4 else cancel(erp, order) for number, order in enumerate(orders)]
    answers = await together([receive(erp, dict.fromkeys(reversed(items), 2)), *leaving], at_once=17)

    assert [answer.status_code for answer in placed] == [201] * 16
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    await everything_agrees(erp)
    for item in items:
        stock = await erp.stock(item)
        assert Decimal(stock["on_hand"]) >= Decimal(stock["reserved"]) >= 0
