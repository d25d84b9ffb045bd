"""The tables of banking. Amounts are in the account's currency: what came in is positive."""

from domains.banking.tables.payment_runs import (
    PAYMENT_RUN_NUMBER,
    PaymentRun,
    PaymentRunInvoice,
    PaymentRunPayment,
)
from domains.banking.tables.schema import SCHEMA
from domains.banking.tables.statements import (
    BankAccount,
    BankStatement,
    BankStatementLine,
    Counterparty,
    LinePosting,
    OpenLine,
    StatementFile,
    StatementReversal,
)
from domains.banking.tables.wages import WagePayment
from domains.banking.tables.what_banks_say import (
    PaymentAdvice,
    PaymentConfirmation,
    PaymentRejection,
    PaymentReturn,
    PaymentStatusLine,
    PaymentStatusReport,
)

__all__ = [
    "PAYMENT_RUN_NUMBER",
    "SCHEMA",
    "BankAccount",
    "BankStatement",
    "BankStatementLine",
    "Counterparty",
    "LinePosting",
    "OpenLine",
    "PaymentAdvice",
    "PaymentConfirmation",
    "PaymentRejection",
    "PaymentReturn",
    "PaymentRun",
    "PaymentRunInvoice",
    "PaymentRunPayment",
    "PaymentStatusLine",
    "PaymentStatusReport",
    "StatementFile",
    "StatementReversal",
    "WagePayment",
]
