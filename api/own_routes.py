"""This very application as a client, as the caller: no network in between, all rules as from outside."""

import httpx
from fastapi import Request

from api.door import AskedRequest


def own_routes(asked: AskedRequest, request: Request) -> httpx.AsyncClient:
    """A client of our own routes, with the caller's key and company and the request's correlation id."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=asked.app, raise_app_exceptions=False),
        base_url="http://own",
        headers={
            "Authorization": request.headers["Authorization"],
            "X-Company": asked.caller.company,
            "X-Correlation-ID": asked.caller.correlation_id,
        },
        timeout=60,
    )
