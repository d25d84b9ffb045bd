"""How customers are reminded: the procedures, and the template of one."""

from pathlib import Path

from sqlalchemy import ARRAY, Text, any_, delete, literal, select, text

import domains.receivables
from domains.master_data.tables import Customer
from domains.receivables.messages import DunningProcedurePut, LoadDunningProcedure, PutDunningProcedure
from domains.receivables.rules import dunning as rules
from domains.receivables.tables.dunning import DunningProcedure, DunningProcedureCustomer
from foundation.database import records
from foundation.database.documents import write_document
from foundation.database.transaction import Transaction
from foundation.operations.operation import operation
from foundation.values.errors import Invalid

TEMPLATE = Path(domains.receivables.__file__).parent / "dunning_procedure.json"

# Procedures are written one after the other, so that no customer gets two of them unseen.
_ONE_AT_A_TIME = text("SELECT FROM master_data.company FOR NO KEY UPDATE")


@operation("receivables.load_dunning_procedure")
async def load_dunning_procedure(tx: Transaction, load: LoadDunningProcedure) -> DunningProcedurePut:
    """Load a procedure of three levels, for every customer; one that is there already stays as it is.

    Refuses: Invalid when another procedure is for every customer.
    """
    del load
    procedure = PutDunningProcedure.model_validate_json(TEMPLATE.read_bytes(), strict=False)
    await tx.execute(_ONE_AT_A_TIME)
    known = select(DunningProcedure.code).where(DunningProcedure.code == procedure.code)
    if await tx.scalar(known) is not None:
        return DunningProcedurePut(code=procedure.code, created=False)
    return await _put(tx, procedure)


@operation("receivables.put_dunning_procedure")
async def put_dunning_procedure(tx: Transaction, procedure: PutDunningProcedure) -> DunningProcedurePut:
    """Write a procedure down, new or changed; dunnings that run go by it from their next look on.

    Refuses: Invalid, ExistsAlready, ChangedMeanwhile.
    """
    await tx.execute(_ONE_AT_A_TIME)
    return await _put(tx, procedure)


async def _put(tx: Transaction, procedure: PutDunningProcedure) -> DunningProcedurePut:
    of = DunningProcedureCustomer
    asked = literal(list(procedure.customers), ARRAY(Text))
    customers = select(Customer.code).where(Customer.code == any_(asked))
    named = select(of.customer_code, of.procedure_code).where(
        of.customer_code == any_(asked), of.procedure_code != procedure.code
    )
    elsewhere = {row.customer_code: row.procedure_code for row in await tx.execute(named)}
    rules.check_procedure(procedure, known=frozenset(await tx.scalars(customers)), elsewhere=elsewhere)
    other = select(DunningProcedure.code).where(
        DunningProcedure.is_default, DunningProcedure.code != procedure.code
    )
    if procedure.is_default and (code := await tx.scalar(other)):
        why = f"{code} is for every customer; change that first"
        raise Invalid(f"is_default: {why}", errors=[("is_default", why)])
    levels = [level.model_dump(mode="json") for level in procedure.levels]
    written = procedure.model_dump(exclude={"customers"}) | {"levels": levels}
    created = await records.put(tx, DunningProcedure, written)
    await tx.execute(delete(of).where(of.procedure_code == procedure.code))
    rows = [{"customer_code": code, "procedure_code": procedure.code} for code in procedure.customers]
    write_document(tx, {of: rows})
    return DunningProcedurePut(code=procedure.code, created=created)
