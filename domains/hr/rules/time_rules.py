"""What rules for the classes of hours may be."""

from collections import Counter

from domains.hr.messages.working_time import HoursClass, PutTimeRules, TimeRulesVersion
from foundation.values.errors import Refusals


def check_time_rules(put: PutTimeRules) -> None:
    """Refuses: Invalid, with every field that is wrong."""
    refusals = Refusals()
    begins = Counter(version.valid_from for version in put.versions)
    for place, version in enumerate(put.versions):
        if begins[version.valid_from] > 1:
            refusals.add(f"versions.{place}.valid_from", f"two versions begin on {version.valid_from}")
        _check_version(version, f"versions.{place}", refusals)
    refusals.raise_if_any()


def _check_version(version: TimeRulesVersion, field: str, refusals: Refusals) -> None:
    if (version.night_from is None) != (version.night_to is None):
        missing = "night_from" if version.night_from is None else "night_to"
        refusals.add(f"{field}.{missing}", "a night has both, when it begins and when it ends")
    elif version.night_from is not None and version.night_from == version.night_to:
        refusals.add(f"{field}.night_to", "a night ends at another time than it begins")
    if version.adds_up and version.ranking:
        refusals.add(
            f"{field}.ranking", "is of classes that do not add up: leave it out, or say adds_up: false"
        )
    if not version.adds_up and sorted(version.ranking) != sorted(HoursClass):
        named = ", ".join(HoursClass)
        refusals.add(f"{field}.ranking", f"names each class once, the first that counts first: {named}")
