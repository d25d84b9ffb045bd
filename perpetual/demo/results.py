"""What the demo shows in the end: documents, books, speed, and where to look further."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from statistics import median, quantiles
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from api.web_ui import list_of
from perpetual.demo.people import COMPANY, People

LAST_DAY = "2027-12-31"
"""Of the fiscal years that the demo opens."""
WAITING = f'ErpCompany = "{COMPANY}" AND ErpWaitingOn IS NOT NULL'
"""What a query of the Web UI calls the processes that wait for somebody."""


class Counted(NamedTuple):
    """How many documents there are of a kind, and their sums by currency."""

    number: int
    sums: dict[str, Decimal]


async def documents(people: People) -> dict[str, Counted]:
    """What the whole company has sold, bought and paid, and what its people have earned."""
    amounts = {
        "sales-orders": "total_amount",
        "shipments": "cost",
        "invoices": "total_amount",
        "payments": "amount",
        "purchase-requisitions": "base_total_amount",
        "purchase-orders": "total_amount",
        "stock-receipts": "value",
        "supplier-invoices": "total_amount",
        "supplier-payments": "amount",
        "payment-runs": "amount",
        "payroll-runs": "gross_amount",
        "payslips": "net_amount",
    }
    counted = {}
    for path, amount in amounts.items():
        number, sums = 0, defaultdict[str, Decimal](Decimal)
        async for document in people.every(f"/v1/{path}"):
            number += 1
            # What a run of wages comes to is said with the payslips only.
            sums[document.get("currency", "EUR")] += Decimal(document[amount] or 0)
        counted[path] = Counted(number, dict(sums))
    return counted


async def statuses(people: People) -> dict[str, int]:
    """How many orders there are of each status."""
    found: defaultdict[str, int] = defaultdict(int)
    async for order in people.every("/v1/sales-orders"):
        found[order["status"]] += 1
    return dict(found)


def show_documents(console: Console, counted: dict[str, Counted], found: dict[str, int]) -> None:
    """The documents as a table; shipments and receipts at cost, payslips net, all others with tax."""
    table = Table(title="Documents")
    table.add_column("")
    table.add_column("number", justify="right")
    table.add_column("sum", justify="right")
    for path, (number, sums) in counted.items():
        amounts = "\n".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(sums.items()))
        table.add_row(path.replace("-", " "), str(number), amounts)
    console.print(table)
    console.print("orders: " + ", ".join(f"{number} {status}" for status, number in sorted(found.items())))


def show_trial_balance(console: Console, report: dict[str, Any]) -> bool:
    """All accounts with a balance, and whether debit and credit are equal."""
    table = Table(title="Trial balance, EUR")
    table.add_column("account")
    for heading in ("debit", "credit"):
        table.add_column(heading, justify="right")
    debit = credit = Decimal(0)
    for row in report["rows"]:
        closing = Decimal(row["closing"])
        debit, credit = debit + max(closing, Decimal(0)), credit - min(closing, Decimal(0))
        if closing:
            name = f"{row['account_code']} {row['account_name']}".strip()
            table.add_row(name, *(f"{closing:,.2f}", "") if closing > 0 else ("", f"{-closing:,.2f}"))
    table.add_section()
    table.add_row("total", f"{debit:,.2f}", f"{credit:,.2f}")
    console.print(table)
    console.print(
        "[green]The books balance.[/green]" if debit == credit else "[red]They do not balance![/red]"
    )
    return debit == credit


async def show_subledgers(console: Console, people: People, rows: list[dict[str, Any]]) -> bool:
    """Whether each control account, and the bank's, is at the end of all days what its subledger says."""
    last = {"as_of": LAST_DAY}
    receivable = await people.get("/v1/reports/aged-receivables", **last)
    payable = await people.get("/v1/reports/aged-payables", **last)
    not_invoiced = await people.get("/v1/reports/goods-received-not-invoiced", **last)
    worth = [Decimal(one["value"]) async for one in people.every("/v1/stock-valuations")]
    said = {
        "receivable": Decimal(receivable["base_total"]),
        "payable": -Decimal(payable["base_total"]),
        "goods_received_not_invoiced": -Decimal(not_invoiced["base_total"]),
        "inventory": sum(worth, Decimal(0)),
    }
    closing: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        # What customers have paid ahead is open with them, too.
        role = "receivable" if row["role"] == "customer_on_account" else row["role"]
        closing[role] += Decimal(row["closing"])
    differing = [
        f"{role}: {closing[role]:,.2f} is not {amount:,.2f}"
        for role, amount in said.items()
        if closing[role] != amount
    ]
    differing += await _of_bank(people)
    agree = "Receivables, payables, goods received, stock and bank are what their subledgers say."
    console.print(f"[red]{'; '.join(differing)}[/red]" if differing else f"[green]{agree}[/green]")
    return not differing


async def _of_bank(people: People) -> list[str]:
    """What the books lack of what the bank's statement says, on its last day."""
    found = []
    async for account in people.every("/v1/bank-accounts"):
        whose = {"bank_account": account["code"], "from": LAST_DAY, "to": LAST_DAY}
        report = await people.get("/v1/reports/bank-balances", **whose)
        (day,) = report["days"]
        if report["stated_until"] is not None and Decimal(day["difference"]):
            found.append(f"bank: {day['books_amount']} is not {day['bank_amount']}")
    return found


def show_speed(console: Console, seconds: Sequence[float], elapsed: float) -> None:
    """How long the API took for all requests of one order together, and how many orders went through."""
    if len(seconds) < 2:
        return
    usual, slow = median(seconds) * 1000, quantiles(seconds, n=20)[-1] * 1000
    console.print(
        f"An order's requests took {usual:.0f} ms together (p50), {slow:.0f} ms (p95); "
        f"{len(seconds) / elapsed:.1f} orders per second, {elapsed:.0f} s in all."
    )


def show_addresses(
    console: Console, *, base_url: str, web_ui: str | None, invoice_id: str | None, order_page: str | None
) -> None:
    """Where one can look further."""
    lines = [f"The API:     {base_url}/docs"]
    if invoice_id:
        lines.append(f"An invoice:  {base_url}/v1/invoices/{invoice_id}/pdf (send the API key with it)")
    if web_ui and order_page:
        lines.append(f"An order:    {order_page}")
    if web_ui:
        lines.append(f"All waiting: {list_of(WAITING, web_ui=web_ui)}")
    # An address that is broken into lines cannot be clicked.
    console.print("\n".join(lines), highlight=False, soft_wrap=True)


def process_of(order_id: str) -> str:
    """The id of an order's process."""
    return f"{COMPANY}/order_to_cash/{order_id}"
