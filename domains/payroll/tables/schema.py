"""What the tables of payroll have in common."""

from sqlalchemy import ForeignKeyConstraint

SCHEMA = {"schema": "payroll"}


def of_employee() -> ForeignKeyConstraint:
    """Whose it is."""
    return ForeignKeyConstraint(
        ["company_id", "party_type", "employee_code"],
        ["master_data.party.company_id", "master_data.party.type", "master_data.party.code"],
    )


def of_group() -> ForeignKeyConstraint:
    """By which pay group."""
    return ForeignKeyConstraint(
        ["company_id", "pay_group_code"], ["payroll.pay_group.company_id", "payroll.pay_group.code"]
    )
