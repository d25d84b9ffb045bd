"""The people of the demo company, each at the REST API with a key of their own."""

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from api.imports.sending import patiently

COMPANY = "HAVELRAD"
ROLES = {
    "Sina Shop": ["sales clerk"],
    "Clara Credit": ["credit manager"],
    "Walter Warehouse": ["warehouse"],
    "Anna Accounts": ["accountant"],
    "Bernd Buyer": ["buyer"],
    "Franka Finance": ["finance director"],
    "Berta Books": ["accountant"],
    "Hanna Human": ["personnel officer"],
    "Wiebke Wages": ["payroll clerk"],
    "Paul Payroll": ["payroll approver"],
    "Lea Leave": ["leave approver"],
}
SALES, CREDIT, WAREHOUSE, ACCOUNTS, BUYER, FINANCE, BOOKS, *_OF_PEOPLE = ROLES
PERSONNEL, PAYROLL, PAY_APPROVER, LEAVE_APPROVER = _OF_PEOPLE
ADMINISTRATOR = "administrator"

ANSWERS_AWAITED = 30
"""How often we ask again, each second, when the API has taken a request and is still at it."""


class Refused(Exception):
    """The API said no."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('detail') or problem}")
        self.kind = str(problem.get("type", "")).rpartition("/")[2]


@dataclass
class People:
    """Everybody, and how long the API took for each order."""

    http: httpx.AsyncClient
    keys: dict[str, str]
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    async def hire(self) -> None:
        """A key for everyone. A key is shown once, so that each run of the demo issues its own."""
        for name, roles in ROLES.items():
            person = {"actor": name, "companies": [COMPANY], "roles": roles}
            issued = await self.post("/v1/api-keys", person, by=ADMINISTRATOR, key=str(uuid.uuid4()))
            self.keys[name] = issued["key"]

    async def post(self, path: str, body: Any, *, by: str, key: str, order: str = "") -> dict[str, Any]:
        """A request by somebody, sent again under its key until it is answered. Raises Refused.

        202 without a document says that the request is taken and not done: asking again waits for it.
        """
        began = time.perf_counter()
        for _ in range(ANSWERS_AWAITED):
            headers = {**self.headers(by), "Idempotency-Key": key}
            answer = await patiently(self.http, "POST", path, json=body, headers=headers)
            said: dict[str, Any] = answer.json()
            if answer.status_code >= 400:
                raise Refused(answer.status_code, said)
            if answer.status_code != 202 or said.get("status") != "accepted":
                break
            await asyncio.sleep(1)
        else:
            raise Refused(202, {"type": "still-at-work", "detail": f"{path} is not done after half a minute"})
        self.seconds[order] += time.perf_counter() - began
        return said

    async def change(self, path: str, changes: dict[str, Any], *, by: str) -> None:
        """Change some fields of a record as it is now. Raises Refused."""
        known = await self.http.get(path, headers=self.headers(by))
        headers = {**self.headers(by), "If-Match": known.headers["ETag"]}
        answer = await patiently(self.http, "PATCH", path, json=changes, headers=headers)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json())

    async def get(self, path: str, **query: Any) -> Any:
        """A question of the administrator. Raises Refused."""
        answer = await self.http.get(path, params=query, headers=self.headers(ADMINISTRATOR))
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json())
        return answer.json()

    async def every(self, path: str, **query: Any) -> AsyncIterator[dict[str, Any]]:
        """All items of a list, page after page."""
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(path, limit=200, **query, **cursor)
            for item in page["items"]:
                yield item
            if not page["next_cursor"]:
                return
            cursor = {"cursor": page["next_cursor"]}

    def headers(self, who: str) -> dict[str, str]:
        """Who asks, for which company."""
        return {"Authorization": f"Bearer {self.keys[who]}", "X-Company": COMPANY}
