"""Who may decide about an approval, and for whom."""

import pytest

from domains.identity.messages import StandsIn
from domains.identity.rules import DecidesOnce, Deciding, FourEyes, MayNotDecide, on_whose_behalf

WANTED = ("credit manager", "finance director")


def whose(
    actor: str,
    *roles: str,
    stands_in: tuple[tuple[str, str], ...] = (),
    decided: tuple[str, ...] = (),
    chosen: str | None = None,
) -> str | None:
    """On whose behalf somebody decides about what Sam asked for, and others have decided about already."""
    given = tuple(StandsIn(from_actor=giver, role=role) for giver, role in stands_in)
    who = Deciding(actor, roles, given)
    return on_whose_behalf(who, wanted=WANTED, requested_by="Sam", decided=decided, chosen=chosen)


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


def test_who_has_decided_about_the_matter_decides_at_no_other_level_whatever_the_roles() -> None:
    for roles in (("credit manager",), ("administrator",), ("viewer",)):
        with pytest.raises(DecidesOnce, match="Clara has a voice in this already"):
            whose("Clara", *roles, stands_in=(("Tom", "credit manager"),), decided=("Clara",))


def test_nobody_decides_for_who_has_decided_but_perhaps_for_another() -> None:
    with pytest.raises(DecidesOnce, match="again for Clara"):
        whose("Dora", stands_in=(("Clara", "credit manager"),), decided=("Clara",))

    lent = (("Clara", "credit manager"), ("Tom", "credit manager"))
    assert whose("Dora", stands_in=lent, decided=("Clara",)) == "Tom"


def test_another_role_does_not_help() -> None:
    with pytest.raises(MayNotDecide, match="credit manager or finance director"):
        whose("Walt", "warehouse", stands_in=(("Anna", "accountant"),))


def test_who_stands_in_for_several_says_for_whom() -> None:
    lent = (("Clara", "credit manager"), ("Tom", "credit manager"), ("Sam", "credit manager"))
    assert whose("Dora", stands_in=lent) == "Clara"
    assert whose("Dora", stands_in=lent, chosen="Tom") == "Tom"
    assert whose("Dora", "credit manager", stands_in=lent, chosen="Tom") == "Tom"

    with pytest.raises(MayNotDecide, match="or to stand in for Walt"):
        whose("Dora", "credit manager", stands_in=lent, chosen="Walt")
    with pytest.raises(FourEyes):
        whose("Dora", stands_in=lent, chosen="Sam")
    with pytest.raises(DecidesOnce):
        whose("Dora", stands_in=lent, chosen="Tom", decided=("Tom",))
