"""What payroll can do."""
