"""The page that describes the API."""

import html
import re

import httpx

from foundation.runtime.settings import settings
from tests.erp import Erp


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


async def test_the_api_s_address_in_a_browser_leads_to_its_description_and_to_the_web_ui(
    http: httpx.AsyncClient,
) -> None:
    page = await http.get("/")
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page.text)]

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    running = "/namespaces/default/workflows?query=ExecutionStatus+%3D+%22Running%22"
    assert f"{settings().web_ui_url}{running}" in links
    for link in ("/docs", "/openapi.json"):
        assert link in links
        assert (await http.get(link)).status_code == 200


async def test_a_process_leads_to_its_readable_page_in_the_web_ui(erp: Erp) -> None:
    order = await erp.place()

    story = await erp.get(f"/v1/processes/{erp.company}/order_to_cash/{order['order_id']}")

    process = f"{erp.company}%2Forder_to_cash%2F{order['order_id']}"
    page = rf"http://\S+/namespaces/default/workflows/{process}/[-0-9a-f]{{36}}/user-metadata"
    assert re.fullmatch(page, story["web_ui"])
