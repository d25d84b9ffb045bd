"""Who may decide about an approval, and for whom."""

import pytest

from domains.identity.messages import StandsIn
from domains.identity.rules import Deciding, FourEyes, MayNotDecide, on_whose_behalf

WANTED = ("credit manager", "finance director")


def whose(actor: str, *roles: str, stands_in: tuple[tuple[str, str], ...] = ()) -> str | None:
    """On whose behalf somebody decides about what Sam asked for."""
    given = tuple(StandsIn(from_actor=giver, role=role) for giver, role in stands_in)
    return on_whose_behalf(Deciding(actor, roles, given), wanted=WANTED, requested_by="Sam")


@pytest.mark.parametrize("role", ["credit manager", "finance director", "administrator"])
def test_whoever_has_one_of_the_roles_decides_in_the_own_name(role: str) -> None:
    assert whose("Clara", "viewer", role) is None


def test_who_stands_in_decides_for_who_has_the_role() -> None:
    assert whose("Dora", "viewer", stands_in=(("Clara", "credit manager"),)) == "Clara"


def test_who_has_the_role_and_stands_in_for_who_asked_decides_in_the_own_name() -> None:
    assert whose("Clara", "credit manager", stands_in=(("Sam", "credit manager"),)) is None


def test_who_asked_may_not_decide_whatever_the_roles_and_whoever_lets_him() -> None:
    for roles in (("credit manager",), ("administrator",), ("viewer",)):
        with pytest.raises(FourEyes):
            whose("Sam", *roles, stands_in=(("Clara", "credit manager"),))


def test_nobody_decides_for_who_asked_but_perhaps_for_another() -> None:
    with pytest.raises(FourEyes):
        whose("Dora", stands_in=(("Sam", "credit manager"),))

    assert whose("Dora", stands_in=(("Sam", "credit manager"), ("Tom", "credit manager"))) == "Tom"


def test_another_role_does_not_help() -> None:
    with pytest.raises(MayNotDecide, match="credit manager or finance director"):
        whose("Walt", "warehouse", stands_in=(("Anna", "accountant"),))
