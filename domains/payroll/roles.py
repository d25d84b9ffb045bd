"""The standard roles that payroll introduces, and which roles have its permissions.

What people are paid is read by nobody else: not by who keeps the books, nor by who hires.
"""

ROLES = {
    "payroll clerk": "Keeps what people are paid, and runs the payroll.",
    "payroll approver": "Approves what people are paid, together with a finance director.",
}

GRANTS = {
    "payroll clerk": ("payroll.*",),
    "payroll approver": ("payroll.run.see", "payroll.payslip.see", "payroll.pay_account_change.see"),
    "finance director": (
        "payroll.run.see",
        "payroll.payslip.see",
        "payroll.pay_account_change.see",
        "payroll.payment_file.download",
        "payroll.wage_payment.reverse",
    ),
}
