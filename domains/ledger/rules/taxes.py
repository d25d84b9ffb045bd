"""An account that taxes are posted to is one for taxes, as long as a tax code names it."""

from domains.ledger.rules.journal import AccountFacts
from foundation.values.errors import BusinessError

OF_TAXES = ("asset", "liability")
"""Taxes are owed to the state, or by it, and no income of ours."""


class NamedByTax(BusinessError):
    """A tax code posts to the account as it is."""

    status = 409


def check_fits_taxes(code: str, facts: AccountFacts, named_by: str | None) -> None:
    """What becomes of an account, and the tax code that names it, if one does. Refuses: NamedByTax."""
    fits = facts.kind in OF_TAXES and facts.subledger is None and not facts.blocked
    if named_by is not None and not fits:
        raise NamedByTax(
            f"tax code {named_by} is posted to account {code}, which stays open, a liability or an asset, "
            "and no control account: give the tax code another account first"
        )
