"""Who is paid together, what pay is made of, and what people are paid: written down by code."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, text

from activities.master_data import changing_bank_details as bank_details
from activities.payroll.pay_accounts import ONE_AT_A_TIME
from domains.ledger.queries.budgets import cost_centres_in_use
from domains.master_data import queries as master_data
from domains.master_data.calendars import based_on
from domains.master_data.messages.bank_details import BankDetailsOwner
from domains.payroll.messages import garnishments, loans
from domains.payroll.messages import records as messages
from domains.payroll.queries import net_pay
from domains.payroll.queries import records as queries
from domains.payroll.rules import net_pay as net_pay_rules
from domains.payroll.rules import openings
from domains.payroll.rules import records as rules
from domains.payroll.tables import (
    EmployeeLoanRecord,
    GarnishmentOrderRecord,
    OpeningSumRow,
    PayAccountChangeRow,
    PayAgreementRecord,
    PayComponentRecord,
    PayGroup,
    YearOpeningRecord,
)
from foundation.database import records
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.money import ZERO

_IS_EMPLOYED = text(
    "SELECT EXISTS (SELECT FROM master_data.party WHERE type = 'employee' AND code = :employee) AS known"
)


@operation("payroll.put_pay_group", event=messages.PayGroupChangedEvent)
async def put_pay_group(tx: Transaction, put: messages.PutPayGroup) -> messages.PayRecordPut:
    """Write down who is paid together. Its country stays: other components belong to another law.

    Refuses: Invalid, also when no pack knows the country's law, or when that is in another currency than the
    company's; ExistsAlready, ChangedMeanwhile.
    """
    company = await master_data.company(tx)
    calendars = await based_on(tx)
    known = await queries.pay_group(tx, put.code)
    rules.check_group(put, known, currency=company.currency, calendars=calendars)
    created = await records.put(tx, PayGroup, put.model_dump())
    return messages.PayRecordPut(code=put.code, created=created)


@operation("payroll.put_pay_component", event=messages.PayComponentChangedEvent)
async def put_pay_component(tx: Transaction, put: messages.PutPayComponent) -> messages.PayRecordPut:
    """Write down a component of pay, with all its versions. It counts for what is computed from then on. Its
    country stays: agreements and other components rest on it.

    Refuses: Invalid, with every field that is wrong, also when it rests on what there is not, or on itself by
    way of others; ExistsAlready, ChangedMeanwhile.
    """
    others = [one for one in await queries.pay_components(tx, put.country) if one.code != put.code]
    rules.check_component(put, await queries.pay_component(tx, put.code), others)
    created = await records.put(tx, PayComponentRecord, put.model_dump(mode="json"))
    return messages.PayRecordPut(code=put.code, created=created)


@operation("payroll.put_pay_agreement")
async def put_pay_agreement(tx: Transaction, put: messages.PutPayAgreement) -> messages.PayRecordPut:
    """Write down what somebody is paid from a day on. Nothing of it is announced. Where the pay of somebody
    goes who is paid already stays for now, also with an agreement that follows another one: that it goes
    elsewhere is a change of bank details, which begins with it. An agreement that follows another one and
    says no accounts has that one's.

    Refuses: Invalid, with every field that is wrong, also of what the country's law must know of the person;
    AgreementsOverlap, BankDetailsChangeOpen; ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(ONE_AT_A_TIME, {"employee": put.employee_code})
    group = await queries.pay_group(tx, put.pay_group_code)
    known = await queries.agreement_with_author(tx, put.code)
    others = [one for one in await queries.pay_agreements(tx, [put.employee_code]) if one.code != put.code]
    context = rules.AgreementContext(
        is_employed=bool(await tx.scalar(_IS_EMPLOYED, {"employee": put.employee_code})),
        group=group,
        components=await queries.pay_components(tx, group.country) if group else [],
        cost_centres=await cost_centres_in_use(tx, [one.cost_centre for one in put.cost_centres]),
        others=others,
        known=known,
        changed_by=known.changed_by if known is not None else "",
    )
    kept = rules.checked_agreement(put, context)
    kept["accounts"] = await _kept_accounts(tx, put, kept["accounts"], context)
    kept["changed_by"] = func.current_setting("perpetual.actor")
    created = await records.put(tx, PayAgreementRecord, kept)
    return messages.PayRecordPut(code=put.code, created=created)


@operation("payroll.put_year_opening")
async def put_year_opening(tx: Transaction, put: messages.PutYearOpening) -> messages.PayRecordPut:
    """Write down what was paid to somebody in a year before we paid it, or correct it: payslips that are
    computed from then on count it. Nothing of it is announced.

    Refuses: Invalid, with every field that is wrong; OpeningExists; ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(ONE_AT_A_TIME, {"employee": put.employee_code})
    known = await queries.year_opening(tx, put.code)
    openings.check_opening_sums(
        put,
        known,
        await queries.year_openings(tx, put.employee_code),
        is_employed=bool(await tx.scalar(_IS_EMPLOYED, {"employee": put.employee_code})),
        components=[one.code for one in await queries.pay_components(tx, put.country)],
    )
    created = await records.put(tx, YearOpeningRecord, _as_json(put.model_dump()))
    added = openings.added_by_opening(put, known).items()
    of_person = {"opening_code": put.code, "employee_code": put.employee_code, "year": put.year}
    if rows := [of_person | {"name": name, "amount": amount} for name, amount in added]:
        write_document(tx, {OpeningSumRow: rows})
    return messages.PayRecordPut(code=put.code, created=created)


def _as_json(kept: dict[str, Any]) -> dict[str, Any]:
    """The sums as JSON keeps them, to the last digit."""
    sums = ("law", "components")
    return kept | {of: {name: f"{amount:f}" for name, amount in kept[of].items()} for of in sums}


@operation("payroll.put_garnishment_order")
async def put_garnishment_order(
    tx: Transaction, put: garnishments.PutGarnishmentOrder
) -> messages.PayRecordPut:
    """Write down what a creditor may have of somebody's net pay: payslips that are computed from then on take
    it, by their day of payment. Nothing of it is announced.

    Refuses: Invalid, with every field that is wrong; ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(ONE_AT_A_TIME, {"employee": put.employee_code})
    known = await net_pay.garnishment_order(tx, put.code)
    net_pay_rules.check_order(
        put,
        known,
        is_employed=bool(await tx.scalar(_IS_EMPLOYED, {"employee": put.employee_code})),
        taken=known.taken_amount if known is not None else ZERO,
    )
    kept = put.model_dump() | {"protected": put.protected.model_dump(mode="json")}
    created = await records.put(tx, GarnishmentOrderRecord, kept)
    return messages.PayRecordPut(code=put.code, created=created)


@operation("payroll.put_employee_loan")
async def put_employee_loan(tx: Transaction, put: loans.PutEmployeeLoan) -> messages.PayRecordPut:
    """Write down how a loan or an advance is repaid: payslips that are computed from then on take instalments
    of what is left of it, by their day of payment. Nothing of it is announced.

    Refuses: Invalid, with every field that is wrong; ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(ONE_AT_A_TIME, {"employee": put.employee_code})
    is_employed = bool(await tx.scalar(_IS_EMPLOYED, {"employee": put.employee_code}))
    net_pay_rules.check_loan(put, await net_pay.employee_loan(tx, put.code), is_employed=is_employed)
    created = await records.put(tx, EmployeeLoanRecord, put.model_dump())
    return messages.PayRecordPut(code=put.code, created=created)


async def _kept_accounts(
    tx: Transaction, put: messages.PayAgreement, wanted: list[Any], context: rules.AgreementContext
) -> list[Any]:
    """The accounts that the agreement has from now on: those to which the person is paid so far, when they
    would be paid elsewhere.
    """
    owner, known = BankDetailsOwner.EMPLOYEE, context.known
    if known is not None:
        await bank_details.note_edit(tx, owner, put.code)
    so_far = rules.accounts_so_far(put, context)
    before = rules.as_kept(so_far)
    if not rules.goes_elsewhere(put, so_far, is_new=known is None):
        return before or wanted
    change = bank_details.WantedBankDetails(
        owner,
        put.code,
        put.employee_code,
        before,
        wanted,
        context.changed_by,
        field="accounts",
        is_kept_elsewhere=True,
    )
    change_id = await bank_details.ask_for_change(tx, change)
    if change_id is not None:
        _keep_account_change(tx, change_id, change)
    return before


def _keep_account_change(tx: Transaction, change_id: UUID, change: bank_details.WantedBankDetails) -> None:
    """Write down the accounts that a change of bank details does not say."""
    row = {
        "change_id": change_id,
        "agreement_code": change.code,
        "employee_code": change.party_code,
        "accounts_before": list(change.before),
        "accounts": list(change.accounts),
    }
    write_document(tx, {PayAccountChangeRow: row})
