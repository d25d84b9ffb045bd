"""People who work for us, as tests ask for them."""

from typing import Any

PATH = "/v1/employees"


def an_employee(code: str = "E-1", **changes: Any) -> dict[str, Any]:
    """Somebody hired at the beginning of 2025, in Germany."""
    asked = {"name": f"Person {code}", "country": "DE", "hired_on": "2025-01-01"}
    return {"code": code} | asked | changes
