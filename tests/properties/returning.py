"""Goods that go back to suppliers, asked for at random: what is claimed for them, and set off; and goods that
are never billed, or never credited.
"""

from decimal import Decimal
from uuid import uuid4

from activities.inventory import vendor_returns
from activities.payables import debit_notes, goods_write_offs, set_offs
from domains.inventory.messages.vendor_returns import LineToSendBack, SendGoodsBack
from domains.payables.messages.debit_notes import ConfirmDebitNote, PostDebitNote
from domains.payables.messages.goods_write_offs import (
    GoodsNeverSettled,
    GoodsToWriteOff,
    GoodsWriteOffProposed,
    PostGoodsWriteOff,
)
from domains.payables.messages.set_offs import SetDebitNoteOff
from tests.properties.asking import asks
from tests.properties.company import PLACES, SUPPLIER, Chance, Company

# The invoices of an order are in one currency; here they may be in any.
_CAME = """
    SELECT d.order_id, l.order_line_number AS line_number, l.quantity, d.warehouse_code,
        g.last_moved_on AS since
    FROM inventory.stock_receipt d JOIN inventory.stock_receipt_line l ON l.receipt_id = d.id
        JOIN ledger.open_item g ON g.document_id = d.id AND g.order_line_number = l.order_line_number
        LEFT JOIN LATERAL (
            SELECT bool_or(o.open_amount = 0) AS is_paid, count(DISTINCT i.currency) AS currencies
            FROM payables.supplier_invoice i JOIN ledger.open_item o ON o.document_id = i.id
            WHERE i.order_id = d.order_id AND NOT EXISTS (
                SELECT FROM ledger.reversal x WHERE x.document_id = i.id)
        ) AS b ON true
    WHERE d.order_id IS NOT NULL AND b.currencies < 2
        AND NOT EXISTS (SELECT FROM ledger.reversal x WHERE x.document_id = d.id)
    -- The best for what follows: what is paid, and then what is billed.
    ORDER BY b.is_paid IS NOT TRUE, g.open_quantity > 0, d.number, l.line_number
"""
_TO_CLAIM = """
    SELECT o.document_id AS id, o.document_on AS since FROM ledger.open_item o
    WHERE o.side = 'goods_received' AND o.open_quantity < 0 AND 2 > (
        SELECT count(DISTINCT i.currency) FROM payables.supplier_invoice i WHERE i.order_id = o.order_id)
    ORDER BY o.document_number
"""
_OPEN = """
    SELECT o.id, o.document_number, o.order_id, o.order_line_number, o.open_quantity, o.base_open_amount,
        greatest(o.document_on, o.reopened_on) AS since
    FROM ledger.open_item o
    WHERE o.side = 'goods_received' AND o.open_quantity <> 0 AND o.base_open_amount <> 0
        AND o.order_id IS NOT NULL
    ORDER BY o.open_quantity > 0, o.document_number, o.order_line_number
"""
_CLAIMED = """
    SELECT d.id, d.total_amount, o.open_amount, o.document_on AS since, (
        SELECT i.document_id FROM ledger.open_item i
        WHERE i.side = 'payable' AND i.open_amount < 0 AND i.currency = d.currency
        ORDER BY i.document_number LIMIT 1) AS invoice_id
    FROM payables.supplier_debit_note d JOIN ledger.open_item o ON o.document_id = d.id
    ORDER BY o.open_amount = 0, d.number
"""


@asks(vendor_returns.send_goods_back)
async def send_back(company: Company, chance: Chance) -> SendGoodsBack | None:
    """All or some of what came for a line, from where it came to or from elsewhere."""
    there = await company.rows(_CAME)
    if not there:
        return None
    came = chance.choice(there[:2] if chance.random() < 0.7 else there)
    quantity = came.quantity if chance.random() < 0.5 else min(came.quantity, Decimal(1))
    return SendGoodsBack(
        return_id=uuid4(),
        order_id=came.order_id,
        process_of_order=f"{company.code}/procure_to_pay/{came.order_id}",
        returned_on=max(company.day(chance), came.since),
        reason="damaged",
        warehouse_code=came.warehouse_code if chance.random() < 0.7 else chance.choice(PLACES),
        lines=(LineToSendBack(line_number=came.line_number, quantity=quantity),),
    )


@asks(debit_notes.post_debit_note)
async def claim(company: Company, chance: Chance) -> PostDebitNote | None:
    """What was billed of goods that went back."""
    back = await company.one_of(chance, _TO_CLAIM)
    if back is None:
        return None
    on = max(company.day(chance), back.since)
    return PostDebitNote(debit_note_id=uuid4(), return_id=back.id, posted_on=on, reason="damaged")


@asks(debit_notes.confirm_debit_note)
async def confirm(company: Company, chance: Chance) -> ConfirmDebitNote | None:
    """What a supplier credits by itself."""
    note = await company.one_of(chance, _CLAIMED)
    if note is None:
        return None
    number = f"GS {chance.randint(1, 10**9)}"
    of_note = {"debit_note_id": note.id, "total_amount": note.total_amount}
    return ConfirmDebitNote(supplier_number=number, credited_on=note.since, **of_note)


@asks(set_offs.set_off_debit_note)
async def set_off(company: Company, chance: Chance) -> SetDebitNoteOff | None:
    """All or some of what is claimed pays an invoice."""
    notes = [note for note in await company.rows(_CLAIMED) if note.invoice_id is not None]
    if not notes:
        return None
    note = notes[0] if chance.random() < 0.8 else chance.choice(notes)
    return SetDebitNoteOff(
        set_off_id=uuid4(),
        debit_note_id=note.id,
        invoice_id=note.invoice_id,
        set_off_on=max(company.day(chance), note.since),
        amount=None if chance.random() < 0.7 else Decimal(1),
    )


@asks(goods_write_offs.post_goods_write_off)
async def write_off(company: Company, chance: Chance) -> PostGoodsWriteOff | None:
    """What is open of one line, as somebody has said yes to it."""
    goods = await company.one_of(chance, _OPEN)
    if goods is None or chance.random() < 0.5:
        return None
    on, write_off_id = max(company.day(chance), goods.since), uuid4()
    is_billed = goods.open_quantity < 0
    line = GoodsToWriteOff(
        open_item_id=goods.id,
        document_number=goods.document_number,
        order_line_number=goods.order_line_number,
        stock_quantity=abs(goods.open_quantity),
        amount=abs(goods.base_open_amount),
    )
    proposed = GoodsWriteOffProposed(
        write_off_id=write_off_id,
        write_off_number=f"GW-{write_off_id.hex[:6]}",
        kind=GoodsNeverSettled.NOT_CREDITED if is_billed else GoodsNeverSettled.NOT_BILLED,
        order_id=goods.order_id,
        order_number=f"PO-{goods.order_id.hex[:6]}",
        supplier_code=SUPPLIER.code,
        written_off_on=on,
        currency="EUR",
        total_amount=line.amount,
        lines=(line,),
    )
    return PostGoodsWriteOff(
        write_off_id=write_off_id,
        written_off_on=on,
        process_of_order=f"{company.code}/procure_to_pay/{goods.order_id}",
        reason="never billed",
        proposed=proposed,
        requested_by="somebody",
        approved_by="another",
    )
