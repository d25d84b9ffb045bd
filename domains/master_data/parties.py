"""Whom the books may name."""

from enum import StrEnum
from typing import NamedTuple


class PartyType(StrEnum):
    """Whom the books may name."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    EMPLOYEE = "employee"


class Party(NamedTuple):
    """Somebody in the register of parties."""

    type: PartyType
    code: str


def customer(code: str) -> Party:
    """A customer, as a party."""
    return Party(PartyType.CUSTOMER, code)


def supplier(code: str) -> Party:
    """A supplier, as a party."""
    return Party(PartyType.SUPPLIER, code)
