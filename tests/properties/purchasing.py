"""Purchases, asked for at random: what has come for an order is billed by its supplier, and paid."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from activities.ledger import supplier_payments
from activities.payables import coded_invoices, supplier_invoices
from domains.ledger.messages import PostSupplierPayment
from domains.master_data import queries as master_data
from domains.master_data.messages import TaxRounding
from domains.master_data.rules.taxes import discount_on_base, tax_document, taxable
from domains.master_data.rules.validity import as_of
from domains.payables.messages import AcceptedBlock, LineToMatch, PostSupplierInvoice
from domains.payables.messages.coded_invoices import (
    CodedLine,
    EnterCodedInvoice,
    PostCodedInvoice,
)
from domains.payables.rules import invoices
from domains.payables.rules.invoices import BillTerms
from foundation.database.connections import database
from foundation.values.money import ONE, rounded
from tests.properties.asking import asks
from tests.properties.company import CURRENCIES, SUPPLIER, TAX_CODES, TERMS, Chance, Company, some_amount

_COME = """
    SELECT o.order_id, o.order_line_number AS line_number, l.item_code, o.open_quantity AS there,
        o.document_on
    FROM ledger.open_item o
        JOIN inventory.stock_receipt_line l ON l.receipt_id = o.document_id
            AND l.order_line_number = o.order_line_number
    WHERE o.side = 'goods_received' AND o.open_quantity > 0 AND o.order_id IS NOT NULL
    ORDER BY o.document_number, o.order_line_number
"""
_OWED = """
    SELECT document_id AS id, currency, min(document_on) AS since, -sum(open_amount) AS open
    FROM ledger.open_item WHERE side = 'payable' AND open_amount < 0
    GROUP BY document_id, currency, document_number ORDER BY document_number
"""

_ENTERED = "SELECT id, posted_on FROM payables.coded_invoice WHERE status = 'entered' ORDER BY number"


@asks(supplier_invoices.post_or_block_supplier_invoice)
async def bill(company: Company, chance: Chance) -> PostSupplierInvoice | None:
    """All or some of what has come of a line, at another price than that of the order, in any currency."""
    come = await company.one_of(chance, _COME)
    if come is None:
        return None
    currency, on = chance.choice(CURRENCIES), max(company.day(chance), come.document_on)
    post = PostSupplierInvoice(
        invoice_id=uuid4(),
        process_id=f"{company.code}/procure_to_pay/{come.order_id}",
        order_id=come.order_id,
        order_number=f"PO-{come.order_id.hex[:6]}",
        supplier_code=SUPPLIER.code,
        supplier_number=f"RE {chance.randint(1, 10**9)}",
        invoiced_on=on,
        posted_on=on,
        currency=currency,
        payment_terms_code=chance.choice(TERMS),
        agreed_on=on,
        total_amount=Decimal(1),
        lines=(_line(come, chance, currency),),
        entered_by="somebody",
        accepted=(AcceptedBlock(line_number=1, code="price"),),
        accepted_by="another",
        why_accepted="agreed",
    )
    return post.model_copy(update={"total_amount": await _total(company, post)})


def _line(come: Any, chance: Chance, currency: str) -> LineToMatch:
    quantity = come.there if chance.random() < 0.5 else min(come.there, Decimal(1))
    return LineToMatch(
        order_line_number=come.line_number,
        item_code=come.item_code,
        description=come.item_code,
        quantity=quantity,
        unit="pc",
        stock_quantity=quantity,
        is_stocked=True,
        left_quantity=quantity,
        unit_price=some_amount(chance, currency),
        discount_percent=Decimal(chance.choice((0, 0, 3))),
        ordered_price=some_amount(chance, currency),
        ordered_discount_percent=Decimal(0),
        tax_code=chance.choice(TAX_CODES),
    )


async def _total(company: Company, post: PostSupplierInvoice) -> Decimal:
    """What it comes to, as its supplier has printed it."""
    async with database().read(company.code) as tx:
        payment = await master_data.payment_terms(tx, post.payment_terms_code)
        codes = await master_data.tax_codes(tx, [line.tax_code for line in post.lines])
    assert payment is not None
    terms = BillTerms(as_of(payment, post.agreed_on), codes, TaxRounding.DOCUMENT, "EUR", ONE)
    return invoices.taxed(post, [post.invoiced_on], terms).total_amount


@asks(supplier_payments.post_supplier_payment)
async def pay(company: Company, chance: Chance) -> PostSupplierPayment | None:
    """All or a part of what is owed, perhaps less a discount, perhaps too much."""
    owed = await company.one_of(chance, _OWED)
    if owed is None:
        return None
    share = Decimal(chance.choice((100, 100, 98, 97, 90, 50, 110))) / 100
    return PostSupplierPayment(
        payment_id=uuid4(),
        invoice_id=owed.id,
        paid_on=max(company.day(chance), owed.since),
        amount=rounded(owed.open * share, owed.currency) or owed.open,
    )


@asks(coded_invoices.enter_coded_invoice)
async def enter(company: Company, chance: Chance) -> EnterCodedInvoice:
    """One line of an invoice without an order, of which some tax may be deducted, in any currency."""
    currency, on, terms = chance.choice(CURRENCIES), company.day(chance), chance.choice(TERMS)
    net, code = abs(some_amount(chance, currency)) or Decimal(1), chance.choice(TAX_CODES)
    async with database().read(company.code) as tx:
        payment = await master_data.payment_terms(tx, terms)
        codes = await master_data.tax_codes(tx, [code])
    assert payment is not None
    taxed = tax_document(
        [taxable(net, Decimal(0), codes[code], on)],
        includes_tax=False,
        rounding=TaxRounding.DOCUMENT,
        currency=currency,
        discount_percent_on_base=discount_on_base(as_of(payment, on)),
    )
    is_owed_by_us, deductible = chance.random() < 0.3, Decimal(chance.choice((100, 50, 0)))
    line = CodedLine(account_code="5300", net_amount=net, tax_code=code, deductible_percent=deductible)
    invoice_id = uuid4()
    return EnterCodedInvoice(
        invoice_id=invoice_id,
        process_id=f"{company.code}/coded_invoice/{invoice_id}",
        supplier_code=SUPPLIER.code,
        supplier_number=f"CI {chance.randint(1, 10**9)}",
        invoiced_on=on,
        posted_on=on,
        currency=currency,
        payment_terms_code=terms,
        total_amount=taxed.net_amount if is_owed_by_us else taxed.total_amount,
        reverse_charge=is_owed_by_us,
        entered_by="somebody",
        lines=(line,),
    )


@asks(coded_invoices.post_coded_invoice)
async def post_entered(company: Company, chance: Chance) -> PostCodedInvoice | None:
    """One that was entered, and approved."""
    entered = await company.one_of(chance, _ENTERED)
    if entered is None:
        return None
    return PostCodedInvoice(invoice_id=entered.id, posted_on=entered.posted_on, decided_by="another")
