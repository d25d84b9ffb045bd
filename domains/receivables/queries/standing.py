"""Documents that stand: those that were not taken back."""


def standing(document_type: str, alias: str) -> str:
    """SQL that says of a row of a document's table, by its alias, that no reversal has taken it back."""
    return (
        f"NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.company_id = {alias}.company_id "
        f"AND x.document_type = '{document_type}' AND x.document_id = {alias}.id)"
    )
