"""The standard roles that hr introduces, and which roles have its permissions.

Who is away, and why, is read by nobody else: not by who keeps the books.
"""

ROLES = {
    "personnel officer": "Hires people, keeps what is known of them, and looks after their leave.",
    "employee": "Asks for leave, and sees what is left of it.",
    "leave approver": "Decides about leave where no manager has a role for it.",
}

GRANTS = {
    "personnel officer": ("hr.*",),
    "employee": ("hr.leave.request", "hr.leave.cancel", "hr.own_leave.see"),
    "leave approver": ("hr.leave.see", "hr.own_leave.see"),
    # Whose pay is entered must be known, and which hours it is for.
    "payroll clerk": ("hr.employee.read", "hr.time_rules.read", "hr.worked_hours.see"),
}

ADMINISTRATORS_ONLY: dict[str, str] = {}
