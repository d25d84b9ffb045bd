"""What the books refuse a command for, its dry run says before, in the same words; and what it would do is
what is done then.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from foundation.process.accepting import taken_in_turn
from foundation.process.process_types import process_types
from tests.api.test_dry_runs import books, refusal, rows
from tests.builders import bank_statements
from tests.checked import violations
from tests.erp import Erp
from tests.workflows.asked_of_bank_details import calling_a_change_off, calling_off_what_is_in_effect
from tests.workflows.asked_of_leave import cancelling_approved_leave, cancelling_leave
from tests.workflows.asked_of_orders import (
    Asked,
    amending,
    amending_too_much,
    billing,
    calling_a_return_off,
    calling_an_inspected_return_off,
    cancelling_what_comes_back,
    cancelling_what_has_left,
    cancelling_what_was_paid,
    closing,
    inspecting,
    paying,
    shipping,
    taking_a_listed_shipment_back,
    taking_a_shipment_back,
    taking_an_invoice_back,
)
from tests.workflows.asked_of_payment_runs import (
    cancelling_a_posting,
    cancelling_its_advices,
    cancelling_its_rejections,
    cancelling_what_is_paid,
    leaving_out,
    leaving_out_what_is_not_there,
    submitting_another_version,
)
from tests.workflows.asked_of_payroll_runs import (
    cancelling_a_paid_payroll,
    cancelling_what_was_computed,
    leaving_nobody_known_out,
    leaving_somebody_out,
    submitting_another_payroll,
)
from tests.workflows.asked_of_purchases import (
    accepting_an_invoice,
    accepting_what_is_not_read,
    cancelling_a_coded_invoice,
    cancelling_a_goods_write_off,
    cancelling_a_purchase,
    cancelling_a_purchase_that_has_come,
    cancelling_a_requisition,
    cancelling_an_ordered_requisition,
    cancelling_what_is_posted,
    cancelling_what_is_written_off,
    changing_a_price_of_nothing,
    changing_prices,
    crediting_an_invoice,
    entering_a_blocked_invoice,
    entering_an_invoice,
    receiving,
    rejecting_an_invoice,
    rejecting_it_again,
    taking_a_receipt_back,
    taking_a_supplier_invoice_back,
)
from tests.workflows.test_dates_first import blocked, lock_through, march_locked

__all__ = ["books"]


def cancelling_a_run(path: str, process: str, **body: str) -> Callable[[Erp], Awaitable[Asked]]:
    async def ask(erp: Erp) -> Asked:
        await erp.post(path, body)
        (day_or_month,) = body.values()
        return f"/v1/runs/{erp.company}/{process}/{day_or_month}/cancellation", {"reason": "not now"}

    return ask


async def cancelling_a_matching(erp: Erp) -> Asked:
    await bank_statements.open_account(erp)
    content = bank_statements.camt(bank_statements.entry("5.00"), closing="5.00")
    (statement,) = await bank_statements.imported(erp, content)
    run = await bank_statements.match(erp, statement)
    return f"/v1/runs/{run['run_id']}/cancellation", {"reason": "not now"}


async def nothing(_: Erp) -> None:
    """The command is refused for what it says, or for what was done before."""


async def march_closed(erp: Erp) -> None:
    await lock_through(erp, "2026-03-31")


class Refused(NamedTuple):
    """A command, what happens in the books after it could have been given, and what refuses it then."""

    ask: Callable[[Erp], Awaitable[Asked]]
    meanwhile: Callable[[Erp], Awaitable[None]]
    why: str
    field: str = ""


REFUSED: dict[tuple[str, str], list[Refused]] = {
    ("order_to_cash", "ship"): [
        Refused(shipping, march_locked, "period-locked", "shipped_on"),
        Refused(shipping, blocked("revenue"), "no-account-for"),
        Refused(shipping, blocked("cost_of_goods_sold"), "no-account-for"),
    ],
    ("order_to_cash", "pay"): [
        Refused(paying, march_locked, "period-locked", "received_on"),
        Refused(paying, blocked("bank"), "no-account-for"),
    ],
    ("order_to_cash", "amend"): [Refused(amending_too_much, nothing, "over-credit-limit")],
    ("order_to_cash", "cancel"): [
        Refused(cancelling_what_was_paid, march_locked, "period-locked", "cancelled_on"),
        Refused(cancelling_what_was_paid, blocked("bank"), "no-account-for"),
        Refused(cancelling_what_comes_back, nothing, "not-delivered"),
    ],
    ("order_to_cash", "bill"): [
        Refused(billing, march_locked, "period-locked", "invoiced_on"),
        Refused(billing, blocked("revenue"), "no-account-for"),
    ],
    ("order_to_cash", "close_rest"): [
        Refused(closing, march_locked, "period-locked", "closed_on"),
        Refused(closing, blocked("tax_payable"), "no-account-for"),
    ],
    ("order_to_cash", "take_shipment_back"): [
        Refused(taking_a_shipment_back, march_locked, "period-locked", "reversed_on"),
        Refused(taking_a_listed_shipment_back, march_locked, "period-locked", "reversed_on"),
    ],
    ("order_to_cash", "take_invoice_back"): [
        Refused(taking_an_invoice_back, march_locked, "period-locked", "reversed_on"),
        Refused(taking_an_invoice_back, blocked("revenue"), "no-account-for"),
    ],
    ("customer_return", "inspect"): [
        Refused(inspecting, march_locked, "period-locked", "received_on"),
    ],
    # Nothing is posted: only what was done before stands against them.
    ("customer_return", "cancel"): [Refused(calling_an_inspected_return_off, nothing, "process-ended")],
    ("procure_to_pay", "receive"): [
        Refused(receiving, march_locked, "period-locked", "received_on"),
        Refused(receiving, blocked("inventory"), "no-account-for"),
    ],
    ("procure_to_pay", "take_receipt_back"): [
        Refused(taking_a_receipt_back, march_locked, "period-locked", "reversed_on"),
    ],
    ("procure_to_pay", "enter_invoice"): [
        Refused(entering_an_invoice, march_locked, "period-locked", "posted_on"),
        Refused(entering_an_invoice, blocked("tax_receivable"), "no-account-for"),
    ],
    ("procure_to_pay", "accept_invoice"): [
        Refused(accepting_an_invoice, march_locked, "period-locked", "posted_on"),
        Refused(accepting_an_invoice, blocked("tax_receivable"), "no-account-for"),
        Refused(accepting_what_is_not_read, nothing, "not-as-read"),
    ],
    ("procure_to_pay", "enter_credit"): [
        Refused(crediting_an_invoice, march_locked, "period-locked", "posted_on"),
    ],
    ("procure_to_pay", "reject_invoice"): [Refused(rejecting_it_again, nothing, "not-blocked")],
    ("procure_to_pay", "change_prices"): [
        Refused(changing_a_price_of_nothing, nothing, "invalid", "lines.0.line_number"),
    ],
    ("procure_to_pay", "take_invoice_back"): [
        Refused(taking_a_supplier_invoice_back, march_locked, "period-locked", "reversed_on"),
    ],
    ("procure_to_pay", "cancel"): [
        Refused(cancelling_a_purchase_that_has_come, nothing, "nothing-to-come"),
    ],
    ("purchase_requisition", "cancel"): [
        Refused(cancelling_an_ordered_requisition, nothing, "process-ended")
    ],
    ("coded_invoice", "cancel"): [Refused(cancelling_what_is_posted, nothing, "process-ended")],
    ("goods_write_off", "cancel"): [Refused(cancelling_what_is_written_off, nothing, "process-ended")],
    ("leave_request", "cancel"): [Refused(cancelling_approved_leave, nothing, "process-ended")],
    ("dunning_run", "cancel"): [
        Refused(
            cancelling_a_run("/v1/dunning-runs", "dunning_run", on="2026-03-31"), nothing, "process-ended"
        )
    ],
    ("bank_details_change", "cancel"): [Refused(calling_off_what_is_in_effect, nothing, "process-ended")],
    ("payment_run", "edit"): [
        Refused(leaving_out_what_is_not_there, nothing, "invalid", "leave_out.0"),
    ],
    ("payment_run", "submit"): [Refused(submitting_another_version, nothing, "run-changed")],
    ("payment_run", "cancel"): [Refused(cancelling_what_is_paid, nothing, "process-ended")],
    ("payment_posting_run", "cancel"): [Refused(cancelling_a_posting, nothing, "process-ended")],
    ("payroll_run", "edit"): [Refused(leaving_nobody_known_out, nothing, "invalid", "leave_out.0")],
    ("payroll_run", "submit"): [
        Refused(submitting_another_payroll, nothing, "payroll-changed", "version"),
    ],
    ("payment_advice_run", "cancel"): [Refused(cancelling_its_advices, nothing, "process-ended")],
    ("payment_rejection_run", "cancel"): [Refused(cancelling_its_rejections, nothing, "process-ended")],
    ("payroll_run", "cancel"): [Refused(cancelling_a_paid_payroll, nothing, "process-ended")],
    ("payslips_run", "cancel"): [Refused(cancelling_what_was_computed, nothing, "process-ended")],
    ("bank_matching_run", "cancel"): [Refused(cancelling_a_matching, nothing, "process-ended")],
    ("replenishment_run", "cancel"): [
        Refused(
            cancelling_a_run("/v1/replenishment-runs", "replenishment_run", on="2026-03-31"),
            nothing,
            "process-ended",
        ),
    ],
    ("collective_invoice_run", "cancel"): [
        Refused(
            cancelling_a_run("/v1/collective-invoice-runs", "collective_invoice_run", month="2026-03"),
            nothing,
            "process-ended",
        )
    ],
}
"""By process and command."""
TAKEN = [
    shipping,
    paying,
    amending,
    cancelling_what_was_paid,
    cancelling_what_has_left,
    billing,
    closing,
    taking_a_shipment_back,
    taking_a_listed_shipment_back,
    taking_an_invoice_back,
    inspecting,
    calling_a_return_off,
    receiving,
    taking_a_receipt_back,
    entering_an_invoice,
    entering_a_blocked_invoice,
    accepting_an_invoice,
    rejecting_an_invoice,
    crediting_an_invoice,
    changing_prices,
    taking_a_supplier_invoice_back,
    cancelling_a_purchase,
    cancelling_a_requisition,
    cancelling_a_goods_write_off,
    cancelling_a_coded_invoice,
    calling_a_change_off,
    leaving_out,
    leaving_somebody_out,
    cancelling_leave,
]
NOTHING_BUT_APPROVALS = (
    calling_a_return_off,
    cancelling_a_requisition,
    cancelling_a_goods_write_off,
    cancelling_a_coded_invoice,
    calling_a_change_off,
    cancelling_leave,
)
"""What takes back no more than a question: a dry run names no operation."""


def test_no_command_is_forgotten() -> None:
    """Every command that waits in a process's mailbox stands above."""
    known = {(name, kind) for name, of_name in process_types().items() for kind in taken_in_turn(of_name)}

    assert known == set(REFUSED)


@pytest.mark.parametrize(("process", "kind"), REFUSED)
def test_a_command_that_is_posted_on_a_day_says_in_which_field(process: str, kind: str) -> None:
    """No period is locked under it while it waits."""
    fields = {case.field for case in REFUSED[process, kind] if case.why == "period-locked"}

    message = taken_in_turn(process_types()[process])[kind]
    assert {message.POSTED_ON} == (fields or {""})


CASES = [(command, case) for command, cases in REFUSED.items() for case in cases]


@pytest.mark.parametrize(("command", "case"), CASES, ids=[f"{kind} {case.why}" for (_, kind), case in CASES])
async def test_a_dry_run_refuses_what_the_books_would_refuse(
    erp: Erp, books: Any, command: tuple[str, str], case: Refused
) -> None:
    path, body = await case.ask(erp)
    await case.meanwhile(erp)
    await erp.at_rest()
    before = await rows(books, erp.company)

    would = await erp.request("POST", path, body, key="the command", dry_run="true")

    assert await rows(books, erp.company) == before, f"{command} has changed something"
    real = await erp.request("POST", path, body, key="the command")
    assert (would.status_code, refusal(would)) == (real.status_code, refusal(real))
    problem = real.json()
    assert problem["type"] == f"/problems/{case.why}", problem
    assert [error["field"] for error in problem.get("errors", [])] == ([case.field] if case.field else [])
    assert [one.as_text() for one in await violations(erp.company)] == []


@pytest.mark.parametrize("ask", TAKEN)
async def test_a_dry_run_says_what_is_done_then_and_does_nothing(
    erp: Erp, books: Any, ask: Callable[[Erp], Awaitable[Asked]]
) -> None:
    path, body = await ask(erp)
    await erp.at_rest()
    before = await rows(books, erp.company)

    would = await erp.request("POST", path, body, key="the command", dry_run="true")

    assert would.status_code == 200, would.text
    assert await rows(books, erp.company) == before
    named = [one["operation"] for one in would.json()["would"] if one["operation"]]
    known = await operations(erp)
    erp.accepted(await erp.request("POST", path, body, key="the command"))
    done = (await operations(erp))[len(known) :]
    assert named == done[: len(named)], (named, done)
    assert named or ask in NOTHING_BUT_APPROVALS, would.text


async def operations(erp: Erp) -> list[str]:
    """What the company's processes have done, in order."""
    found = [
        (entry["at"], entry["operation"])
        for process in (await erp.get("/v1/processes", limit=200))["items"]
        for entry in (await erp.get(f"/v1/processes/{process['id']}"))["timeline"]
    ]
    return [name for _, name in sorted(found)]
