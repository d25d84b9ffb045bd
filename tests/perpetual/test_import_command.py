"""`perpetual import` and a server: it goes on after outages, doubles nothing, and tells what was refused."""

import csv
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from perpetual.importing.cli import run_import

CUSTOMERS = (
    "code,name,country,currency,payment_terms_code\n"
    "C-1,Alice,DE,EUR,NET30\nC-2,Bob,DE,XXX,NET30\nC-3,Carl,Germany,EUR,NET30\nC-4,=Dora,DE,EUR,\n"
)
PAYMENTS = "external_id,amount,currency,customer_code\nB-1,10.00,EUR,C-1\nB-2,20.00,EUR,C-1\n"


class Register:
    """A server as the command sees it: away at first, it keeps what it gets, and refuses the currency XXX."""

    def __init__(self, outages: int) -> None:
        self.outages = outages
        self.answered: dict[str, Any] = {}
        self.bodies: list[Any] = []
        self.seen: list[tuple[str, str, str]] = []

    def answer(self, path: str, key: str, company: str, body: Any) -> JSONResponse:
        """503 while it is away; the same answer to the same key; else yes or no."""
        self.seen.append((path, key, company))
        if self.outages:
            self.outages -= 1
            return JSONResponse({"detail": "away", "retryable": True}, 503)
        if body["currency"] == "XXX":
            errors = [{"field": "currency", "message": "there is no currency XXX"}]
            return JSONResponse({"type": "/problems/invalid", "detail": "no", "errors": errors}, 422)
        if key not in self.answered:
            self.bodies.append(body)
            self.answered[key] = {"code": "x", "created": True} if path == "customers" else {}
        return JSONResponse(self.answered[key], 201)


@pytest.fixture
def register() -> Register:
    """What the server keeps."""
    return Register(outages=2)


@pytest.fixture
def base_url(register: Register) -> Iterator[str]:
    """The server's address."""
    app = FastAPI()

    @app.post("/v1/{path}")
    async def post(path: str, request: Request) -> JSONResponse:
        headers = request.headers
        return register.answer(path, headers["Idempotency-Key"], headers["X-Company"], await request.json())

    @app.get("/v1/{path}/{code}")
    async def get(path: str, code: str) -> JSONResponse:
        return JSONResponse({"detail": f"there is no {code} in {path}"}, 404)

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files lie, and where the command is run."""
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "payments.csv").write_text(PAYMENTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(files: list[Path], base_url: str, *, dry_run: bool = False, as_json: bool = False) -> int:
    """The command, for the company ACME."""
    return run_import(
        files,
        mapping=None,
        company="ACME",
        dry_run=dry_run,
        base_url=base_url,
        api_key="pk_x",
        as_json=as_json,
    )


def test_the_good_rows_are_written_after_an_outage_and_the_bad_ones_told(
    folder: Path, base_url: str, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run([folder / "customers.csv"], base_url)

    assert status == 1
    assert [body["code"] for body in register.bodies] == ["C-1"]
    assert {company for _, _, company in register.seen} == {"ACME"}
    assert len({key for _, key, _ in register.seen}) == 2, "sent again under the same key"
    with (folder / "import-errors.csv").open() as file:
        errors = list(csv.DictReader(file))
    assert [(error["row"], error["column"], error["message"]) for error in errors] == [
        ("4", "country", "String should match pattern '^[A-Z]{2}$'"),
        ("5", "payment_terms_code", "is needed"),
        ("3", "currency", "there is no currency XXX"),
    ]
    assert "there is no currency XXX" in capsys.readouterr().out


def test_a_document_that_is_imported_twice_counts_once(
    folder: Path, base_url: str, register: Register
) -> None:
    assert run([folder / "payments.csv"], base_url) == 0
    assert run([folder / "payments.csv"], base_url) == 0

    # Several rows are sent at the same time.
    assert sorted(body["amount"] for body in register.bodies) == ["10.00", "20.00"]


def test_a_dry_run_asks_the_server_nothing_and_tells_the_errors_as_json(
    folder: Path, base_url: str, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run([folder / "customers.csv", folder / "payments.csv"], base_url, dry_run=True, as_json=True)

    report = json.loads(capsys.readouterr().out)
    assert status == 1
    assert register.seen == []
    assert [(one["target"], one["rows"], one["ready"], one["created"]) for one in report["targets"]] == [
        ("customers", 4, 2, 0),
        ("payments", 2, 2, 0),
    ]
    assert report["error_count"] == 2


def test_files_of_another_company_are_not_written(folder: Path, base_url: str, register: Register) -> None:
    (folder / "companies.csv").write_text("code,name,currency,country\nOTHER,Other,EUR,DE\n")

    assert run([folder / "companies.csv"], base_url) == 1
    assert register.seen == []


def test_cells_that_spreadsheets_would_run_are_quoted_in_the_file_of_errors(
    folder: Path, base_url: str
) -> None:
    (folder / "customers.csv").write_text(
        'code,name,country,currency,payment_terms_code\nC-1,Alice,"=HYPERLINK(1)",EUR,NET30\n'
    )

    run([folder / "customers.csv"], base_url, dry_run=True)

    assert "'=HYPERLINK(1)" in (folder / "import-errors.csv").read_text()


def test_a_file_that_is_not_there_is_told_and_nothing_is_written(folder: Path, base_url: str) -> None:
    assert run([folder / "absent.csv"], base_url) == 2
