"""Every document is declared once, is found by its number, and is named by it where a path names it."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy
from sqlalchemy import MetaData, String, UniqueConstraint

from foundation.database.connections import Table
from foundation.database.document_types import DOCUMENT_TYPES
from foundation.process.process_types import process_types
from perpetual.checker.document_kinds import document_kinds


def with_number(metadata: MetaData) -> list[sqlalchemy.Table]:
    """Tables whose rows people know by a number."""
    return [
        table
        for table in metadata.tables.values()
        if "number" in table.c and isinstance(table.c.number.type, String)
    ]


def undeclared(metadata: MetaData, declared: Iterable[sqlalchemy.Table]) -> list[str]:
    """Tables with a number that nobody has declared as documents."""
    known = set(declared)
    return [table.fullname for table in with_number(metadata) if table not in known]


def test_every_table_with_a_number_is_declared_as_a_document() -> None:
    from api.app import app  # noqa: PLC0415  # Importing it builds every table and route of the house.

    del app
    declared = [kind.table for kind in DOCUMENT_TYPES.values()]

    assert not undeclared(Table.metadata, declared), 'declare them with @document("/v1/…")'
    assert with_number(Table.metadata)
    assert {table.fullname for table in declared} == {kind.table for kind in document_kinds()}


def test_a_table_that_is_not_declared_is_seen() -> None:
    seeded = MetaData()
    sqlalchemy.Table("waybill", seeded, sqlalchemy.Column("number", sqlalchemy.Text))
    sqlalchemy.Table("counter", seeded, sqlalchemy.Column("number", sqlalchemy.BigInteger))

    assert undeclared(seeded, []) == ["waybill"]


def test_a_number_is_unique_in_its_company_and_found_by_an_index() -> None:
    for kind in DOCUMENT_TYPES.values():
        unique = [
            [column.name for column in constraint.columns]
            for constraint in kind.table.constraints
            if isinstance(constraint, UniqueConstraint)
        ]
        assert not kind.has_number or ["company_id", "number"] in unique, kind.name
        assert kind.party is None or kind.party in kind.table.c, kind.name


def test_every_document_is_read_at_its_path_and_every_path_takes_its_number() -> None:
    from api import routes  # noqa: PLC0415
    from api.app import app  # noqa: PLC0415

    for kind in DOCUMENT_TYPES.values():
        # What only few may read is seen, which no `*.read` of a role gives.
        assert routes.permission_to_read(app, kind.path).endswith((".read", ".see"))
        below = [one for one in routes.known(app) if one.path.startswith(f"{kind.path}/{{")]
        for known in below:
            taken = known.route.dependant.path_params
            assert not any(field.field_info.annotation is UUID for field in taken), known.path


def test_the_processes_that_documents_have_are_processes_of_the_house() -> None:
    of_documents = {kind.process for kind in DOCUMENT_TYPES.values() if kind.process}

    assert of_documents <= process_types().keys()
