"""Invoices by EN 16931: small writers of UBL and CII, which share nothing with what reads them."""

import io
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from pypdf import PdfWriter

VAT_ID, IBAN = "DE123456788", "DE02120300000000202051"


def cents(amount: Decimal) -> Decimal:
    """Half-up."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One line: so many at a price for so many, less an allowance, and more by a charge."""

    quantity: str = "10"
    price: str = "4.00"
    per: str = ""
    allowance: str = ""
    charge: str = ""
    order_line: str = "1"
    seller_item: str = ""
    buyer_item: str = ""
    gtin: str = ""
    unit: str = "C62"
    name: str = "Apples"
    rate: str = "19"
    category: str = "S"

    @property
    def net(self) -> Decimal:
        """What it comes to without tax."""
        bare = cents(Decimal(self.quantity) * Decimal(self.price) / Decimal(self.per or 1))
        return bare - Decimal(self.allowance or 0) + Decimal(self.charge or 0)


@dataclass(frozen=True)
class Invoice:
    """What one needs: ten apples at 4.00, of Grove."""

    lines: tuple[Line, ...] = (Line(),)
    number: str = "RE 1"
    issued_on: str = "2026-03-11"
    order: str = ""
    seller: str = "Grove"
    vat_id: str = VAT_ID
    iban: str = IBAN
    buyer: str = "Us"
    buyer_vat_id: str = ""
    currency: str = "EUR"
    code: str = "380"
    allowance: str = ""
    charge: str = ""
    prepaid: str = ""
    says: dict[str, str] = field(default_factory=dict)
    """Sums that are said to be something else: `total`, `net`, …"""

    @property
    def taxes(self) -> list[tuple[str, str, Decimal, Decimal]]:
        """Category, rate, base and tax; what is for the whole invoice goes to the first."""
        by = sorted(self.lines, key=lambda line: (line.category, line.rate))
        found = []
        more = Decimal(self.charge or 0) - Decimal(self.allowance or 0)
        for (category, rate), lines in groupby(by, key=lambda line: (line.category, line.rate)):
            base = sum((line.net for line in lines), Decimal(0)) + more
            more = Decimal(0)
            found.append((category, rate, base, cents(base * Decimal(rate) / 100)))
        return found

    def sums(self) -> dict[str, Decimal | str]:
        """All that is said below the lines."""
        lines = sum((line.net for line in self.lines), Decimal(0))
        net = lines - Decimal(self.allowance or 0) + Decimal(self.charge or 0)
        tax = sum((one[3] for one in self.taxes), Decimal(0))
        sums = {"lines": lines, "net": net, "tax": tax, "total": net + tax}
        return sums | {"due": net + tax - Decimal(self.prepaid or 0)} | self.says


def an_invoice(*lines: Line, **changes: Any) -> Invoice:
    """One with other lines, or otherwise changed."""
    made = Invoice(**changes)
    return replace(made, lines=lines) if lines else made


def total_of(invoice: Invoice) -> str:
    """What is owed, with tax."""
    return str(invoice.sums()["total"])


class Xml(str):
    """What is written already."""


def el(name: str, *content: object, **attributes: str) -> Xml:
    """An element of elements, or with a text; nothing, where nothing stands in it."""
    inner = "".join(one if isinstance(one, Xml) else escape(str(one)) for one in content)
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return Xml(f"<{name}{said}>{inner}</{name}>" if inner else "")


def ubl(invoice: Invoice, *, credit: bool = False) -> bytes:
    """UBL 2.1, as an invoice or a credit note."""
    kind, sums, space = (
        "CreditNote" if credit else "Invoice",
        invoice.sums(),
        "urn:oasis:names:specification:ubl",
    )
    first = invoice.taxes[0]
    content = (
        el("cbc:ID", invoice.number),
        el("cbc:IssueDate", invoice.issued_on),
        el(f"cbc:{kind}TypeCode", invoice.code),
        el("cbc:DocumentCurrencyCode", invoice.currency),
        el("cac:OrderReference", el("cbc:ID", invoice.order)),
        _ubl_party("AccountingSupplierParty", invoice.seller, invoice.vat_id),
        _ubl_party("AccountingCustomerParty", invoice.buyer, invoice.buyer_vat_id),
        el(
            "cac:PaymentMeans",
            el("cbc:PaymentMeansCode", "58" if invoice.iban else ""),
            el("cac:PayeeFinancialAccount", el("cbc:ID", invoice.iban)),
        ),
        _ubl_charges(invoice, invoice, _ubl_category("TaxCategory", first[0], first[1])),
        el("cac:TaxTotal", _money(invoice, "TaxAmount", sums["tax"]), _ubl_taxes(invoice)),
        _ubl_totals(invoice, sums),
        *(_ubl_line(invoice, number, line, credit) for number, line in enumerate(invoice.lines, 1)),
    )
    spaces = (
        f'xmlns="{space}:schema:xsd:{kind}-2" xmlns:cac="{space}:schema:xsd:CommonAggregateComponents-2" '
        f'xmlns:cbc="{space}:schema:xsd:CommonBasicComponents-2"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><{kind} {spaces}>{"".join(content)}</{kind}>'.encode()


def _money(invoice: Invoice, name: str, amount: object) -> Xml:
    return el(f"cbc:{name}", amount, currencyID=invoice.currency)


def _ubl_category(name: str, code: str, rate: str) -> Xml:
    scheme = el("cac:TaxScheme", el("cbc:ID", "VAT"))
    return el(f"cac:{name}", el("cbc:ID", code), el("cbc:Percent", rate), scheme)


def _ubl_party(name: str, whose: str, vat_id: str) -> Xml:
    scheme = el("cac:TaxScheme", el("cbc:ID", "VAT"))
    taxed = el("cac:PartyTaxScheme", el("cbc:CompanyID", vat_id), scheme) if vat_id else Xml()
    legal = el("cac:PartyLegalEntity", el("cbc:RegistrationName", whose))
    return el(f"cac:{name}", el("cac:Party", taxed, legal))


def _ubl_charges(invoice: Invoice, of: Invoice | Line, category: Xml) -> Xml:
    return Xml(
        "".join(
            el(
                "cac:AllowanceCharge",
                el("cbc:ChargeIndicator", said),
                el("cbc:AllowanceChargeReason", "agreed"),
                _money(invoice, "Amount", amount),
                category,
            )
            for said, amount in (("false", of.allowance), ("true", of.charge))
            if amount
        )
    )


def _ubl_taxes(invoice: Invoice) -> Xml:
    return Xml(
        "".join(
            el(
                "cac:TaxSubtotal",
                _money(invoice, "TaxableAmount", base),
                _money(invoice, "TaxAmount", tax),
                _ubl_category("TaxCategory", code, rate),
            )
            for code, rate, base, tax in invoice.taxes
        )
    )


def _ubl_totals(invoice: Invoice, sums: dict[str, Decimal | str]) -> Xml:
    return el(
        "cac:LegalMonetaryTotal",
        _money(invoice, "LineExtensionAmount", sums["lines"]),
        _money(invoice, "TaxExclusiveAmount", sums["net"]),
        _money(invoice, "TaxInclusiveAmount", sums["total"]),
        _money(invoice, "AllowanceTotalAmount", invoice.allowance),
        _money(invoice, "ChargeTotalAmount", invoice.charge),
        _money(invoice, "PrepaidAmount", invoice.prepaid),
        _money(invoice, "PayableAmount", sums["due"]),
    )


def _ubl_line(invoice: Invoice, number: int, line: Line, credit: bool) -> Xml:
    kind, counted = ("CreditNoteLine", "Credited") if credit else ("InvoiceLine", "Invoiced")
    return el(
        f"cac:{kind}",
        el("cbc:ID", number),
        el(f"cbc:{counted}Quantity", line.quantity, unitCode=line.unit),
        _money(invoice, "LineExtensionAmount", line.net),
        el("cac:OrderLineReference", el("cbc:LineID", line.order_line)),
        _ubl_charges(invoice, line, Xml()),
        el(
            "cac:Item",
            el("cbc:Name", line.name),
            el("cac:BuyersItemIdentification", el("cbc:ID", line.buyer_item)),
            el("cac:SellersItemIdentification", el("cbc:ID", line.seller_item)),
            el("cac:StandardItemIdentification", el("cbc:ID", line.gtin)),
            _ubl_category("ClassifiedTaxCategory", line.category, line.rate),
        ),
        el(
            "cac:Price",
            _money(invoice, "PriceAmount", line.price),
            el("cbc:BaseQuantity", line.per, unitCode=line.unit),
        ),
    )


def cii(invoice: Invoice) -> bytes:
    """UN/CEFACT CII, as Factur-X and ZUGFeRD carry it."""
    space = "urn:un:unece:uncefact:data:standard"
    guideline = el("ram:ID", "urn:cen.eu:en16931:2017")
    day = el("udt:DateTimeString", invoice.issued_on.replace("-", ""), format="102")
    content = (
        el(
            "rsm:ExchangedDocumentContext",
            el("ram:GuidelineSpecifiedDocumentContextParameter", guideline),
        ),
        el(
            "rsm:ExchangedDocument",
            el("ram:ID", invoice.number),
            el("ram:TypeCode", invoice.code),
            el("ram:IssueDateTime", day),
        ),
        el(
            "rsm:SupplyChainTradeTransaction",
            *(_cii_line(number, line) for number, line in enumerate(invoice.lines, 1)),
            el(
                "ram:ApplicableHeaderTradeAgreement",
                _cii_party("SellerTradeParty", invoice.seller, invoice.vat_id),
                _cii_party("BuyerTradeParty", invoice.buyer, invoice.buyer_vat_id),
                el("ram:BuyerOrderReferencedDocument", el("ram:IssuerAssignedID", invoice.order)),
            ),
            Xml("<ram:ApplicableHeaderTradeDelivery/>"),
            _cii_settlement(invoice),
        ),
    )
    spaces = (
        f'xmlns:rsm="{space}:CrossIndustryInvoice:100" '
        f'xmlns:ram="{space}:ReusableAggregateBusinessInformationEntity:100" '
        f'xmlns:udt="{space}:UnqualifiedDataType:100"'
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}<rsm:CrossIndustryInvoice {spaces}>{''.join(content)}</rsm:CrossIndustryInvoice>".encode()


def _cii_party(name: str, whose: str, vat_id: str) -> Xml:
    number = el("ram:ID", vat_id, schemeID="VA")
    return el(f"ram:{name}", el("ram:Name", whose), el("ram:SpecifiedTaxRegistration", number))


def _cii_tax(name: str, code: str, rate: str, tax: object = "", base: object = "") -> Xml:
    return el(
        f"ram:{name}",
        el("ram:CalculatedAmount", tax),
        el("ram:TypeCode", "VAT"),
        el("ram:BasisAmount", base),
        el("ram:CategoryCode", code),
        el("ram:RateApplicablePercent", rate),
    )


def _cii_charges(of: Invoice | Line, category: Xml) -> Xml:
    return Xml(
        "".join(
            el(
                "ram:SpecifiedTradeAllowanceCharge",
                el("ram:ChargeIndicator", el("udt:Indicator", said)),
                el("ram:ActualAmount", amount),
                el("ram:Reason", "agreed"),
                category,
            )
            for said, amount in (("false", of.allowance), ("true", of.charge))
            if amount
        )
    )


def _cii_line(number: int, line: Line) -> Xml:
    return el(
        "ram:IncludedSupplyChainTradeLineItem",
        el("ram:AssociatedDocumentLineDocument", el("ram:LineID", number)),
        el(
            "ram:SpecifiedTradeProduct",
            el("ram:GlobalID", line.gtin, schemeID="0160"),
            el("ram:SellerAssignedID", line.seller_item),
            el("ram:BuyerAssignedID", line.buyer_item),
            el("ram:Name", line.name),
        ),
        el(
            "ram:SpecifiedLineTradeAgreement",
            el("ram:BuyerOrderReferencedDocument", el("ram:LineID", line.order_line)),
            el(
                "ram:NetPriceProductTradePrice",
                el("ram:ChargeAmount", line.price),
                el("ram:BasisQuantity", line.per, unitCode=line.unit),
            ),
        ),
        el("ram:SpecifiedLineTradeDelivery", el("ram:BilledQuantity", line.quantity, unitCode=line.unit)),
        el(
            "ram:SpecifiedLineTradeSettlement",
            _cii_tax("ApplicableTradeTax", line.category, line.rate),
            _cii_charges(line, Xml()),
            el("ram:SpecifiedTradeSettlementLineMonetarySummation", el("ram:LineTotalAmount", line.net)),
        ),
    )


def _cii_settlement(invoice: Invoice) -> Xml:
    sums, first = invoice.sums(), invoice.taxes[0]
    account = el("ram:PayeePartyCreditorFinancialAccount", el("ram:IBANID", invoice.iban))
    code = el("ram:TypeCode", "58" if invoice.iban else "")
    taxes = (
        _cii_tax("ApplicableTradeTax", category, rate, tax, base)
        for category, rate, base, tax in invoice.taxes
    )
    return el(
        "ram:ApplicableHeaderTradeSettlement",
        el("ram:InvoiceCurrencyCode", invoice.currency),
        el("ram:SpecifiedTradeSettlementPaymentMeans", code, account),
        *taxes,
        _cii_charges(invoice, _cii_tax("CategoryTradeTax", first[0], first[1])),
        el(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            el("ram:LineTotalAmount", sums["lines"]),
            el("ram:ChargeTotalAmount", invoice.charge),
            el("ram:AllowanceTotalAmount", invoice.allowance),
            el("ram:TaxBasisTotalAmount", sums["net"]),
            el("ram:TaxTotalAmount", sums["tax"], currencyID=invoice.currency),
            el("ram:GrandTotalAmount", sums["total"]),
            el("ram:TotalPrepaidAmount", invoice.prepaid),
            el("ram:DuePayableAmount", sums["due"]),
        ),
    )


def pdf(*attached: tuple[str, bytes]) -> bytes:
    """A PDF of one empty page, with files attached."""
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=200)
    for name, content in attached:
        writer.add_attachment(name, content)
    writer.write(made)
    return made.getvalue()
