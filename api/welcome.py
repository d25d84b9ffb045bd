"""The page that somebody finds who opens the API's address in a browser."""

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.web_ui import RUNNING, list_of

router = APIRouter()

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Perpetual</title>
<h1>Perpetual</h1>
<p>An ERP whose business processes run as durable workflows. This is its API.</p>
<ul>
<li><a href="/docs">The API, described and tried out</a>; <a href="/openapi.json">for programs</a></li>
<li><a href="{web_ui}">The processes that run, in the Temporal Web UI</a></li>
<li><a href="/health/ready">How it is</a></li>
</ul>
</html>
"""


@router.get("/", include_in_schema=False)
async def welcome() -> HTMLResponse:
    """Where to go from here."""
    return HTMLResponse(_PAGE.format(web_ui=escape(list_of(RUNNING))))
