"""The Honeycomb files are what Honeycomb's API takes, and `apply.py` sends all of them, in an order that works."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from honeycomb.models.tool_inputs import BoardToolInput, TriggerToolInput
from pydantic import ValidationError

from otel_genai_impact import semconv
from tests.e2e.collector import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator

FOLDER = ROOT / "dashboards" / "honeycomb"
BOARD, TRIGGERS, COLUMNS = (
    json.loads((FOLDER / name).read_text(encoding="utf-8"))
    for name in ("board.json", "triggers.json", "derived_columns.json")
)
REFUSED_KEY = "a-key-that-is-refused"
# The functions that our expressions may use, of https://docs.honeycomb.io/reference/derived-column-formula/
FUNCTIONS = {"IF", "EXISTS", "EQUALS", "DIV", "MUL", "SUB"}
FROM_HONEYCOMB_AND_THE_CONVENTIONS = {
    "name",
    "service.name",
    "trace.trace_id",
    "trace.parent_id",
    semconv.GEN_AI_PROVIDER_NAME,
    semconv.GEN_AI_RESPONSE_MODEL,
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
}


class Honeycomb:
    """Stands in for the service: takes everything, gives each thing an id, and remembers what came."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, dict[str, Any]]] = []
        remembered = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
                same = [content for path, _, content in remembered if path == self.path]
                self._answer(200, [{**content, "id": f"id{n}", **times} for n, content in enumerate(same)])

            def do_POST(self) -> None:
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                remembered.append((self.path, self.headers["X-Honeycomb-Team"], content))
                answer = {**content, "id": f"id{len(remembered)}"}
                if self.path.startswith("/1/derived_columns"):
                    answer |= {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
                self._answer(201, answer)

            def _answer(self, status: int, answer: object) -> None:
                if self.headers["X-Honeycomb-Team"] == REFUSED_KEY:
                    status, answer = 401, {"error": "unknown API key"}
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name in the base class
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def paths(self) -> list[str]:
        return [path.removeprefix("/1/").split("/")[0] for path, _, _ in self.received]


@pytest.fixture
def honeycomb() -> Generator[Honeycomb]:
    service = Honeycomb()
    thread = threading.Thread(target=service.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield service
    service.server.shutdown()
    service.server.server_close()


def test_the_board_is_valid() -> None:
    """The client's strictest model takes it, which knows every key and refuses others."""
    board = BoardToolInput.model_validate(BOARD)
    assert len(BOARD["panels"]) == len(board.panels or [])


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger["name"])
def test_every_trigger_is_valid(trigger: dict[str, Any]) -> None:
    """The same, with the limits of triggers: one calculation, one hour, frequency."""
    assert trigger["name"] == TriggerToolInput.model_validate(trigger).name


def test_the_check_finds_mistakes() -> None:
    """An unknown key, an unknown operation and a time that triggers may not have are refused."""
    panel = BOARD["panels"][1]
    for mistake in ({"colour": "green"}, {"calculations": [{"op": "TOTAL", "column": semconv.ENERGY}]}):
        with pytest.raises(ValidationError):
            BoardToolInput.model_validate({**BOARD, "panels": [{**panel, **mistake}]})
    with pytest.raises(ValidationError):
        TriggerToolInput.model_validate({**TRIGGERS[0], "query": {**TRIGGERS[0]["query"], "time_range": 86_400}})


def test_every_column_exists() -> None:
    """Queries and expressions ask for attributes of the contract, of the conventions, or for a derived column."""
    queries = [*(panel for panel in BOARD["panels"] if panel["type"] == "query"), *(it["query"] for it in TRIGGERS)]
    asked = {part["column"] for query in queries for part in query["calculations"] if "column" in part}
    asked |= {column for query in queries for column in query.get("breakdowns", [])}
    asked |= {part["column"] for query in queries for part in query.get("filters", [])}
    asked |= {name for it in COLUMNS for name in re.findall(r"\$([\w.]+)", it["expression"])}
    derived = {it["alias"] for it in COLUMNS}
    ours = {value for value in vars(semconv).values() if isinstance(value, str) and value.startswith("genai_impact.")}
    assert set() == asked - derived - ours - FROM_HONEYCOMB_AND_THE_CONVENTIONS
    assert derived >= {column for column in asked if column.startswith("genai.")}


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column["alias"])
def test_every_expression_is_well_formed(column: dict[str, str]) -> None:
    """Known functions, and parentheses that close. Honeycomb itself is not asked."""
    expression = column["expression"]
    assert set(re.findall(r"([A-Z_]+)\(", expression)) <= FUNCTIONS
    assert expression.count("(") == expression.count(")")


def run_apply(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / "apply.py")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_apply_makes_everything(honeycomb: Honeycomb) -> None:
    """Columns first, since board and triggers ask for them; each query with its name; the key on every call."""
    result = run_apply(HONEYCOMB_API_KEY="a-key", HONEYCOMB_API_URL=honeycomb.url)
    assert 0 == result.returncode, result.stderr
    paths = honeycomb.paths()
    panels = sum(panel["type"] == "query" for panel in BOARD["panels"])
    assert ["derived_columns"] * len(COLUMNS) == paths[: len(COLUMNS)]
    assert {
        "derived_columns": len(COLUMNS),
        "queries": panels,
        "query_annotations": panels,
        "boards": 1,
        "triggers": len(TRIGGERS),
    } == {path: paths.count(path) for path in paths}
    assert {"a-key"} == {key for _, key, _ in honeycomb.received}
    [board] = [content for path, _, content in honeycomb.received if path.startswith("/1/boards")]
    assert len(BOARD["panels"]) == len(board["panels"])
    assert len(COLUMNS) + 1 + len(TRIGGERS) == result.stdout.count("made: ")


def test_apply_again_makes_nothing_twice(honeycomb: Honeycomb) -> None:
    """Run a second time, it finds everything there, and sends nothing."""
    assert 0 == run_apply(HONEYCOMB_API_KEY="a-key", HONEYCOMB_API_URL=honeycomb.url).returncode
    sent = len(honeycomb.received)
    result = run_apply(HONEYCOMB_API_KEY="a-key", HONEYCOMB_API_URL=honeycomb.url)
    assert 0 == result.returncode, result.stderr
    assert sent == len(honeycomb.received)
    assert len(COLUMNS) + 1 + len(TRIGGERS) == result.stdout.count("there already: ")


def test_apply_says_when_it_is_refused(honeycomb: Honeycomb) -> None:
    """With a wrong key it stops with one line, and nothing is made."""
    result = run_apply(HONEYCOMB_API_KEY=REFUSED_KEY, HONEYCOMB_API_URL=honeycomb.url)
    assert 1 == result.returncode
    assert ["Honeycomb refused: "] == [line[:19] for line in result.stderr.splitlines()]
    assert [] == honeycomb.received


def test_apply_says_what_it_needs() -> None:
    """Without a key it stops with one line."""
    result = run_apply()
    assert 1 == result.returncode
    assert "set HONEYCOMB_API_KEY" in result.stderr
    assert 1 == len(result.stderr.splitlines())
