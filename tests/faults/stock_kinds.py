"""Stock that is counted, scrapped, moved and valued anew, and each of these taken back.

Each story has an item of its own, so that nobody else moves it.
"""

from typing import Any

from tests.faults.company import BACK_ON, CUSTOMERS, ORDERED_ON, PAID_ON, a_receipt
from tests.faults.registering import kind
from tests.faults.stories import Story

THERE = 10
"""So many of the item are received, at 5.00 each."""
SECOND = ("warehouses", {"code": "SECOND", "name": "Second"})


@kind(at_the_door=("inventory.count_stock", "inventory.reverse_correction"), documents=("stock count",))
async def counted(story: Story) -> None:
    """Counted wrongly, which is taken back, and counted again."""
    item, _ = await own_goods(story, "COUNTED")
    wrong = await count(story, item, THERE + 3)
    await story.reverse(f"/v1/stock-counts/{wrong['count_id']}")
    await count(story, item, THERE - 1, on=BACK_ON)
    story.books.on_hand[item] = THERE - 1


@kind(at_the_door=("inventory.scrap_goods",), documents=("scrapping",))
async def scrapped(story: Story) -> None:
    """Too much is scrapped, which is taken back; then as much as is broken."""
    item, _ = await own_goods(story, "SCRAPPED")
    too_many = await scrap(story, item, 4)
    await story.reverse(f"/v1/scrappings/{too_many['scrapping_id']}")
    await scrap(story, item, 2)
    story.books.on_hand[item] -= 2


@kind(at_the_door=("inventory.transfer_stock",), documents=("stock transfer",), records=(SECOND,))
async def moved(story: Story) -> None:
    """Moved to another warehouse in one step, back again by a reversal, and moved once more."""
    item, _ = await own_goods(story, "MOVED")
    by_mistake = await transfer(story, item, 6)
    await story.reverse(f"/v1/stock-transfers/{by_mistake['transfer_id']}")
    await transfer(story, item, 3)


@kind(at_the_door=("inventory.receive_transfer",), documents=("transfer receipt",), records=(SECOND,))
async def moved_in_two_steps(story: Story) -> None:
    """On its way for a while; arrives in parts, of which one is taken back and comes again."""
    item, _ = await own_goods(story, "ON-ITS-WAY")
    sent = await transfer(story, item, 6, is_in_transit=True)
    await arrive(story, sent, 2)
    not_there = await arrive(story, sent, 3)
    await story.reverse(f"/v1/transfer-receipts/{not_there['transfer_receipt_id']}")
    await arrive(story, sent, 3)
    story.books.on_hand[item] -= 1
    never_sent = await transfer(story, item, 2, is_in_transit=True)
    await story.reverse(f"/v1/stock-transfers/{never_sent['transfer_id']}")


@kind(at_the_door=("inventory.write_down_item",), documents=("write-down",))
async def written_down(story: Story) -> None:
    """Written down, written up by a part, and that taken back."""
    item, _ = await own_goods(story, "CHEAPER")
    await write_down(story, item, "3.00")
    up = await write_down(story, item, "4.00")
    await story.reverse(f"/v1/write-downs/{up['write_down_id']}")


@kind(at_the_door=("inventory.correct_price",), documents=("price correction",))
async def priced_anew(story: Story) -> None:
    """Received at a wrong price, partly sold; the price is corrected wrongly, taken back, and put right."""
    item, receipt = await own_goods(story, "PRICED")
    await story.place([(item, 4)], customer=story.chance.choice(CUSTOMERS))
    await story.ship()
    wrong = await correct_price(story, receipt, "8.00")
    await story.reverse(f"/v1/price-corrections/{wrong['correction_id']}")
    await correct_price(story, receipt, "6.00")
    await story.pay(story.total)
    story.left()
    story.ends("closed")


@kind(
    at_the_door=("inventory.post_landed_cost", "inventory.reverse_landed_cost"),
    documents=("landed cost",),
)
async def landed(story: Story) -> None:
    """Freight is spread by mistake; some of the goods are scrapped, it is taken back, and spread again."""
    item, receipt = await own_goods(story, "LANDED")
    lines = [{"account_code": "1160", "amount": "12.00"}, {"account_code": "3000", "amount": "-12.00"}]
    entry = await story.ask(
        "/v1/journal-entries", {"posted_on": ORDERED_ON, "text": "Freight", "lines": lines}
    )
    story.books.note("entry by hand", entry["entry_id"], entry["entry_number"])
    wrong = await land(story, entry, receipt, "12.00")
    await scrap(story, item, 3)
    story.books.on_hand[item] -= 3
    await story.reverse(f"/v1/landed-costs/{wrong['landed_cost_id']}")
    await land(story, entry, receipt, "9.00", on=BACK_ON)


async def own_goods(story: Story, name: str) -> tuple[str, Any]:
    """Ten of an item that no other story has, at average cost or in layers; and the receipt."""
    item, method = f"{name}-{story.number}", story.chance.choice(["moving_average", "fifo"])
    await story.ask("/v1/items", {"code": item, "name": item, "tax_code": "S19", "costing_method": method})
    lines = [{"item_code": item, "quantity": str(THERE), "unit_cost": "5.00"}]
    receipt = await story.ask("/v1/stock-receipts", a_receipt(lines))
    story.books.note("stock receipt", receipt["receipt_id"], receipt["receipt_number"])
    story.books.on_hand[item] += THERE
    return item, receipt


async def count(story: Story, item: str, quantity: int, *, on: str = PAID_ON) -> Any:
    """So many were counted."""
    wanted = {"warehouse_code": "MAIN", "counted_on": on, "lines": goods(item, quantity)}
    answer = await story.ask("/v1/stock-counts", wanted)
    story.books.note("stock count", answer["count_id"], answer["count_number"])
    return answer


async def scrap(story: Story, item: str, quantity: int) -> Any:
    """So many are worth nothing any more."""
    wanted = {"warehouse_code": "MAIN", "scrapped_on": PAID_ON, "reason": "rust"}
    answer = await story.ask("/v1/scrappings", wanted | {"lines": goods(item, quantity)})
    story.books.note("scrapping", answer["scrapping_id"], answer["scrapping_number"])
    return answer


async def transfer(story: Story, item: str, quantity: int, *, is_in_transit: bool = False) -> Any:
    """So many leave for the second warehouse."""
    wanted: dict[str, Any] = {"from_warehouse_code": "MAIN", "to_warehouse_code": "SECOND"}
    wanted |= {"transferred_on": ORDERED_ON, "is_in_transit": is_in_transit, "lines": goods(item, quantity)}
    answer = await story.ask("/v1/stock-transfers", wanted)
    story.books.note("stock transfer", answer["transfer_id"], answer["transfer_number"])
    return answer


async def arrive(story: Story, sent: Any, quantity: int) -> Any:
    """So many of them are there."""
    wanted = {"received_on": PAID_ON, "lines": [{"line_number": 1, "quantity": str(quantity)}]}
    answer = await story.ask(f"/v1/stock-transfers/{sent['transfer_id']}/receipts", wanted)
    story.books.note("transfer receipt", answer["transfer_receipt_id"], answer["transfer_receipt_number"])
    return answer


async def write_down(story: Story, item: str, unit_cost: str) -> Any:
    """It can be sold for so much."""
    wanted = {"item_code": item, "unit_cost": unit_cost, "written_on": PAID_ON, "reason": "the market"}
    answer = await story.ask("/v1/write-downs", wanted)
    story.books.note("write-down", answer["write_down_id"], answer["write_down_number"])
    return answer


async def correct_price(story: Story, receipt: Any, unit_cost: str) -> Any:
    """It had really cost so much."""
    lines = [{"line_number": 1, "unit_cost": unit_cost}]
    wanted = {"corrected_on": BACK_ON, "reason": "misread", "lines": lines}
    answer = await story.ask(f"/v1/stock-receipts/{receipt['receipt_id']}/price-corrections", wanted)
    story.books.note("price correction", answer["correction_id"], answer["correction_number"])
    return answer


async def land(story: Story, entry: Any, receipt: Any, amount: str, *, on: str = PAID_ON) -> Any:
    """So much of what was paid for freight is a cost of the goods."""
    wanted = {"source_id": entry["entry_id"], "basis": "quantity", "amount": amount, "reason": "freight"}
    wanted |= {"posted_on": on, "receipts": [{"receipt_id": receipt["receipt_id"]}]}
    answer = await story.ask("/v1/landed-costs", wanted)
    story.books.note("landed cost", answer["landed_cost_id"], answer["landed_cost_number"])
    return answer


def goods(item: str, quantity: int) -> list[dict[str, str]]:
    """One line."""
    return [{"item_code": item, "quantity": str(quantity)}]
