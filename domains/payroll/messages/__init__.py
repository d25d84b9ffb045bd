"""What payroll can be asked for, and what it answers."""
