"""The standard roles that hr introduces, and which roles have its permissions."""

ROLES = {"personnel officer": "Hires people, and keeps what is known of them."}

GRANTS = {
    "personnel officer": ("hr.*",),
    # Whose pay is entered must be known.
    "payroll clerk": ("hr.employee.read",),
}

ADMINISTRATORS_ONLY: dict[str, str] = {}
