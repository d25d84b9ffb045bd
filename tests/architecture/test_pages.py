"""What the README and docs name is there: events, operations, commands, API paths, settings."""

import re
from pathlib import Path
from typing import Any

import typer.main

from foundation.runtime.settings import Settings
from tests.architecture.pages import (
    Route,
    unknown_commands,
    unknown_names,
    unknown_paths,
    unknown_settings,
    without_parameters,
)
from tests.architecture.source import FLOORS, ROOT, plant

OF_SQL = re.compile(r"\b[a-z_]+\.[a-z_]+\b")
READ_BY_HAND = re.compile(r"PERPETUAL_[A-Z_]*[A-Z]")


def test_events_operations_and_tables_in_the_pages_exist() -> None:
    from foundation.operations.operation import OPERATIONS, events  # noqa: PLC0415
    from workers import registry  # noqa: PLC0415

    registry.operations()
    schema = "\n".join(file.read_text() for file in ROOT.glob("*/**/*.sql"))
    known = {
        *OPERATIONS,
        *(one.event_name for made in events().values() for one in made),
        *OF_SQL.findall(schema),
    }
    first_words = {name.partition(".")[0] for name in OPERATIONS}

    assert unknown_names(ROOT, first_words, known) == []


def test_perpetual_commands_in_the_pages_exist_with_their_options() -> None:
    from perpetual.cli import app  # noqa: PLC0415

    commands = getattr(typer.main.get_command(app), "commands")  # noqa: B009  # A group's, not every command's.
    known = {name: {"--help", *_options_of(command)} for name, command in commands.items()}

    assert unknown_commands(ROOT, known) == []


def _options_of(command: Any) -> set[str]:
    """A command's options, with those of the commands below it."""
    own = {option for taken in command.params for option in (*taken.opts, *taken.secondary_opts)}
    return own.union(*(_options_of(below) for below in getattr(command, "commands", {}).values()))


def test_settings_in_the_pages_exist() -> None:
    declared = {f"PERPETUAL_{name.upper()}" for name in Settings.model_fields}
    sources = (file.read_text() for floor in FLOORS for file in (ROOT / floor).glob("**/*.py"))
    by_hand = {name for source in sources for name in READ_BY_HAND.findall(source)}

    assert unknown_settings(ROOT, declared | by_hand) == []


def test_api_paths_in_the_pages_exist_with_their_methods() -> None:
    from api.app import app  # noqa: PLC0415
    from api.routes import routes_of  # noqa: PLC0415

    known = {
        Route(method, without_parameters(path)) for path, methods, *_ in routes_of(app) for method in methods
    }

    assert unknown_paths(ROOT, known) == []


def test_what_pages_name_and_is_not_there_is_seen(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "README.md": "`PERPETUAL_PORT`, `perpetual fly`, `perpetual up --high --port 1`, perpetual snow\n"
            "```sh\nX=$(api k sales '{}' | id)\napi - sales/$X\napi - buys/$X\n$B/v1/$2\n```\n",
            "docs/a.md": '`sales.sold`, `sales.*`, `sales.lost`, `docs.md`, "sales.a", `["sales.b"]`\n'
            "`POST /v1/sales/{id}`, `/v1/sales/{sale_id}?x=1`, `…/{id}`, `GET /v1/s…`, `/v1/b…`\n",
        },
    )
    routes = {Route("POST", "/v1/sales"), Route("GET", "/v1/sales/{}")}

    assert unknown_settings(tmp_path, {"PERPETUAL_API_PORT"}) == ["README.md: PERPETUAL_PORT"]
    assert unknown_commands(tmp_path, {"up": {"--port"}}) == [
        "README.md: perpetual fly",
        "README.md: perpetual up --high",
    ]
    assert unknown_names(tmp_path, {"sales"}, {"sales.sold"}) == [
        "docs/a.md: sales.lost",
        "docs/a.md: sales.b",
    ]
    assert unknown_paths(tmp_path, routes) == [
        "README.md: GET /v1/buys/{}",
        "docs/a.md: POST /v1/sales/{}",
        "docs/a.md: /v1/b…",
    ]


def test_the_glossary_is_in_the_order_of_the_alphabet() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text()
    terms = re.findall(r"^\| \*\*(.+?)\*\* \|", glossary, re.MULTILINE)

    assert terms == sorted(set(terms), key=str.lower)
    assert terms, "no term was found"
