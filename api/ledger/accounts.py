"""The chart of accounts, and fiscal years with their locks."""

from typing import Annotated, Any

from fastapi import Body

from activities.ledger import accounts
from api.door import Asked, AskedRequest, Router, allows
from api.lists import add_list
from api.records import Resource, records, router_for
from domains.ledger.messages import ChartLoaded, LoadChart, PutAccountRole
from domains.ledger.queries import accounts as queries
from domains.ledger.queries.accounts import AccountRoleView, AccountView, FiscalYearView
from domains.ledger.tables.accounts import Account, FiscalYear

template = Router(prefix="/v1/accounts/template", tags=["Finance"])


@template.post("", status_code=201, dependencies=[allows("ledger.account.write")])
async def load_template(chart: LoadChart, asked: Asked) -> ChartLoaded:
    """Load the template of about 60 accounts; those that are there already stay as they are."""
    return await asked.run(accounts.load_chart, chart)


roles = Router(prefix="/v1/account-roles", tags=["Finance"])
ROLE_EXAMPLES: dict[str, Any] = {
    "in transit": {
        "summary": "What was ordered of one bank has an account of its own",
        "value": {"role": "payments_in_transit", "key": "GIRO", "account_code": "1495"},
    }
}


@roles.post("", status_code=201, dependencies=[allows("ledger.account.write")])
async def put_role(
    role: Annotated[PutAccountRole, Body(openapi_examples=ROLE_EXAMPLES)], asked: Asked
) -> AccountRoleView:
    """Say which account a role means for a key, new or changed; documents that name the key post there from
    now on. For all other keys the role is the account's, and set there.
    """
    await asked.run(accounts.put_account_role, role)
    return AccountRoleView(**dict(role))


add_list(roles, queries.ACCOUNT_ROLES, allows("ledger.account.read"))


async def _account(asked: AskedRequest, code: str) -> AccountView | None:
    async with asked.read() as tx:
        return await queries.account(tx, code)


async def _fiscal_year(asked: AskedRequest, code: str) -> FiscalYearView | None:
    # A period is not locked under what is not done yet: what has just been answered is.
    await asked.app.state.answers.all_noted()
    async with asked.read() as session:
        found = await session.get(FiscalYear, (asked.caller.company, code))
    return None if found is None else _view_of(found, FiscalYearView)


def _view_of(record: Any, view: Any) -> Any:
    return view(**{name: getattr(record, name) for name in view.model_fields})


routers = [
    router_for(
        Resource(
            path="accounts",
            tag="Finance",
            permission="ledger.account",
            put=accounts.put_account,
            view=AccountView,
            records=records("accounts", AccountView, queries.ACCOUNTS, Account),
            read=_account,
            example={"code": "1400", "name": "Bank", "kind": "asset", "role": "bank"},
        )
    ),
    router_for(
        Resource(
            path="fiscal-years",
            tag="Finance",
            permission="ledger.fiscal_year",
            put=accounts.put_fiscal_year,
            view=FiscalYearView,
            records=records(
                "fiscal-years", FiscalYearView, queries.FISCAL_YEARS, FiscalYear, order="starts_on"
            ),
            read=_fiscal_year,
            example={"code": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"},
        )
    ),
]
