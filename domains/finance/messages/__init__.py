"""What can be asked of finance, and what it answers.

A document has one currency for its amounts; `base_…` amounts are in the company's currency. Journal lines
are signed: debit is positive, credit is negative; an entry's lines add up to zero in both currencies.
"""

from domains.finance.messages.accounts import (
    AccountKind,
    AccountPut,
    AccountRole,
    ChartLoaded,
    LoadChart,
    PutAccount,
    PutFiscalYear,
)
from domains.finance.messages.billed import Billed, BilledInvoice, BilledLine, FindBilled
from domains.finance.messages.credit import CheckCredit, CreditChecked, CreditReleased, ReleaseCredit
from domains.finance.messages.credit_notes import (
    CreditNotePosted,
    LineToCredit,
    PostCreditNote,
    PostGoodsReturn,
    PostRefund,
    RefundAsked,
    RefundPosted,
)
from domains.finance.messages.invoices import InvoicePosted, LineToBill, PostInvoice
from domains.finance.messages.journal import (
    EntryAsked,
    EntryLine,
    EntryPosted,
    PostEntry,
    PostGoodsCost,
    PostStockReceipt,
    ReversalAsked,
    ReverseEntry,
)
from domains.finance.messages.payments import (
    AllocatePayment,
    AllocationAsked,
    CustomerPaymentAsked,
    PaymentAsked,
    PaymentPosted,
    PaymentProgress,
    PostPayment,
    ReceivePayment,
    SettledInvoice,
)

__all__ = [
    "AccountKind",
    "AccountPut",
    "AccountRole",
    "AllocatePayment",
    "AllocationAsked",
    "Billed",
    "BilledInvoice",
    "BilledLine",
    "ChartLoaded",
    "CheckCredit",
    "CreditChecked",
    "CreditNotePosted",
    "CreditReleased",
    "CustomerPaymentAsked",
    "EntryAsked",
    "EntryLine",
    "EntryPosted",
    "FindBilled",
    "InvoicePosted",
    "LineToBill",
    "LineToCredit",
    "LoadChart",
    "PaymentAsked",
    "PaymentPosted",
    "PaymentProgress",
    "PostCreditNote",
    "PostEntry",
    "PostGoodsCost",
    "PostGoodsReturn",
    "PostInvoice",
    "PostPayment",
    "PostRefund",
    "PostStockReceipt",
    "PutAccount",
    "PutFiscalYear",
    "ReceivePayment",
    "RefundAsked",
    "RefundPosted",
    "ReleaseCredit",
    "ReversalAsked",
    "ReverseEntry",
    "SettledInvoice",
]
