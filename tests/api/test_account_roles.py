"""Which account a role means for a key: said over REST, and posted by from then on."""

from tests.erp import Erp

PATH = "/v1/account-roles"
IN_TRANSIT = {"role": "payments_in_transit", "key": "GIRO", "account_code": "1480"}


async def test_a_role_gets_an_account_for_a_key_and_another_one(erp: Erp) -> None:
    first = await erp.request("POST", PATH, IN_TRANSIT)
    await erp.post(PATH, IN_TRANSIT | {"account_code": "1450"})
    known = (await erp.get(PATH, role="payments_in_transit"))["items"]

    assert (first.status_code, first.json()) == (201, IN_TRANSIT)
    assert [one for one in known if one["key"]] == [IN_TRANSIT | {"account_code": "1450"}]
    assert {"role": "bank", "key": "", "account_code": "1400"} in (await erp.get(PATH, account="1400"))[
        "items"
    ]


async def test_what_cannot_be_is_refused_at_its_field(erp: Erp) -> None:
    for wrong, field in (
        ({"role": "no_role"}, "role"),
        ({"key": ""}, "key"),
        ({"account_code": "NONE"}, "account_code"),
        ({"role": "payable"}, "account_code"),
    ):
        answer = await erp.request("POST", PATH, IN_TRANSIT | wrong)
        assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])
