"""A tax is posted to an account that is there and open, a liability or an asset, and no control account; and
that account stays so while a tax code names it.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from foundation.database.connections import asyncpg_url
from tests.erp import Erp

WRONG = {
    "GHOST": "there is no account GHOST",
    "CLOSED": "account CLOSED is blocked",
    "4000": "of the kind income",
    "6600": "of the kind expense",
    "1200": "control account",
}


def posted_to(account: str | None, **more: Any) -> dict[str, Any]:
    return {"name": "VAT", "rate_percent": "19", "account_code": account, **more}


def own(**facts: Any) -> dict[str, Any]:
    return {"code": "OWN", "name": "Own", "components": [posted_to("2210")]} | facts


async def close(erp: Erp, account: str, **change: Any) -> Any:
    return await erp.request("PATCH", f"/v1/accounts/{account}", change or {"blocked": True}, if_match="*")


@pytest.fixture
async def owner(owner_url: str, erp: Erp) -> AsyncIterator[AsyncConnection]:
    """The database as its owner writes in it, whom no rule of ours asks anything."""
    engine = create_async_engine(asyncpg_url(owner_url))
    async with engine.connect() as connection:
        await connection.execute(
            text("SELECT set_config('perpetual.company', :company, true)"), {"company": erp.company}
        )
        yield connection
    await engine.dispose()


@pytest.mark.parametrize("account", WRONG)
async def test_a_tax_code_names_an_account_for_taxes(erp: Erp, account: str) -> None:
    closed = {"code": "CLOSED", "name": "Closed", "kind": "liability", "blocked": True}
    await erp.post("/v1/accounts", closed)
    later = [{"valid_from": "2027-01-01", "components": [posted_to("2210"), posted_to(account)]}]

    for asked, field in (
        (own(components=[posted_to(None), posted_to(account)]), "components.1.account_code"),
        (own(changes=later), "changes.0.components.1.account_code"),
    ):
        refused = await erp.request("POST", "/v1/tax-codes", asked)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"]) == (422, field)
        assert WRONG[account] in error["message"]
    assert (await erp.request("GET", "/v1/tax-codes/OWN")).status_code == 404
    await erp.post("/v1/tax-codes", own())


@pytest.mark.parametrize("change", [{"blocked": True}, {"kind": "income"}, {"role": "receivable"}])
@pytest.mark.parametrize("when", ["now", "later"])
async def test_an_account_that_a_tax_code_names_stays_as_it_is(
    erp: Erp, change: dict[str, Any], when: str
) -> None:
    later = {"components": [], "changes": [{"valid_from": "2027-01-01", "components": [posted_to("2210")]}]}
    await erp.post("/v1/tax-codes", own(**(later if when == "later" else {})))
    if "role" in change:
        erp.accepted(await close(erp, "1200", role=None))

    refused = await close(erp, "2210", **change)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/named-by-tax"), refused.text
    assert "OWN" in refused.json()["detail"]
    erp.accepted(await close(erp, "2210", name="Called otherwise"))
    erp.accepted(
        await erp.request("PATCH", "/v1/tax-codes/OWN", {"components": [], "changes": []}, if_match="*")
    )
    erp.accepted(await close(erp, "2210", **change))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.account SET blocked = true WHERE code = '2210'",
        "UPDATE ledger.account SET kind = 'expense' WHERE code = '2210'",
        "UPDATE ledger.account SET code = 'OTHER' WHERE code = '2210'",
        "DELETE FROM ledger.account WHERE code = '2210'",
        "UPDATE master_data.tax_code SET components = '[{\"account_code\": \"GHOST\"}]' WHERE code = 'OWN'",
        "UPDATE master_data.tax_code SET components = '[{\"account_code\": \"4000\"}]' WHERE code = 'OWN'",
        "INSERT INTO master_data.tax_code_change (code, valid_from, components) "
        "VALUES ('OWN', '2027-01-01', '[{\"account_code\": \"1200\"}]')",
    ],
)
async def test_the_database_refuses_it_whoever_asks(erp: Erp, owner: AsyncConnection, statement: str) -> None:
    await erp.post("/v1/tax-codes", own())
    of_company = "" if statement.startswith("INSERT") else f" AND company_id = '{erp.company}'"

    with pytest.raises(IntegrityError, match=r"names an account|is posted to account"):
        await owner.execute(text(f"{statement}{of_company}"))
