"""The tables of payroll. Amounts are in the company's currency."""
