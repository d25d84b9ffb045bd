"""What receivables posts to."""

from domains.ledger.messages import Role


class ReceivablesRole(Role):
    """The roles that invoices, credit notes, dunning letters and write-offs post by."""

    REVENUE = "revenue"
    FREIGHT_REVENUE = "freight_revenue"
    DUNNING_FEES = "dunning_fees"
    INTEREST_INCOME = "interest_income"
    BAD_DEBTS = "bad_debts"
