"""Purchases worked by hand (`matching.toml`), and what the rules make of them."""

import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

from domains.inventory.messages import StockReceived
from domains.ledger.messages import Line, Opened, OpenGoods, Role
from domains.master_data.messages import PutPaymentTerms, PutTaxCode, TaxComponent, TaxRounding
from domains.master_data.messages.tolerances import PutMatchingTolerance
from domains.payables.messages import (
    EnterInvoice,
    InvoiceLineAsked,
    PostSupplierInvoice,
    SupplierInvoicePosted,
)
from domains.payables.messages.blocks import (
    AcceptInvoice,
    CreditedLineAsked,
    EnterCredit,
    ReasonRead,
    SupplierInvoiceBlocked,
)
from domains.payables.rules import invoices, matching
from domains.payables.rules.invoices import BillTerms
from domains.procurement.messages import LineToReceive, PurchaseLine, PurchaseOrderPlaced
from foundation.values.money import rounded
from workflows.procure_to_pay import translation
from workflows.procure_to_pay.blocked import WaitingInvoice
from workflows.procure_to_pay.facts import PurchaseFacts

CASES: list[Any] = tomllib.loads((Path(__file__).parent / "matching.toml").read_text())["case"]
A_DAY, ZERO = date(2026, 3, 11), Decimal(0)
TAXED = PutTaxCode(
    code="VAT19", name="19 %", components=(TaxComponent(name="VAT", rate_percent=Decimal(19)),)
)
SAME = SupplierInvoicePosted.model_fields.keys() & PostSupplierInvoice.model_fields.keys() - {"total_amount"}
ACCOUNTS = {
    "goods_received_not_invoiced": "received",
    "purchase_price_difference": "difference",
    "purchased_services": "services",
    "tax_receivable": "tax",
    "exchange_gain": "exchange",
    "exchange_loss": "exchange",
}


def named(role: Role) -> str:
    """The account of a role, as the cases call it."""
    return ACCOUNTS.get(str(role), str(role))


@dataclass
class Purchase:
    """One order on its way: what has come of it, and the invoice that waits."""

    case: Any
    rules: ModuleType = matching
    """By what its invoices are matched."""
    facts: PurchaseFacts = field(default_factory=lambda: PurchaseFacts(uuid4()))
    goods: list[OpenGoods] = field(default_factory=list)
    waiting: WaitingInvoice | None = None
    rate: Decimal = Decimal(1)
    alike: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """It was ordered."""
        lines = tuple(_ordered(number, one) for number, one in enumerate(self.case["ordered"], start=1))
        self.facts.order = PurchaseOrderPlaced(
            order_id=self.facts.order_id,
            order_number="PO-1",
            supplier_code="GROVE",
            supplier_name="Grove",
            supplier_reference="",
            ordered_on=date(2026, 3, 2),
            expected_on=None,
            currency=self.case.get("currency", "EUR"),
            warehouse_code="MAIN",
            payment_terms_code="NET30",
            net_amount=ZERO,
            tax_amount=ZERO,
            total_amount=ZERO,
            base_total_amount=ZERO,
            lines=lines,
        )

    def take(self, step: Any) -> dict[str, Any]:
        """One step; gives what has become of the invoice that waits, if one does."""
        self.rate = Decimal(step.get("rate", self.rate))
        self.alike = tuple(step.get("alike", self.alike))
        self._come(step.get("come", []))
        for number, price in step.get("prices", []):
            self._price(number, Decimal(price))
        if "bill" in step:
            self.waiting = _entered(step)
        if self.waiting is None:
            return {}
        if "credit" in step:
            self.waiting = replace(self.waiting, credits=[*self.waiting.credits, _credit(step)])
        return self._match(self.waiting, is_accepted="accepted" in step)

    def _come(self, lines: list[Any]) -> None:
        for number, quantity in lines:
            ordered = self.facts.placed.lines[number - 1]
            came = LineToReceive(line_number=number, quantity=Decimal(quantity))
            worth = came.quantity * ordered.unit_price * (100 - ordered.discount_percent) / 100 / self.rate
            named_ = f"GR-{len(self.facts.receipts) + 1}"
            in_stock = translation.in_stock_unit(ordered, came.quantity)
            value = rounded(worth, "EUR")
            opened = Opened(named_, (item := uuid4(),), A_DAY, None)
            self.goods.append(OpenGoods(item, number, in_stock, value, opened))
            received = StockReceived(
                receipt_id=uuid4(), receipt_number=named_, value=value, adjustment_value=ZERO, served=()
            )
            self.facts.receive(received, (came,))

    def _price(self, number: int, price: Decimal) -> None:
        lines = list(self.facts.placed.lines)
        lines[number - 1] = lines[number - 1].model_copy(update={"unit_price": price})
        self.facts.price(self.facts.placed.model_copy(update={"lines": tuple(lines)}), "a buyer")

    def _match(self, waiting: WaitingInvoice, *, is_accepted: bool) -> dict[str, Any]:
        post = translation.supplier_invoice(self.facts, waiting, process_id="ACME/procure_to_pay/1")
        if is_accepted:
            read = tuple(
                ReasonRead(line_number=one.line_number, code=one.code, why=one.why) for one in waiting.blocks
            )
            accept = AcceptInvoice(
                invoice_id=post.invoice_id, accepts=read, reason="agreed", posted_on=post.posted_on
            )
            post = translation.accepted_invoice(post, accept, "somebody else")
        tolerances = [
            PutMatchingTolerance.model_validate({"valid_from": "2026-01-01"} | one)
            for one in self.case.get("tolerances", [])
        ]
        known = matching.Tolerated(tolerances, "EUR", self.rate, self.alike)
        matched = self.rules.match(post, self.goods, known)
        terms = BillTerms(
            PutPaymentTerms(code="NET30", name="Net 30"),
            {"VAT19": TAXED},
            TaxRounding.DOCUMENT,
            "EUR",
            self.rate,
        )
        computed = invoices.compute(post, matched.lines, terms)
        if not matched.is_accepted:
            noted = SupplierInvoiceBlocked(
                **post.model_dump(include=set(SupplierInvoiceBlocked.model_fields)),
                blocked_number="BI-1",
                blocks=matched.blocks,
                has_changed=True,
            )
            self.facts.block(waiting, noted)
            return {"blocks": [f"{one.line_number} {one.code.value}" for one in matched.blocks]}
        lines = invoices.postings(post, computed, matched.lines, terms, named)
        if post.currency != "EUR":
            lines += invoices.clearing(post, matched.lines, named)
        self._settle(post, matched.lines, computed.taxed.total_amount)
        return {"posts": _by_account(lines)}

    def _settle(self, post: PostSupplierInvoice, matched: Any, total: Decimal) -> None:
        """What it bills is not open any more."""
        for part in [part for one in matched for part in one.settles]:
            self.goods = [
                one.less(part.quantity, part.base_amount) if one.item_id == part.item_id else one
                for one in self.goods
            ]
        posted = SupplierInvoicePosted(
            **post.model_dump(include=SAME),
            invoice_number="SI-1",
            due_on=A_DAY,
            net_amount=total,
            tax_amount=ZERO,
            total_amount=total,
            price_difference=ZERO,
            exchange_difference=ZERO,
            matched={one.line.order_line_number: one.in_order_unit for one in matched},
        )
        self.facts.bill(posted)
        self.waiting = None


def _ordered(number: int, asked: Any) -> PurchaseLine:
    quantity = Decimal(asked["quantity"])
    return PurchaseLine(
        line_number=number,
        item_code=f"ITEM{number}",
        description=f"item {number}",
        quantity=quantity,
        unit="pc",
        stock_quantity=quantity * Decimal(asked.get("per_unit", 1)),
        is_stocked=not asked.get("service", False),
        unit_price=Decimal(asked["price"]),
        discount_percent=Decimal(asked.get("discount", 0)),
        tax_code="VAT19",
        over_delivery_percent=ZERO,
        under_delivery_percent=ZERO,
        net_amount=ZERO,
        tax_amount=ZERO,
    )


def _entered(step: Any) -> WaitingInvoice:
    names = ("line_number", "quantity", "unit_price", "discount_percent")
    enter = EnterInvoice(
        invoice_id=uuid4(),
        supplier_number="RE 1",
        invoiced_on=A_DAY,
        posted_on=A_DAY,
        total_amount=Decimal(step["total"]),
        lines=tuple(
            InvoiceLineAsked.model_validate(dict(zip(names, line, strict=False))) for line in step["bill"]
        ),
    )
    return WaitingInvoice(enter, "somebody", posted_on=A_DAY)


def _credit(step: Any) -> EnterCredit:
    names = ("line_number", "quantity", "net_amount")
    return EnterCredit(
        credit_id=uuid4(),
        invoice_id=uuid4(),
        supplier_number="GS 1",
        credited_on=A_DAY,
        posted_on=A_DAY,
        total_amount=Decimal(step["total"]),
        lines=tuple(
            CreditedLineAsked.model_validate(dict(zip(names, line, strict=True))) for line in step["credit"]
        ),
    )


def _by_account(lines: list[Line]) -> dict[str, str]:
    """In the company's currency; what balances out is left out."""
    total: dict[str, Decimal] = {}
    for line in lines:
        total[line.account_code] = total.get(line.account_code, ZERO) + line.base_amount
    return {account: f"{amount:.2f}" for account, amount in total.items() if amount}


def outcomes(case: Any, rules: ModuleType = matching) -> list[dict[str, Any]]:
    """What becomes of the invoice with each step of a case."""
    purchase = Purchase(case, rules)
    return [purchase.take(step) for step in case["steps"]]


def wanted(case: Any) -> list[dict[str, Any]]:
    """What should."""
    return [{key: step[key] for key in ("blocks", "posts") if key in step} for step in case["steps"]]
