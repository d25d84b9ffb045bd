"""An order and the invoice over it: the same to the cent, whatever is sold at whichever terms."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from domains.master_data.messages import DiscountTax, PutPaymentTerms, TaxRounding
from domains.master_data.views import PaymentTermsView
from domains.receivables.messages import LineToBill
from domains.receivables.rules import invoices
from domains.receivables.rules.invoices import Terms
from domains.sales.messages import OrderLineAsked
from domains.sales.rules.orders import PricedOrder, PricingInputs, price_order
from tests.builders.finance import an_invoice
from tests.builders.master_data import a_tax_code, figures, per_unit, percent
from tests.builders.sales import a_line, all_known, an_order, tax_codes

TEN_PERCENT = PutPaymentTerms(
    code="EARLY", name="10 %", discount_percent=Decimal(10), discount_days=10, discount_tax=DiscountTax.ALWAYS
)
TAXES = tax_codes(
    a_tax_code("T19", percent(19)),
    a_tax_code("MIXED", percent(15), per_unit("0.05")),
    a_tax_code("ON-TOP", percent(10, raises_base=True), percent(5)),
    a_tax_code("NONE"),
)


def known_with(terms: PutPaymentTerms, rounding: TaxRounding = TaxRounding.DOCUMENT) -> PricingInputs:
    """What an order is priced by, with these terms."""
    known = all_known(terms=PaymentTermsView(**dict(terms)), tax_codes=TAXES)
    return replace(known, company=known.company.model_copy(update={"tax_rounding": rounding}))


def billed(order: PricedOrder, freight: Decimal, known: PricingInputs) -> invoices.ComputedInvoice:
    """The invoice over all of an order."""
    lines = [
        LineToBill(**line.model_dump(include=set(LineToBill.model_fields)) | {"item_code": line.item_code})
        for line in order.lines
    ]
    if freight and order.freight_tax_code:
        lines.append(
            LineToBill(
                line_number=len(lines) + 1,
                description="Freight",
                quantity=Decimal(1),
                unit="",
                unit_price=freight,
                tax_code=order.freight_tax_code,
                is_freight=True,
            )
        )
    assert known.terms is not None
    terms = Terms(known.terms, known.tax_codes, known.company.tax_rounding, "EUR", Decimal(1))
    return invoices.compute(an_invoice(*lines, prices_include_tax=order.prices_include_tax), terms)


def test_the_order_shows_the_tax_on_the_discounted_base() -> None:
    known = known_with(TEN_PERCENT)

    order = price_order(an_order(a_line(quantity=1, unit_price="1000", tax_code="MIXED")), known)

    assert (order.taxed.tax_amount, order.taxed.total_amount) == figures("135.05", "1135.05")


def test_a_tax_of_an_amount_per_piece_is_paid_for_every_piece_of_a_box() -> None:
    known = known_with(TEN_PERCENT)
    boxes = a_line(quantity=2, unit="box", unit_price="0", tax_code="MIXED")

    order = price_order(an_order(boxes, freight_amount=Decimal(10), freight_tax_code="MIXED"), known)

    # Two boxes of ten pieces; the freight pays its percentage and has no pieces.
    assert order.taxed.tax_amount == Decimal("1.00") + Decimal("1.35")
    assert billed(order, Decimal(10), known).taxed == order.taxed


@given(
    lines=some.lists(
        some.builds(
            OrderLineAsked,
            item_code=some.sampled_from(["BOLT", "ADVICE"]),
            quantity=some.integers(1, 10**6).map(lambda number: Decimal(number) / 1000),
            unit=some.sampled_from([None, "box"]),
            unit_price=some.integers(0, 10**7).map(lambda number: Decimal(number) / 10_000),
            discount_percent=some.sampled_from([Decimal(0), Decimal("2.5"), Decimal(33)]),
            tax_code=some.sampled_from(sorted(TAXES)),
            description=some.just("Goods"),
        ),
        min_size=1,
        max_size=6,
    ),
    freight=some.sampled_from([Decimal(0), Decimal("4.99")]),
    discount=some.sampled_from([Decimal(0), Decimal("7.5")]),
    discount_tax=some.sampled_from(DiscountTax),
    rounding=some.sampled_from(TaxRounding),
    includes_tax=some.booleans(),
)
def test_an_order_and_the_invoice_over_it_are_the_same_to_the_cent(
    lines: list[OrderLineAsked],
    freight: Decimal,
    discount: Decimal,
    discount_tax: DiscountTax,
    rounding: TaxRounding,
    includes_tax: bool,
) -> None:
    known = known_with(TEN_PERCENT.model_copy(update={"discount_tax": discount_tax}), rounding)
    asked = an_order(
        *lines, freight_amount=freight, discount_percent=discount, prices_include_tax=includes_tax
    )

    order = price_order(asked, known)

    assert billed(order, freight, known).taxed == order.taxed
