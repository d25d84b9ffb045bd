"""What can be asked, by the name of the operation: each module of documents says it of its own."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel

from foundation.operations.operation import Operation
from tests.properties.company import Chance, Company

Ask = Callable[[Company, Chance], Awaitable[BaseModel | None]]
"""A command for an operation, which may be a wrong one; None when there is nothing that it could be about."""

ASKS: dict[str, tuple[Operation[Any, Any], Ask]] = {}
"""By the operation's name; where it is about documents of several types, and by the type."""


def asks(operation: Operation[Any, Any], document_type: str = "") -> Callable[[Ask], Ask]:
    """What one may ask an operation for."""

    def declare(ask: Ask) -> Ask:
        ASKS[f"{operation.name} {document_type}".rstrip()] = operation, ask
        return ask

    return declare
