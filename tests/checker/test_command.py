"""`perpetual check` tells what does not hold, to people and to programs, and sees only what it may."""

import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from perpetual.checker.invariants import invariants
from perpetual.checker.running import CannotCheck, check
from tests.erp import Erp

ROOT = Path(__file__).parents[2]
TAMPER = "UPDATE inventory.item_valuation SET value = value + 1 WHERE company_id = $1 AND item_code = 'APPLE'"


def perpetual_check(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "perpetual", "check", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url},
    )


async def _as_owner(owner_url: str, statement: str, *values: str) -> None:
    owner = await asyncpg.connect(owner_url)
    await owner.execute(statement, *values)
    await owner.close()


async def test_a_traded_company_agrees_until_somebody_tampers(erp: Erp, owner_url: str) -> None:
    order = await erp.place()
    await erp.ship(order)
    await erp.pay(order, "119.00")
    await erp.at_rest()

    sound = perpetual_check(owner_url, "--company", erp.company, "--at-rest")
    await _as_owner(owner_url, TAMPER, erp.company)
    told = perpetual_check(owner_url, "--company", erp.company)
    quiet = perpetual_check(owner_url, "--company", erp.company, "--quiet")
    as_json = perpetual_check(owner_url, "--all", "--json")

    count = len(invariants(at_rest=True))
    assert (sound.returncode, sound.stdout) == (0, f"Everything agrees: {count} invariants hold.\n")
    assert told.returncode == 1
    assert "Does not hold: The quantity and the value kept of an item" in told.stdout
    assert (
        f"  {erp.company}: APPLE: quantity 90, moved quantity 90, value 361, moved value 360\n" in told.stdout
    )
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (1, "", "")
    found = [one for one in json.loads(as_json.stdout)["violations"] if one["company"] == erp.company]
    assert {one["invariant"] for one in found} == {
        "value_is_what_was_moved",
        "inventory_is_worth_what_the_ledger_says",
    }


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--company", "NOBODY"), "there is no company NOBODY"),
        ((), "say which company to check"),
        (("--company", "X", "--all"), "say which company to check"),
    ],
)
def test_what_cannot_be_checked_is_said_in_a_sentence(
    arguments: tuple[str, ...], why: str, owner_url: str
) -> None:
    refused = perpetual_check(owner_url, *arguments)

    assert refused.returncode == 1
    assert why in refused.stderr


async def test_a_database_that_was_never_migrated_is_told_so(cluster_url: str) -> None:
    with pytest.raises(CannotCheck, match="perpetual migrate"):
        await check(cluster_url, invariants(), company=None)


async def test_a_user_under_row_security_checks_one_company_and_never_nothing(
    erp: Erp, owner_url: str
) -> None:
    await _as_owner(owner_url, "CREATE ROLE auditor LOGIN PASSWORD 'a' IN ROLE perpetual_app")
    await _as_owner(owner_url, TAMPER, erp.company)
    auditor = f"postgresql://auditor:a@{owner_url.rpartition('@')[2]}"

    found = await check(auditor, invariants(), company=erp.company)

    assert "value_is_what_was_moved" in {one.invariant for one in found}
    with pytest.raises(CannotCheck, match="bypasses row security"):
        await check(auditor, invariants(), company=None)
