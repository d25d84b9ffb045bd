"""Cost centres, budgets, and what is committed of them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, any_, bindparam, case, func, select

from domains.ledger.messages.budgets import COST_CENTRE, CommittedBy, PutBudget, PutCostCentre
from domains.ledger.queries.reports import base_currency
from domains.ledger.rules.budgets import BudgetAsKept, OpenCommitment
from domains.ledger.tables.accounts import DimensionValue
from domains.ledger.tables.budgets import Budget, BudgetCommitment
from foundation.database.connections import columns_for, rows_of
from foundation.database.lists import Listing, between, equal, named
from foundation.database.transaction import Transaction
from foundation.values.messages import Message, ShownAmount


class CostCentreView(PutCostCentre):
    """A cost centre as it stands."""

    version: int


class BudgetView(PutBudget):
    """A budget as it stands, and what is committed of it."""

    committed_amount: ShownAmount = Decimal(0)
    version: int


class CommitmentView(Message):
    """What a document's line commits of a budget, or, negative, gives back; in the company's currency."""

    commitment_id: int
    budget: str
    document_type: str
    document_id: UUID
    line_number: int
    amount: ShownAmount
    committed_on: date
    wanted_on: date
    """The day for which it is, which says whose budget counts."""


class BudgetAsOf(Message):
    """A budget, and what was committed of it at the end of a day."""

    code: str
    name: str
    cost_centre: str
    starts_on: date
    ends_on: date
    amount: ShownAmount
    """As it is now."""
    committed_amount: ShownAmount
    available_amount: ShownAmount
    commitments: str
    """Where its lines are listed."""


class BudgetReport(Message):
    """All budgets, by cost centre and period, in the company's currency."""

    as_of: date
    currency: str
    budgets: list[BudgetAsOf]


_IN_DIMENSION = DimensionValue.dimension == COST_CENTRE
COST_CENTRES = select(*columns_for(DimensionValue, CostCentreView)).where(_IN_DIMENSION)
BUDGETS = select(*columns_for(Budget, BudgetView))
_COMMITMENT = select(
    *columns_for(
        BudgetCommitment,
        CommitmentView,
        commitment_id=BudgetCommitment.id,
        budget=BudgetCommitment.budget_code,
    )
)
COMMITMENTS = Listing(
    name="budget_commitments",
    about="What documents have committed of budgets, and given back, the latest first.",
    view=CommitmentView,
    rows=_COMMITMENT,
    filters=(
        equal(BudgetCommitment.budget_code, "budget"),
        equal(BudgetCommitment.document_type),
        equal(BudgetCommitment.document_id),
        *between(BudgetCommitment.committed_on),
    ),
    sorts=named(BudgetCommitment.committed_on, commitment_id=BudgetCommitment.id),
    order="-commitment_id",
    unique=(BudgetCommitment.id,),
)
_UNTIL = func.coalesce(
    func.sum(
        case((BudgetCommitment.committed_on <= bindparam("as_of", type_=Date), BudgetCommitment.amount))
    ),
    0,
)
_AS_OF = (
    select(
        Budget.code,
        Budget.name,
        Budget.cost_centre,
        Budget.starts_on,
        Budget.ends_on,
        Budget.amount,
        _UNTIL.label("committed_amount"),
    )
    .outerjoin_from(
        Budget,
        BudgetCommitment,
        (BudgetCommitment.company_id == Budget.company_id) & (BudgetCommitment.budget_code == Budget.code),
    )
    .group_by(rows_of(Budget).c.company_id, Budget.code)
    .order_by(Budget.cost_centre, Budget.starts_on, Budget.code)
)
_KEPT = select(
    Budget.code,
    Budget.cost_centre,
    Budget.starts_on,
    Budget.ends_on,
    Budget.amount,
    Budget.committed_amount,
)
# Locked in the order of their codes, by whoever commits or gives back.
_LOCKED = _KEPT.where(Budget.code == any_(bindparam("codes", type_=ARRAY(Text)))).order_by(Budget.code)
_LOCKED_OF = (
    _KEPT.where(Budget.cost_centre == any_(bindparam("cost_centres", type_=ARRAY(Text))))
    .where(
        Budget.starts_on <= bindparam("last", type_=Date), Budget.ends_on >= bindparam("first", type_=Date)
    )
    .order_by(Budget.code)
)
_OTHERS = _KEPT.where(Budget.cost_centre == bindparam("cost_centre"), Budget.code != bindparam("code"))
_IN_USE = select(DimensionValue.code).where(
    _IN_DIMENSION,
    DimensionValue.code == any_(bindparam("codes", type_=ARRAY(Text))),
    DimensionValue.blocked.is_(False),
)
_HAVE_BUDGETS = select(Budget.cost_centre).where(
    Budget.cost_centre == any_(bindparam("codes", type_=ARRAY(Text)))
)
_ANY_BUDGET = select(Budget.code).limit(1)
_WAS_USED = select(BudgetCommitment.id).where(BudgetCommitment.budget_code == bindparam("code")).limit(1)
_OPEN = (
    select(BudgetCommitment.wanted_on)
    .where(BudgetCommitment.budget_code == bindparam("code"))
    .group_by(
        BudgetCommitment.document_type,
        BudgetCommitment.document_id,
        BudgetCommitment.line_number,
        BudgetCommitment.wanted_on,
    )
    .having(func.sum(BudgetCommitment.amount) != 0)
    .subquery()
)
_DAYS_COMMITTED_FOR = select(
    func.min(_OPEN.c.wanted_on).label("first"), func.max(_OPEN.c.wanted_on).label("last")
)
_OF_DOCUMENT = (
    select(
        BudgetCommitment.budget_code,
        BudgetCommitment.line_number,
        BudgetCommitment.wanted_on,
        func.sum(BudgetCommitment.amount).label("open_amount"),
        func.sum(case((BudgetCommitment.amount > 0, BudgetCommitment.amount), else_=0)).label("first_amount"),
        func.max(BudgetCommitment.committed_on).label("committed_on"),
    )
    .where(
        BudgetCommitment.document_type == bindparam("type"),
        BudgetCommitment.document_id == bindparam("id", type_=Uuid),
    )
    .group_by(BudgetCommitment.budget_code, BudgetCommitment.line_number, BudgetCommitment.wanted_on)
    .order_by(BudgetCommitment.line_number)
)


async def cost_centre(tx: Transaction, code: str) -> CostCentreView | None:
    """One of them."""
    row = (await tx.execute(COST_CENTRES.where(DimensionValue.code == code))).one_or_none()
    return None if row is None else CostCentreView(**row._asdict())


async def cost_centres_in_use(tx: Transaction, codes: Iterable[str]) -> set[str]:
    """Those of some codes that are cost centres and not blocked."""
    return set(await tx.scalars(_IN_USE, {"codes": sorted(set(codes))}))


async def cost_centres_with_budgets(tx: Transaction, codes: Iterable[str]) -> set[str]:
    """Those of some cost centres that have a budget, of whatever days."""
    return set(await tx.scalars(_HAVE_BUDGETS, {"codes": sorted(set(codes))}))


async def are_budgets_kept(tx: Transaction) -> bool:
    """Whether the company has any budget."""
    return await tx.scalar(_ANY_BUDGET) is not None


async def budget(tx: Transaction, code: str) -> BudgetView | None:
    """One of them, and what is committed of it."""
    row = (await tx.execute(BUDGETS.where(Budget.code == code))).one_or_none()
    return None if row is None else BudgetView(**row._asdict())


async def locked_budgets(tx: Transaction, codes: Iterable[str]) -> list[BudgetAsKept]:
    """Some budgets by code, locked: what is committed of them stays so until the transaction ends."""
    rows = await tx.execute(_LOCKED.with_for_update(), {"codes": sorted(set(codes))})
    return [BudgetAsKept(**row._asdict()) for row in rows]


async def locked_budgets_of(tx: Transaction, wanted: Iterable[tuple[str, date]]) -> list[BudgetAsKept]:
    """The budgets of some cost centres on some days, and between them, under the same lock."""
    pairs = list(wanted)
    if not pairs:
        return []
    days = [on for _, on in pairs]
    asked = {"cost_centres": sorted({code for code, _ in pairs}), "first": min(days), "last": max(days)}
    return [BudgetAsKept(**row._asdict()) for row in await tx.execute(_LOCKED_OF.with_for_update(), asked)]


async def other_budgets(tx: Transaction, of: PutBudget) -> list[BudgetAsKept]:
    """The cost centre's other budgets."""
    rows = await tx.execute(_OTHERS, {"cost_centre": of.cost_centre, "code": of.code})
    return [BudgetAsKept(**row._asdict()) for row in rows]


async def has_been_used(tx: Transaction, code: str) -> bool:
    """Whether anything was ever committed of a budget."""
    return await tx.scalar(_WAS_USED, {"code": code}) is not None


async def days_committed_for(tx: Transaction, code: str) -> tuple[date, date] | None:
    """The first and the last day for which something of a budget is committed now; None when nothing is."""
    first, last = (await tx.execute(_DAYS_COMMITTED_FOR, {"code": code})).one()
    return None if first is None else (first, last)


async def committed_by(tx: Transaction, document: CommittedBy) -> list[OpenCommitment]:
    """What the lines of a document have committed, by line; also what they have given back since."""
    rows = await tx.execute(_OF_DOCUMENT, {"type": document.document_type, "id": document.document_id})
    return [OpenCommitment(**row._asdict()) for row in rows]


async def budget_report(tx: Transaction, as_of: date) -> BudgetReport:
    """What was committed of each budget at the end of a day."""
    rows = await tx.execute(_AS_OF, {"as_of": as_of})
    budgets = [
        BudgetAsOf(
            **row._asdict(),
            available_amount=row.amount - row.committed_amount,
            commitments=f"/v1/budget-commitments?{urlencode({'budget': row.code, 'committed_to': as_of})}",
        )
        for row in rows
    ]
    return BudgetReport(as_of=as_of, currency=await base_currency(tx), budgets=budgets)
