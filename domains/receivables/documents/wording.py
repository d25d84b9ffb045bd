"""The words on an invoice and on a credit note, in every language a customer can have."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One language's words. Braces are filled in."""

    invoice: str
    invoice_number: str
    invoiced_on: str
    supplied_on: str
    order_number: str
    customer_reference: str
    shipment_number: str
    customer_code: str
    customer_vat_number: str
    customer_tax_number: str
    line_number: str
    description: str
    quantity: str
    unit_price: str
    discount_percent: str
    tax: str
    amount: str
    gross_amount: str
    item_code: str
    allowance: str
    net: str
    tax_on_base: str
    total: str
    payment: str
    payment_terms: str
    due: str
    due_in_instalments: str
    instalment: str
    due_on: str
    discount: str
    nothing_due: str
    account_holder: str
    reference: str
    bank: str
    credit_note: str
    credit_note_number: str
    credited_on: str
    credits: str
    reason: str
    total_credited: str
    how_settled: str
    off_open_item: str
    to_account: str
    refunded: str
    was_discount: str
    was_small_difference: str
    nothing_credited: str
    bank_name: str
    rate: str
    tax_in_own_currency: str


GERMAN = Wording(
    invoice="Rechnung",
    invoice_number="Rechnungsnummer",
    invoiced_on="Rechnungsdatum",
    supplied_on="Lieferdatum",
    order_number="Auftrag",
    customer_reference="Ihr Zeichen",
    shipment_number="Lieferschein",
    customer_code="Kundennummer",
    customer_vat_number="Ihre USt-IdNr.",
    customer_tax_number="Ihre Steuernummer",
    line_number="Pos.",
    description="Bezeichnung",
    quantity="Menge",
    unit_price="Einzelpreis",
    discount_percent="Rabatt",
    tax="USt.",
    amount="Betrag {currency}",
    gross_amount="Brutto {currency}",
    item_code="Artikel",
    allowance="Preisnachlass: {description}",
    net="Nettobetrag",
    tax_on_base="{tax} auf {base}",
    total="Rechnungsbetrag",
    payment="Zahlung",
    payment_terms="Zahlungsbedingungen: {name}",
    due="Zahlbar bis zum {due_on} ohne Abzug.",
    due_in_instalments="Zahlbar in {count} Raten:",
    instalment="Rate",
    due_on="Fällig am",
    discount="Bei Zahlung bis zum {until} gewähren wir {percent} Skonto: Sie zahlen dann {amount}.",
    nothing_due="Es ist nichts zu zahlen.",
    account_holder="Empfänger",
    reference="Verwendungszweck",
    bank="Bankverbindung",
    # A »Gutschrift« is what a customer writes (§ 14 Abs. 2 UStG); on a credit note it costs the tax again.
    credit_note="Rechnungskorrektur",
    credit_note_number="Korrekturnummer",
    credited_on="Korrekturdatum",
    credits="Wir berichtigen unsere Rechnung {invoice} vom {day}.",
    reason="Grund: {reason}",
    total_credited="Zu Ihren Gunsten",
    how_settled="Verrechnung",
    off_open_item="{amount} mindern den offenen Betrag der Rechnung {invoice}.",
    to_account="{amount} haben wir Ihrem Kundenkonto gutgeschrieben.",
    refunded="{amount} haben wir Ihnen am {day} erstattet (Erstattung {number}).",
    was_discount="{amount} hatten Sie bei der Zahlung als Skonto abgezogen.",
    was_small_difference="{amount} gleichen eine Differenz bei der Zahlung aus.",
    nothing_credited="Es ist nichts zu verrechnen.",
    bank_name="Bank",
    rate="1 {own} = {rate} {currency}",
    tax_in_own_currency="{tax}: {amount} ({rate})",
)

ENGLISH = Wording(
    invoice="Invoice",
    invoice_number="Invoice number",
    invoiced_on="Invoice date",
    supplied_on="Date of supply",
    order_number="Order",
    customer_reference="Your reference",
    shipment_number="Delivery note",
    customer_code="Customer number",
    customer_vat_number="Your VAT number",
    customer_tax_number="Your tax number",
    line_number="No.",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    discount_percent="Discount",
    tax="Tax",
    amount="Amount {currency}",
    gross_amount="Gross {currency}",
    item_code="Item",
    allowance="Price allowance: {description}",
    net="Net amount",
    tax_on_base="{tax} on {base}",
    total="Total",
    payment="Payment",
    payment_terms="Payment terms: {name}",
    due="Payable by {due_on} without deduction.",
    due_in_instalments="Payable in {count} instalments:",
    instalment="Instalment",
    due_on="Due on",
    discount="If you pay by {until}, we grant a discount of {percent}: you then pay {amount}.",
    nothing_due="There is nothing to pay.",
    account_holder="Account holder",
    reference="Payment reference",
    bank="Bank account",
    credit_note="Credit note",
    credit_note_number="Credit note number",
    credited_on="Credit note date",
    credits="We correct our invoice {invoice} of {day}.",
    reason="Reason: {reason}",
    total_credited="Total in your favour",
    how_settled="How it is settled",
    off_open_item="{amount} is taken off what is open on invoice {invoice}.",
    to_account="{amount} has been credited to your account.",
    refunded="{amount} was refunded to you on {day} (refund {number}).",
    was_discount="{amount} had been taken off by you as a discount for early payment.",
    was_small_difference="{amount} makes up for a difference in what was paid.",
    nothing_credited="There is nothing to settle.",
    bank_name="Bank",
    rate="1 {own} = {rate} {currency}",
    tax_in_own_currency="{tax}: {amount} ({rate})",
)

WORDING = {"de": GERMAN, "en": ENGLISH}
