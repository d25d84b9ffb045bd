"""The demo: a company with its books, goods and customers, and its year, through nothing but the REST API.

Every request has a key made of the demo's own numbers, so that a second run, or one that was cut off, does
nothing twice.
"""

import csv
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.imports.sending import patiently
from perpetual.demo import results
from perpetual.demo.choice import PlayedOrder, chosen
from perpetual.demo.paying import PAID_AFTER, Payday, open_account, payday
from perpetual.demo.people import ADMINISTRATOR, COMPANY, People, Refused
from perpetual.demo.playing import Year
from perpetual.demo.supply import LAST_ARRIVAL, RUNS_ON, agree
from perpetual.demo.wages import Payroll

FILES = Path(__file__).parents[1] / "company"
MAPPING = Path(__file__).with_name("havelrad.toml")
SECONDS_FOR_THE_IMPORT = 120
YEARS = {"from": "2026-01-01", "to": results.LAST_DAY}
"""The days of the fiscal years that the mapping opens."""


async def run_demo(
    *,
    base_url: str,
    api_key: str,
    web_ui: str | None,
    orders: int,
    transport: httpx.AsyncBaseTransport | None = None,
) -> int:
    """Set the demo company up, play so many of its orders, and show what came of it.

    The way to the API is the network, or the given transport. The exit status is 0 when everything went as
    planned and the books balance, else 1.
    """
    console = Console()
    async with httpx.AsyncClient(base_url=base_url, timeout=30, transport=transport) as http:
        people = People(http, {ADMINISTRATOR: api_key})
        try:
            before = await results.documents(people)
            await set_up(people, console, is_there=before["sales-orders"].number > 0)
            troubles, elapsed = await play(people, chosen(orders), console)
        except (Refused, httpx.TransportError) as failure:
            console.print(
                f"The demo stopped: {failure!s} ({type(failure).__name__})", style="red", markup=False
            )
            return 1
        balanced = await show(people, console, before=before, elapsed=elapsed)
        await show_where(people, console, base_url=base_url, web_ui=web_ui)
    for trouble in troubles:
        console.print(trouble, style="red", markup=False)
    return 0 if balanced and not troubles else 1


async def set_up(people: People, console: Console, *, is_there: bool) -> None:
    """The company with its registers, its opening balances and its opening stock; and its people."""
    console.print(f"{COMPANY} is already there." if is_there else f"Setting {COMPANY} up …", highlight=False)
    files: list[Any] = [
        ("files", (path.name, path.read_bytes(), "text/csv")) for path in sorted(FILES.glob("*.csv"))
    ]
    files.append(("mapping", (MAPPING.name, MAPPING.read_bytes(), "application/toml")))
    answer = await patiently(
        people.http,
        "POST",
        "/v1/imports",
        headers={**people.headers(ADMINISTRATOR), "Idempotency-Key": "demo/company"},
        files=files,
        timeout=SECONDS_FOR_THE_IMPORT,
    )
    report: dict[str, Any] = answer.json()
    if answer.status_code >= 400:
        raise Refused(answer.status_code, report)
    if report["error_count"]:
        first = report["errors"][0]
        raise Refused(422, {"detail": f"{first['source']}, row {first['row']}: {first['message']}"})
    written: Counter[str] = Counter()
    for one in report["targets"]:
        written[one["target"].replace("-", " ")] += one["ready"]
    console.print("In its books: " + ", ".join(f"{number} {what}" for what, number in written.items()) + ".")
    await people.hire()


async def play(people: People, orders: list[PlayedOrder], console: Console) -> tuple[list[str], float]:
    """The year, with a bar where somebody is watching; what went wrong, and how many seconds it took."""
    columns = (TextColumn("orders"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    began = time.perf_counter()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("orders", total=len(orders))
        year = Year(people, orders, discounts=discounts(), on_done=lambda: bar.advance(task))
        await agree(people)
        for on in RUNS_ON:
            year.buy(on)
        await year.play()
        await open_account(people)
        on = payday(LAST_ARRIVAL + PAID_AFTER)
        console.print("Hiring thirty people, and paying them for two months …", highlight=False)
        wages = await Payroll(people, on).pay()
        console.print("Paying the suppliers, and reading the bank's statement …", highlight=False)
        await Payday(people, on, wages).pay()
    return year.troubles, time.perf_counter() - began


def discounts() -> dict[str, Decimal]:
    """The cash discount in per cent by payment terms."""
    with (FILES / "payment_terms.csv").open(newline="", encoding="utf-8") as file:
        return {row["code"]: Decimal(row["discount_percent"]) for row in csv.DictReader(file)}


async def show(
    people: People, console: Console, *, before: dict[str, results.Counted], elapsed: float
) -> bool:
    """Documents, trial balance and speed; whether the books balance."""
    after = await results.documents(people)
    results.show_documents(console, after, await results.statuses(people))
    new = {path: counted.number - before[path].number for path, counted in after.items()}
    if before["sales-orders"].number:
        what = ", ".join(f"{number} {path.replace('-', ' ')}" for path, number in new.items())
        console.print(f"New since the last run: {what}.")
    report = await people.get("/v1/reports/trial-balance", **YEARS)
    balanced = results.show_trial_balance(console, report)
    balanced = await results.show_subledgers(console, people, report["rows"]) and balanced
    results.show_speed(console, [taken for order, taken in people.seconds.items() if order], elapsed)
    return balanced


async def show_where(people: People, console: Console, *, base_url: str, web_ui: str | None) -> None:
    """The addresses of the API, of an invoice and of an order's process."""
    invoices = (await people.get("/v1/invoices", limit=1))["items"]
    orders = (await people.get("/v1/sales-orders", limit=1))["items"]
    story = await people.get(f"/v1/processes/{results.process_of(orders[0]['order_id'])}") if orders else {}
    results.show_addresses(
        console,
        base_url=base_url,
        web_ui=web_ui,
        invoice_id=invoices[0]["invoice_id"] if invoices else None,
        order_page=story.get("web_ui"),
    )
