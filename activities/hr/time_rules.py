"""Rules by which worked hours are classed."""

from domains.hr.messages.working_time import PutTimeRules, TimeRulesChangedEvent, TimeRulesPut
from domains.hr.rules.time_rules import check_time_rules
from domains.hr.tables.working_time import TimeRulesRecord
from foundation.database import records
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation


@operation("hr.put_time_rules", event=TimeRulesChangedEvent)
async def put_time_rules(tx: Transaction, put: PutTimeRules) -> TimeRulesPut:
    """Write down how worked hours are classed, in all versions.

    Refuses: Invalid, with every field that is wrong; ExistsAlready, ChangedMeanwhile.
    """
    check_time_rules(put)
    versions = [version.model_dump(mode="json") for version in put.versions]
    created = await records.put(tx, TimeRulesRecord, put.model_dump() | {"versions": versions})
    return TimeRulesPut(code=put.code, created=created)
