"""Reorder rules: written down by code."""

from sqlalchemy import text

from domains.master_data import queries as master_data
from domains.replenishment.messages import PutReorderRule, ReorderRuleChangedEvent, ReorderRulePut
from domains.replenishment.queries import reorder_rules_of
from domains.replenishment.rules import check_reorder_rule
from domains.replenishment.tables import ReorderRule
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation

# Two who write a rule for the same item do it one after the other, and see each other's: as the table's
# trigger, which refuses the second, does it.
_ONE_AT_A_TIME = text("SELECT replenishment.lock_rules(:item)")


@operation("replenishment.put_reorder_rule", event=ReorderRuleChangedEvent)
async def put_reorder_rule(tx: Transaction, put: PutReorderRule) -> ReorderRulePut:
    """Write down when an item is bought for a warehouse, and up to how much.

    Refuses: Invalid, with every wrong field; TwoReorderRules, when another one holds on some of its days;
    ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(_ONE_AT_A_TIME, {"item": put.item_code})
    item = (await master_data.items(tx, [put.item_code])).get(put.item_code)
    is_warehouse = await master_data.warehouse(tx, put.warehouse_code) is not None
    others = await reorder_rules_of(tx, put.item_code)
    check_reorder_rule(put, item, is_warehouse=is_warehouse, others=others)
    created = await records.put(tx, ReorderRule, put.model_dump())
    return ReorderRulePut(created=created, **put.model_dump(include={"code", "item_code", "warehouse_code"}))
