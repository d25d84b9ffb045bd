"""What can be asked of the ledger, and what it answers.

A document has one currency for its amounts; `base_…` amounts are in the company's currency. Journal lines
are signed: debit is positive, credit is negative; an entry's lines add up to zero in both currencies.
"""

from domains.ledger.messages.accounts import (
    AccountKind,
    AccountPut,
    AccountRole,
    ChartLoaded,
    LoadChart,
    PutAccount,
    PutFiscalYear,
)
from domains.ledger.messages.journal import (
    EntryAsked,
    EntryLine,
    EntryPosted,
    GoodsReceived,
    PostEntry,
    PostGoodsCost,
    PostGoodsReturn,
    ReversalAsked,
    ReverseEntry,
)
from domains.ledger.messages.payments import (
    AllocatePayment,
    AllocationAsked,
    CustomerPaymentAsked,
    PaymentAsked,
    PaymentPosted,
    PostPayment,
    ReceivePayment,
    SettledInvoice,
)
from domains.ledger.messages.refunds import (
    PostRefund,
    RefundAsked,
    RefundPosted,
)

__all__ = [
    "AccountKind",
    "AccountPut",
    "AccountRole",
    "AllocatePayment",
    "AllocationAsked",
    "ChartLoaded",
    "CustomerPaymentAsked",
    "EntryAsked",
    "EntryLine",
    "EntryPosted",
    "GoodsReceived",
    "LoadChart",
    "PaymentAsked",
    "PaymentPosted",
    "PostEntry",
    "PostGoodsCost",
    "PostGoodsReturn",
    "PostPayment",
    "PostRefund",
    "PutAccount",
    "PutFiscalYear",
    "ReceivePayment",
    "RefundAsked",
    "RefundPosted",
    "ReversalAsked",
    "ReverseEntry",
    "SettledInvoice",
]
