"""What a customer reads when its order is confirmed, in its language."""

from domains.master_data.views import CompanyView, CustomerView
from domains.sales.queries import OrderLineView, OrderView
from foundation.values.figures import Figures

LOCALES = {"de": ("de_DE", "dd.MM.yyyy"), "en": ("en_GB", "d MMMM yyyy")}
SUBJECT = {"de": "Auftragsbestätigung {number}", "en": "Order confirmation {number}"}
TEXT = {
    "de": """Guten Tag,

vielen Dank für Ihren Auftrag vom {day}{reference}, den wir unter der Nummer {number} bestätigen:

{lines}
{freight}
Nettobetrag: {net}
Steuer: {tax}
Gesamtbetrag: {total}

Mit freundlichen Grüßen
{company}
""",
    "en": """Dear customer,

thank you for your order of {day}{reference}, which we confirm under the number {number}:

{lines}
{freight}
Net amount: {net}
Tax: {tax}
Total: {total}

Kind regards
{company}
""",
}
REFERENCE = {"de": " (Ihr Zeichen {reference})", "en": " (your reference {reference})"}
FREIGHT = {"de": "  Fracht: {freight}\n", "en": "  Freight: {freight}\n"}


def confirmation_subject(order: OrderView, customer: CustomerView) -> str:
    """The subject of an order confirmation."""
    return SUBJECT[customer.language].format(number=order.order_number)


def confirmation(order: OrderView, customer: CustomerView, company: CompanyView) -> str:
    """The text of an order confirmation. Amounts in the order's currency; nothing is computed here."""
    language = customer.language
    locale, date_format = LOCALES[language]
    figures = Figures(locale=locale, date_format=date_format, currency=order.currency)
    reference, freight = order.customer_reference, order.freight_amount
    return TEXT[language].format(
        day=figures.day(order.ordered_on),
        reference=REFERENCE[language].format(reference=reference) if reference else "",
        number=order.order_number,
        lines="\n".join(_line(line, figures, gross=order.prices_include_tax) for line in order.lines),
        freight=FREIGHT[language].format(freight=figures.amount(freight)) if freight else "",
        net=figures.amount(order.net_amount),
        tax=figures.amount(order.tax_amount),
        total=figures.amount(order.total_amount),
        company=company.name,
    )


def _line(line: OrderLineView, figures: Figures, *, gross: bool) -> str:
    amount = line.net_amount + line.tax_amount if gross else line.net_amount
    quantity = f"{figures.quantity(line.quantity)} {line.unit}".strip()
    return (
        f"{line.line_number:>3}. {quantity} {line.description} ({line.item_code}): {figures.amount(amount)}"
    )
