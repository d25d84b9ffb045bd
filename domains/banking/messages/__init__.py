"""What banking can be asked for, and what it answers. Amounts are in the account's currency.

What came in is positive, what went out negative, as the account sees it.
"""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from foundation.values.events import EventPart, PublicEvent
from foundation.values.messages import Amount, Code, CurrencyCode, Message, Name, ShownAmount, Text


class CsvColumns(Message):
    """The names in the header, by what columns hold: the day, and the amount or both of its sides. Whether an
    amount is debit or credit may stand in a column of its own. With the balance after each line, the
    statement's balances follow from it.
    """

    booked_on: Name
    valued_on: Name | None = None
    amount: Name | None = None
    debit_or_credit: Name | None = None
    """The mark of the amount, which has no sign then: S or H, Soll or Haben, D or C, DR or CR, …"""
    credit_amount: Name | None = None
    debit_amount: Name | None = None
    balance: Name | None = None
    bank_reference: Name | None = None
    end_to_end_id: Name | None = None
    mandate_id: Name | None = None
    party_name: Name | None = None
    party_iban: Name | None = None
    text: Name | None = None
    code: Name | None = None

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.amount is None and None in (self.credit_amount, self.debit_amount):
            raise ValueError("name the column with the amount, or those with credit_amount and debit_amount")
        if self.debit_or_credit is not None and self.amount is None:
            raise ValueError("debit_or_credit is the mark of an amount: name the column with the amount")
        return self


class CsvMapping(Message):
    """How the columns of a bank's CSV file become lines of a statement."""

    columns: CsvColumns
    delimiter: Literal[";", ",", "\t", "|"] = ";"
    decimal_mark: Literal[",", "."] = ","
    date_format: Annotated[str, Field(pattern=r"^[%a-zA-Z./ -]{2,20}$")] = "%d.%m.%Y"
    """As Python's strptime takes it."""
    rows_before_header: Annotated[int, Field(ge=0, le=100)] = 0


class PutBankAccount(Message):
    """An account of ours at a bank, and the account of the books that has to be equal to it."""

    code: Code
    name: Name
    iban: Text = ""
    bic: Text = ""
    account_number: Text = ""
    """What the bank calls the account in its files where it is not the IBAN."""
    currency: CurrencyCode
    account_code: Code
    """The account of the books: an asset, and of no other bank account. It stays, as the currency does, once
    there are statements.
    """
    blocked: bool = False
    consecutive_numbers: bool = True
    """Whether the bank counts its statements without a gap: a missing one is then seen by its number."""
    encoding: Annotated[str, Field(pattern="^[A-Za-z0-9_.-]{0,20}$")] = ""
    """Of the bank's text files; Unicode, or that of Windows, when it is empty."""
    csv: CsvMapping | None = None
    """How the bank's CSV files are read."""


class BankAccountPut(Message):
    """The account is written."""

    code: str
    created: bool
    account_code: str


class ImportStatements(Message):
    """Import the statements in a file; the file itself is kept beside them."""

    import_id: UUID
    sha256: str
    """Of the file."""
    file_name: Text
    bank_account_code: Code | None = None
    closing_amount: Amount | None = None
    content: bytes = Field(default=b"", exclude=True, repr=False)
    """The file. It is kept in a table of its own, and not in the log once more."""


class ImportedStatement(Message):
    """A statement that is in the books; `is_new` unless it had been imported before."""

    statement_id: UUID
    statement_number: str
    bank_account_code: str
    sequence: int | None
    from_on: date
    until_on: date
    currency: str
    opening_amount: ShownAmount
    closing_amount: ShownAmount
    lines: int
    is_new: bool


class StatementsImported(Message):
    """What a file has brought, the earliest first. Imported again, it answers with the same statements."""

    statements: tuple[ImportedStatement, ...]
    imported: int
    """How many of them are new."""


class StatementReversalAsked(Message):
    """Why a statement is taken back."""

    reason: Annotated[Text, Field(min_length=1)]


class ReverseStatement(StatementReversalAsked):
    """Take a statement back that was imported by mistake."""

    statement_id: UUID


class StatementTakenBack(Message):
    """The statement counts no more; it can be imported again."""

    statement_id: UUID
    statement_number: str
    bank_account_code: str


class BankAccountChangedEvent(PublicEvent, name="banking.bank_account_changed"):
    """A bank account of ours was written down, or changed."""

    code: str
    account_code: str
    created: bool


class ImportedStatementPart(EventPart):
    """One of the statements in a file."""

    statement_id: UUID
    statement_number: str
    bank_account_code: str
    until_on: date
    currency: str
    opening_amount: ShownAmount
    closing_amount: ShownAmount
    lines: int
    is_new: bool


class StatementsImportedEvent(PublicEvent, name="banking.statements_imported", only_with="imported"):
    """Statements of a bank were imported."""

    imported: int
    statements: tuple[ImportedStatementPart, ...]


class StatementTakenBackEvent(PublicEvent, name="banking.statement_taken_back"):
    """A statement that was imported by mistake was taken back."""

    statement_id: UUID
    statement_number: str
    bank_account_code: str
