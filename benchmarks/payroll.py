"""`python -m benchmarks.payroll --people 2000 --months 2`: people in Germany are paid by a run of each month.

From its opening to the seal; one of a hundred cannot be paid. They differ as people do: salaries, hours, tax
classes, funds, who joins amid the month, who gets a raise, cost centres, two accounts. From the second month
on a raise of one in a hundred is known late.
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import psutil
import uvloop
from rich.console import Console

from benchmarks.client import Connection
from benchmarks.purchasing import iban
from benchmarks.running import Site, an_installation, connection, cpu_seconds, site_of
from benchmarks.trading import COMPANY, RUN, call, open_company
from perpetual.installation import Installation

MOST_SECONDS = 60.0
"""For 10,000 people on two cores; for others their share of it."""
FOR_PEOPLE = 10_000
BROKEN_EVERY = 100
LOOKS_EVERY_SECONDS = 0.2
PEOPLE = {
    "payroll clerk": "Carla Clerk",
    "finance director": "Dirk Director",
    "payroll approver": "Arno Approver",
}
GROUP = {"code": "STAFF", "name": "Staff", "country": "DE", "frequency": "monthly"}
BENEFIT = {"sign": "benefit_in_kind", "treatment": "regular"}
COMPONENTS: dict[str, dict[str, Any]] = {
    "salary": {"proration": "thirtieths", "counts_as_base": True, "versions": [{"kind": "fixed"}]},
    "overtime": {"versions": [{"kind": "rate", "rate": "28.50"}]},
    "bonus": {"treatment": "one_off", "versions": [{"kind": "fixed"}]},
    "shift": {"versions": [{"kind": "percentage", "of": ["salary"], "percent": "5"}]},
    "car": BENEFIT | {"versions": [{"kind": "fixed", "amount": "310.00"}]},
    "canteen": {
        "sign": "post_tax_deduction",
        "treatment": "",
        "versions": [{"kind": "fixed", "amount": "45"}],
    },
    "pension": {"sign": "pre_tax_deduction", "treatment": "deferred", "versions": [{"kind": "fixed"}]},
    "scheme": {
        "sign": "employer_contribution",
        "treatment": "",
        "versions": [{"kind": "formula", "formula": "round(min(base, 8450) * 0.02, 2)"}],
    },
}
STATES = ("HE", "BY", "NW", "SN", "BE", "HH")
_numbers = itertools.count()
_PEOPLE = """
    INSERT INTO master_data.party (company_id, type, code, name)
    SELECT $1, 'employee', e.code, e.name FROM jsonb_to_recordset($2::jsonb) AS e (code text, name text)
"""
_AGREE = """
    INSERT INTO payroll.pay_agreement (company_id, code, employee_code, pay_group_code, valid_from, valid_to,
        hours_a_week, pay_items, details, cost_centres, accounts)
    SELECT $1, a.code, a.employee_code, 'STAFF', a.valid_from, a.valid_to, 40, a.pay_items, a.details,
        a.cost_centres, a.accounts
    FROM jsonb_to_recordset($2::jsonb) AS a (code text, employee_code text, valid_from date, valid_to date,
        pay_items jsonb, details jsonb, cost_centres jsonb, accounts jsonb)
"""
_RAISE = """
    UPDATE payroll.pay_agreement SET pay_items = jsonb_set(pay_items, '{0,amount}',
        to_jsonb(round((pay_items -> 0 ->> 'amount')::numeric * 1.03, 2)::text))
    WHERE right(employee_code, 2) = $1
"""
_DONE = """
    SELECT count(*) FILTER (WHERE status = 'posted') AS posted,
        count(*) FILTER (WHERE status = 'held') AS held,
        coalesce(sum(gross_amount) FILTER (WHERE status = 'posted'), 0) AS gross,
        coalesce(sum(deducted_amount) FILTER (WHERE status = 'posted'), 0) AS deducted,
        coalesce(sum(net_amount) FILTER (WHERE status = 'posted'), 0) AS net,
        (SELECT coalesce(-sum(o.amount), 0) FROM ledger.open_item o WHERE o.side = 'wages'
            AND o.document_id IN (SELECT q.id FROM payroll.payslip q WHERE q.run_id = $1)) AS owed,
        (SELECT coalesce(sum(l.amount), 0)
            FROM ledger.journal_line l JOIN ledger.journal_entry j ON j.id = l.entry_id
            JOIN ledger.account_role r ON r.company_id = l.company_id AND r.account_code = l.account_code
            WHERE r.role = 'payroll_expense' AND j.source_type = 'payslip'
            AND j.source_id IN (SELECT q.id FROM payroll.payslip q WHERE q.run_id = $1)) AS cost,
        count(*) FILTER (WHERE corrects <> '[]') AS corrected
    FROM payroll.payslip WHERE run_id = $1
"""


@dataclass
class Paid:
    """How long a run took, in seconds, up to each of its stages; what it has used, and what it came to."""

    month: int
    until: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """All of it."""
        return max(self.until.values())


def _agreements(people: int) -> Iterator[dict[str, Any]]:
    """One for each, or two for who gets a raise amid January; of one in a hundred the law knows nothing."""
    for number in range(people):
        code = f"E-{number:06d}"
        items = [{"component": "salary", "amount": f"{2_400 + number * 37 % 4_800}.00"}]
        for every, item in (
            (3, {"component": "overtime", "quantity": f"{number % 20}.5"}),
            (4, {"component": "shift"}),
            (5, {"component": "canteen"}),
            (7, {"component": "pension", "amount": "100.00"}),
            (9, {"component": "car"}),
            (11, {"component": "bonus", "amount": "250.00"}),
            (2, {"component": "scheme"}),
        ):
            if number % every == 0:
                items.append(item)
        accounts = [{"iban": iban(number)}]
        if number % 6 == 0:
            accounts = [{"iban": iban(10**8 + number), "amount": "100.00"}, *accounts]
        split = [{"cost_centre": f"CC{number % 5}", "percent": "60"}, {"cost_centre": "CC9", "percent": "40"}]
        agreed = {
            "employee_code": code,
            "pay_items": items,
            "details": {} if number % BROKEN_EVERY == BROKEN_EVERY - 1 else _details(number),
            "cost_centres": split if number % 3 == 0 else [],
            "accounts": accounts,
        }
        begins = "2026-01-12" if number % 50 == 7 else "2024-01-01"
        if number % 40 == 3:
            raised = [items[0] | {"amount": f"{2_700 + number * 37 % 4_800}.00"}, *items[1:]]
            first = {"code": f"{code}/1", "valid_from": begins, "valid_to": "2026-01-15"}
            yield agreed | first
            yield agreed | {"code": f"{code}/2", "valid_from": "2026-01-16", "pay_items": raised}
        else:
            yield agreed | {"code": f"{code}/1", "valid_from": begins}


def _details(number: int) -> dict[str, Any]:
    return {
        "born_on": f"{1965 + number % 35}-0{1 + number % 9}-15",
        "state": STATES[number % len(STATES)],
        "fund": {"code": f"FUND{number % 12}", "additional_percent": f"{2 + number % 15 / 10:.1f}"},
        "levies": {"sick_pay": "1.6", "maternity": "0.44"},
        "is_parent": number % 2 == 0,
        "tax": {
            "wage_tax_class": (1, 1, 3, 4, 5)[number % 5],
            "is_church_member": number % 3 == 0,
            "child_allowances": f"{number % 3 * 0.5}",
        },
    }


async def _prepare(installation: Installation, people: int, console: Console) -> dict[str, str]:
    site = connection(site_of(installation))
    await open_company(site)

    async def post(path: str, body: Any) -> Any:
        return await call(site, f"/v1/{path}", body, f"{RUN}/payroll/{next(_numbers)}")

    await post("pay-groups", GROUP)
    for code, component in COMPONENTS.items():
        versions = [{"valid_from": "2024-01-01"} | one for one in component["versions"]]
        known = {
            "code": code,
            "name": code.title(),
            "country": "DE",
            "sign": "earning",
            "treatment": "regular",
        }
        await post("pay-components", known | component | {"versions": versions})
    for number in (*range(5), 9):
        await post("cost-centres", {"code": f"CC{number}", "name": f"Centre {number}"})
    keys = {}
    for role, actor in PEOPLE.items():
        asked = {"actor": actor, "companies": [COMPANY], "roles": [role]}
        keys[role] = (await post("api-keys", asked))["key"]
    await site.close()
    owner = await asyncpg.connect(installation.owner_database_url)
    parties = [{"code": f"E-{number:06d}", "name": f"Person {number}"} for number in range(people)]
    async with owner.transaction():
        await owner.execute(f"SELECT set_config('perpetual.company', '{COMPANY}', true)")
        # Each row's trigger asks for a lock and the other agreements: ours do not overlap.
        await owner.execute("SET LOCAL session_replication_role = replica")
        await owner.execute(_PEOPLE, COMPANY, json.dumps(parties))
        await owner.execute(_AGREE, COMPANY, json.dumps(list(_agreements(people))))
    await owner.execute("ANALYZE")
    await owner.close()
    console.print(f"[dim]{people:,} people have agreements[/dim]")
    return keys


async def _pay(site: Site, keys: dict[str, str], month: int) -> Paid:
    """A run of a month, from its opening to the seal."""
    paid, people = Paid(month), {role: Connection(site.base_url, key, COMPANY) for role, key in keys.items()}
    clerk, first = people["payroll clerk"], date(2026, month, 1)
    last = date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    before, began = cpu_seconds(site), time.perf_counter()
    watching = asyncio.create_task(_watch(site, paid))

    def reached(stage: str) -> None:
        paid.until[stage] = time.perf_counter() - began

    wanted = {"pay_group": "STAFF", "starts_on": f"{first}", "ends_on": f"{last}"}
    run = await call(clerk, "/v1/payroll-runs", wanted, f"{RUN}/run{month}")
    reached("opened")
    path = f"/v1/payroll-runs/{run['run_id']}"
    run = await clerk.until(path, lambda run: run["version"] > 1)
    reached("computed")
    await call(clerk, f"{path}/submission", {"version": run["version"]}, f"{RUN}/submit{month}")
    asked = f"/v1/approvals?document={run['run_number']}"
    for approval in (await clerk.until(asked, lambda found: len(found["items"]) == 2))["items"]:
        decision = {"approved": True, "reason": "as read", "content_hash": approval["content_hash"]}
        of = f"/v1/approvals/{approval['id']}/decision"
        await call(people[approval["role"]], of, decision, f"{RUN}/{approval['id']}")
    reached("approved")
    await clerk.until(path, lambda run: run["status"] == "sealed")
    reached("posted and sealed")
    watching.cancel()
    after = cpu_seconds(site)
    paid.cpu = {name: used - before.get(name, 0.0) for name, used in after.items()}
    paid.figures = {"run_id": run["run_id"]}
    for one in people.values():
        await one.close()
    return paid


async def _watch(site: Site, paid: Paid) -> None:
    """The most memory that one worker has used."""
    while True:
        for name, pid in site.processes().items():
            if name.startswith("worker"):
                with suppress(psutil.Error):
                    paid.peak_mb = max(paid.peak_mb, psutil.Process(pid).memory_info().rss / 2**20)
        await asyncio.sleep(LOOKS_EVERY_SECONDS)


def _judge(console: Console, people: int, paid: Paid) -> int:
    began = 0.0
    for stage, seconds in paid.until.items():
        console.print(f"{stage}: {seconds - began:.1f} s")
        began = seconds
    used = ", ".join(f"{name} {1000 * cpu / people:.1f}" for name, cpu in paid.cpu.items() if cpu > 0.5)
    console.print(f"{1000 * paid.seconds / people:.1f} ms a person; CPU ms a person: {used}")
    console.print(f"most memory of a worker: {paid.peak_mb:.0f} MB; corrected: {paid.figures['corrected']}")
    figures, most = paid.figures, MOST_SECONDS * people / FOR_PEOPLE
    gross, deducted, net = (figures[name] for name in ("gross", "deducted", "net"))
    targets = [
        (f"from opening to seal under {most:.0f} s: {paid.seconds:.1f}", paid.seconds < most),
        (
            f"{figures['posted']:,} paid, {figures['held']:,} held",
            (figures["posted"], figures["held"]) == (people - people // BROKEN_EVERY, people // BROKEN_EVERY),
        ),
        (
            f"gross {gross:,.2f} − {deducted:,.2f} = net {net:,.2f} = owed {figures['owed']:,.2f}; "
            f"cost {figures['cost']:,.2f}",
            gross - deducted == net == figures["owed"] and figures["cost"] == gross != Decimal(0),
        ),
    ]
    for said, is_met in targets:
        console.print(f"{'[green]met[/green]   ' if is_met else '[red]missed[/red]'} {said}")
    return sum(not is_met for _, is_met in targets)


async def _measure(installation: Installation, console: Console, people: int, months: int) -> int:
    keys = await _prepare(installation, people, console)
    missed = 0
    for month in range(1, months + 1):
        console.print(f"[bold]2026-{month:02d}[/bold]")
        owner = await asyncpg.connect(installation.owner_database_url)
        if month > 1:
            await owner.execute(_RAISE, f"{month * 7 % 99:02d}")
        paid = await _pay(site_of(installation), keys, month)
        (done,) = await owner.fetch(_DONE, paid.figures["run_id"])
        await owner.close()
        paid.figures |= dict(done)
        missed += _judge(console, people, paid)
    return missed


def main() -> int:
    """Measure and print; 0 when the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=1)
    asked = parser.parse_args()
    console = Console()
    with an_installation(console) as installation:
        return uvloop.run(_measure(installation, console, asked.people, asked.months))


if __name__ == "__main__":
    sys.exit(main())
