"""What suppliers sell us: written once by its key."""

from decimal import Decimal

from activities.procurement.supplier_items import put_supplier_item
from domains.master_data.messages.suppliers import PutSupplier
from domains.procurement.messages.supplier_items import PutSupplierItem
from domains.procurement.queries.supplier_items import supplier_item
from foundation.database.connections import Database
from foundation.values.messages import Caller
from tests.builders.master_data import Registrar


async def test_twice_with_one_key_is_once(database: Database, caller: Caller) -> None:
    registrar = await Registrar(caller).open()
    grove = PutSupplier(code="GROVE", name="Grove", country="DE", currency="EUR", payment_terms_code="NET30")
    await registrar.put(grove)
    put = PutSupplierItem(
        code="A", supplier_code="GROVE", item_code="BOLT", unit_price=Decimal(4), currency="EUR", unit="box"
    )

    answers = [await put_supplier_item(registrar.call("one key"), put) for _ in range(2)]

    async with database.read(caller.company) as tx:
        known = await supplier_item(tx, "A")
    assert [answer.created for answer in answers] == [True, True]
    assert known is not None
    assert (known.unit, known.version) == ("box", 1)
    assert known.unit_price == 4
