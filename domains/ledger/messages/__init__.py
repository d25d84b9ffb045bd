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
    PutAccountRole,
    PutDimensionValue,
    PutFiscalYear,
    Role,
    RoleName,
    declared_roles,
)
from domains.ledger.messages.journal import (
    EntryAsked,
    EntryLine,
    EntryPosted,
    PostEntry,
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
from domains.ledger.messages.planned import CheckEntries, EntriesChecked, PlannedEntry
from domains.ledger.messages.posting import (
    Discount,
    Document,
    Line,
    LineToPost,
    NewItem,
    RoleKey,
    Side,
    Source,
    TaxShare,
)
from domains.ledger.messages.refunds import (
    PostRefund,
    RefundAsked,
    RefundPosted,
)
from domains.ledger.messages.reversals import (
    DocumentReversed,
    FindOpen,
    FoundOpen,
    OnAccount,
    ReopenedInvoice,
    ReversalAsked,
    ReverseDocument,
    ReversibleType,
)
from domains.master_data.parties import Party, PartyType, customer

__all__ = [
    "AccountKind",
    "AccountPut",
    "AccountRole",
    "AllocatePayment",
    "AllocationAsked",
    "ChartLoaded",
    "CheckEntries",
    "CustomerPaymentAsked",
    "Discount",
    "Document",
    "DocumentReversed",
    "EntriesChecked",
    "EntryAsked",
    "EntryLine",
    "EntryPosted",
    "FindOpen",
    "FoundOpen",
    "Line",
    "LineToPost",
    "LoadChart",
    "NewItem",
    "OnAccount",
    "Party",
    "PartyType",
    "PaymentAsked",
    "PaymentPosted",
    "PlannedEntry",
    "PostEntry",
    "PostPayment",
    "PostRefund",
    "PutAccount",
    "PutAccountRole",
    "PutDimensionValue",
    "PutFiscalYear",
    "ReceivePayment",
    "RefundAsked",
    "RefundPosted",
    "ReopenedInvoice",
    "ReversalAsked",
    "ReverseDocument",
    "ReversibleType",
    "Role",
    "RoleKey",
    "RoleName",
    "SettledInvoice",
    "Side",
    "Source",
    "TaxShare",
    "customer",
    "declared_roles",
]
