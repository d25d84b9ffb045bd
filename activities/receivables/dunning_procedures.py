"""How customers are reminded: the procedures, and the template of one."""

from pathlib import Path

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

import domains.receivables
from domains.master_data.tables import Customer
from domains.receivables.messages import DunningProcedurePut, LoadDunningProcedure, PutDunningProcedure
from domains.receivables.rules import dunning as rules
from domains.receivables.tables.dunning import DunningProcedure, DunningProcedureCustomer
from foundation import records
from foundation.database import rows_of
from foundation.errors import Invalid
from foundation.operation import operation

TEMPLATE = Path(domains.receivables.__file__).parent / "dunning_procedure.json"

# Procedures are written one after the other, so that no customer gets two of them unseen.
_ONE_AT_A_TIME = text("SELECT FROM master_data.company FOR NO KEY UPDATE")


@operation("receivables.load_dunning_procedure")
async def load_dunning_procedure(session: AsyncSession, load: LoadDunningProcedure) -> DunningProcedurePut:
    """Load a procedure of three levels, for every customer; one that is there already stays as it is.

    Refuses: Invalid when another procedure is for every customer.
    """
    del load
    procedure = PutDunningProcedure.model_validate_json(TEMPLATE.read_bytes(), strict=False)
    await session.execute(_ONE_AT_A_TIME)
    known = select(DunningProcedure.code).where(DunningProcedure.code == procedure.code)
    if await session.scalar(known) is not None:
        return DunningProcedurePut(code=procedure.code, created=False)
    return await _put(session, procedure)


@operation("receivables.put_dunning_procedure")
async def put_dunning_procedure(session: AsyncSession, procedure: PutDunningProcedure) -> DunningProcedurePut:
    """Write a procedure down, new or changed; dunnings that run go by it from their next look on.

    Refuses: Invalid, ExistsAlready, ChangedMeanwhile.
    """
    await session.execute(_ONE_AT_A_TIME)
    return await _put(session, procedure)


async def _put(session: AsyncSession, procedure: PutDunningProcedure) -> DunningProcedurePut:
    of = DunningProcedureCustomer
    customers = select(Customer.code).where(Customer.code.in_(procedure.customers))
    named = select(of.customer_code, of.procedure_code).where(
        of.customer_code.in_(procedure.customers), of.procedure_code != procedure.code
    )
    elsewhere = {row.customer_code: row.procedure_code for row in await session.execute(named)}
    rules.check_procedure(procedure, known=frozenset(await session.scalars(customers)), elsewhere=elsewhere)
    other = select(DunningProcedure.code).where(
        DunningProcedure.is_default, DunningProcedure.code != procedure.code
    )
    if procedure.is_default and (code := await session.scalar(other)):
        why = f"{code} is for every customer; change that first"
        raise Invalid(f"is_default: {why}", errors=[("is_default", why)])
    levels = [level.model_dump(mode="json") for level in procedure.levels]
    written = procedure.model_dump(exclude={"customers"}) | {"levels": levels}
    created = await records.put(session, DunningProcedure, written)
    await session.execute(delete(of).where(of.procedure_code == procedure.code))
    rows = [{"customer_code": code, "procedure_code": procedure.code} for code in procedure.customers]
    if rows:
        await session.execute(insert(rows_of(of)), rows)
    return DunningProcedurePut(code=procedure.code, created=created)
