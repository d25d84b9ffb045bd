"""Where UBL and CII have the business terms of EN 16931, by our names.

Source: EN 16931-3-2 (UBL 2.1) and EN 16931-3-3 (UN/CEFACT CII D16B). Of several paths the first that is there
counts: an invoice and a credit note in UBL name some elements differently.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Paths = Mapping[str, tuple[str, ...]]
BUSINESS_TERMS = {
    "number": "BT-1",
    "issued_on": "BT-2",
    "type_code": "BT-3",
    "currency": "BT-5",
    "due_on": "BT-9",
    "order_number": "BT-13",
    "seller.name": "BT-27",
    "buyer.name": "BT-44",
    "delivered_on": "BT-72",
    "lines_amount": "BT-106",
    "allowances_amount": "BT-107",
    "charges_amount": "BT-108",
    "net_amount": "BT-109",
    "tax_amount": "BT-110",
    "total_amount": "BT-112",
    "prepaid_amount": "BT-113",
    "rounding_amount": "BT-114",
    "due_amount": "BT-115",
}
OF_LINES = {
    "line_id": "BT-126",
    "quantity": "BT-129",
    "unit_code": "BT-130",
    "net_amount": "BT-131",
    "price": "BT-146",
    "price_quantity": "BT-149",
    "tax_category": "BT-151",
    "rate_percent": "BT-152",
    "name": "BT-153",
}
OF_TAXES = {"base_amount": "BT-116", "tax_amount": "BT-117", "category": "BT-118", "rate_percent": "BT-119"}
OF_CHARGES = {"amount": "BT-92, BT-99, BT-136, BT-141"}


@dataclass(frozen=True)
class Syntax:
    """One of the two."""

    name: str
    head: Paths
    lines: tuple[str, ...]
    line: Paths
    charges: str
    line_charges: str
    charge: Paths
    taxes: str
    tax: Paths
    tax_total: str
    """Where the sums of all taxes stand, one in each currency."""
    registrations: str
    """Of a party: where its tax numbers stand."""
    is_compact: bool
    """Whether days are written as 20260311."""


UBL = Syntax(
    name="UBL",
    head={
        "is_test": (),
        "number": ("ID",),
        "issued_on": ("IssueDate",),
        "type_code": ("InvoiceTypeCode", "CreditNoteTypeCode"),
        "currency": ("DocumentCurrencyCode",),
        "due_on": ("DueDate", "PaymentMeans/PaymentDueDate"),
        "buyer_reference": ("BuyerReference",),
        "order_number": ("OrderReference/ID",),
        "delivered_on": ("Delivery/ActualDeliveryDate",),
        "preceding": ("BillingReference/InvoiceDocumentReference/ID",),
        "payment_reference": ("PaymentMeans/PaymentID",),
        "ibans": ("PaymentMeans/PayeeFinancialAccount/ID",),
        "seller": ("AccountingSupplierParty/Party",),
        "seller.name": ("AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName",),
        "buyer": ("AccountingCustomerParty/Party",),
        "buyer.name": ("AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName",),
        "lines_amount": ("LegalMonetaryTotal/LineExtensionAmount",),
        "allowances_amount": ("LegalMonetaryTotal/AllowanceTotalAmount",),
        "charges_amount": ("LegalMonetaryTotal/ChargeTotalAmount",),
        "net_amount": ("LegalMonetaryTotal/TaxExclusiveAmount",),
        "total_amount": ("LegalMonetaryTotal/TaxInclusiveAmount",),
        "prepaid_amount": ("LegalMonetaryTotal/PrepaidAmount",),
        "rounding_amount": ("LegalMonetaryTotal/PayableRoundingAmount",),
        "due_amount": ("LegalMonetaryTotal/PayableAmount",),
    },
    lines=("InvoiceLine", "CreditNoteLine"),
    line={
        "line_id": ("ID",),
        "name": ("Item/Name",),
        "quantity": ("InvoicedQuantity", "CreditedQuantity"),
        "net_amount": ("LineExtensionAmount",),
        "price": ("Price/PriceAmount",),
        "price_quantity": ("Price/BaseQuantity",),
        "tax_category": ("Item/ClassifiedTaxCategory/ID",),
        "rate_percent": ("Item/ClassifiedTaxCategory/Percent",),
        "order_line": ("OrderLineReference/LineID",),
        "order_of_line": ("OrderLineReference/OrderReference/ID",),
        "seller_item": ("Item/SellersItemIdentification/ID",),
        "buyer_item": ("Item/BuyersItemIdentification/ID",),
        "standard_item": ("Item/StandardItemIdentification/ID",),
    },
    charges="AllowanceCharge",
    line_charges="AllowanceCharge",
    charge={
        "is_charge": ("ChargeIndicator",),
        "amount": ("Amount",),
        "reason": ("AllowanceChargeReason",),
    },
    taxes="TaxTotal/TaxSubtotal",
    tax={
        "base_amount": ("TaxableAmount",),
        "tax_amount": ("TaxAmount",),
        "category": ("TaxCategory/ID",),
        "rate_percent": ("TaxCategory/Percent",),
    },
    tax_total="TaxTotal/TaxAmount",
    registrations="PartyTaxScheme",
    is_compact=False,
)
_AGREEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement"
_DELIVERY = "SupplyChainTradeTransaction/ApplicableHeaderTradeDelivery"
_SETTLEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement"
_SUMS = f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"
_OF_LINE = "SpecifiedLineTradeSettlement"
CII = Syntax(
    name="CII",
    head={
        "is_test": ("ExchangedDocumentContext/TestIndicator/Indicator",),
        "number": ("ExchangedDocument/ID",),
        "issued_on": ("ExchangedDocument/IssueDateTime/DateTimeString",),
        "type_code": ("ExchangedDocument/TypeCode",),
        "currency": (f"{_SETTLEMENT}/InvoiceCurrencyCode",),
        "due_on": (f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",),
        "buyer_reference": (f"{_AGREEMENT}/BuyerReference",),
        "order_number": (f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID",),
        "delivered_on": (f"{_DELIVERY}/ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString",),
        "preceding": (f"{_SETTLEMENT}/InvoiceReferencedDocument/IssuerAssignedID",),
        "payment_reference": (f"{_SETTLEMENT}/PaymentReference",),
        "ibans": (
            f"{_SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID",
        ),
        "seller": (f"{_AGREEMENT}/SellerTradeParty",),
        "seller.name": (f"{_AGREEMENT}/SellerTradeParty/Name",),
        "buyer": (f"{_AGREEMENT}/BuyerTradeParty",),
        "buyer.name": (f"{_AGREEMENT}/BuyerTradeParty/Name",),
        "lines_amount": (f"{_SUMS}/LineTotalAmount",),
        "allowances_amount": (f"{_SUMS}/AllowanceTotalAmount",),
        "charges_amount": (f"{_SUMS}/ChargeTotalAmount",),
        "net_amount": (f"{_SUMS}/TaxBasisTotalAmount",),
        "total_amount": (f"{_SUMS}/GrandTotalAmount",),
        "prepaid_amount": (f"{_SUMS}/TotalPrepaidAmount",),
        "rounding_amount": (f"{_SUMS}/RoundingAmount",),
        "due_amount": (f"{_SUMS}/DuePayableAmount",),
    },
    lines=("SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem",),
    line={
        "line_id": ("AssociatedDocumentLineDocument/LineID",),
        "name": ("SpecifiedTradeProduct/Name",),
        "quantity": ("SpecifiedLineTradeDelivery/BilledQuantity",),
        "net_amount": (f"{_OF_LINE}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount",),
        "price": ("SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount",),
        "price_quantity": ("SpecifiedLineTradeAgreement/NetPriceProductTradePrice/BasisQuantity",),
        "tax_category": (f"{_OF_LINE}/ApplicableTradeTax/CategoryCode",),
        "rate_percent": (f"{_OF_LINE}/ApplicableTradeTax/RateApplicablePercent",),
        "order_line": ("SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/LineID",),
        "order_of_line": ("SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/IssuerAssignedID",),
        "seller_item": ("SpecifiedTradeProduct/SellerAssignedID",),
        "buyer_item": ("SpecifiedTradeProduct/BuyerAssignedID",),
        "standard_item": ("SpecifiedTradeProduct/GlobalID",),
    },
    charges=f"{_SETTLEMENT}/SpecifiedTradeAllowanceCharge",
    line_charges=f"{_OF_LINE}/SpecifiedTradeAllowanceCharge",
    charge={"is_charge": ("ChargeIndicator/Indicator",), "amount": ("ActualAmount",), "reason": ("Reason",)},
    taxes=f"{_SETTLEMENT}/ApplicableTradeTax",
    tax={
        "base_amount": ("BasisAmount",),
        "tax_amount": ("CalculatedAmount",),
        "category": ("CategoryCode",),
        "rate_percent": ("RateApplicablePercent",),
    },
    tax_total=f"{_SUMS}/TaxTotalAmount",
    registrations="SpecifiedTaxRegistration",
    is_compact=True,
)
