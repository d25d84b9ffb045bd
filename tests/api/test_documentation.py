"""The page that describes the API."""

import re

import httpx


async def test_the_page_loads_nothing_from_elsewhere(http: httpx.AsyncClient) -> None:
    page = await http.get("/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert page.status_code == 200
    assert len(loaded) >= 3
    for address in loaded:
        assert (await http.get(address)).status_code == 200, address
    assert "://" not in page.text


async def test_its_description_has_every_path(http: httpx.AsyncClient) -> None:
    described = (await http.get("/openapi.json")).json()
    assert "/v1/sales-orders/{order_id}/shipments" in described["paths"]
