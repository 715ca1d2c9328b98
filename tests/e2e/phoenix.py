"""Run Arize Phoenix, a tracing backend for language models, and read back what it has stored."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from tests.e2e.collector import ROOT
from tests.e2e.processes import free_port, running

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

SECONDS_TO_START = 240  # it sets up a database first, and imports for long on a busy machine
PROGRAM = ROOT / ".venv-phoenix" / "bin" / "phoenix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phoenix:
    """A running Phoenix: where it takes OTLP over gRPC, and where its API is."""

    otlp_endpoint: str
    url: str

    def spans(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.url}/v1/projects/default/spans?limit=1000", timeout=30) as answer:
            return json.load(answer)["data"]

    def page_of(self, span: dict[str, Any]) -> str:
        """The address of the page that shows the span in its trace."""
        with urlopen(f"{self.url}/v1/projects", timeout=30) as answer:
            [project] = json.load(answer)["data"]
        return (
            f"{self.url}/projects/{project['id']}/traces/{span['context']['trace_id']}?selectedSpanNodeId={span['id']}"
        )

    def filtered(self, condition: str) -> int:
        """How many spans its search page shows with a filter."""
        query = "query ($it: String!) { projects { edges { node { spans(first: 1000, filterCondition: $it) { edges { node { name } } } } } } }"
        content = json.dumps({"query": query, "variables": {"it": condition}}).encode()
        request = Request(f"{self.url}/graphql", content, {"Content-Type": "application/json"})
        with urlopen(request, timeout=30) as answer:
            [project] = json.load(answer)["data"]["projects"]["edges"]
        return len(project["node"]["spans"]["edges"])

    def wait_for(self, holds: Callable[[list[dict[str, Any]]], bool], timeout_s: float = 60) -> list[dict[str, Any]]:
        """The spans, once they are as they should be."""
        give_up_at = time.monotonic() + timeout_s
        while not holds(spans := self.spans()):
            assert time.monotonic() < give_up_at, f"after {timeout_s} s Phoenix has {[span['name'] for span in spans]}"
            time.sleep(0.2)
        return spans


@contextlib.contextmanager
def running_phoenix(folder: Path) -> Generator[Phoenix]:
    """Phoenix on loopback, with its database in the folder; it asks no other host for anything."""
    port, grpc_port = free_port(), free_port()
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(grpc_port),
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_TELEMETRY_ENABLED": "false",
        "PHOENIX_AGENTS_DISABLE_BASH": "true",
    }
    url = f"http://127.0.0.1:{port}"
    with running([PROGRAM, "serve"], folder / "log.txt", f"{url}/healthz", environment, SECONDS_TO_START):
        yield Phoenix(otlp_endpoint=f"http://127.0.0.1:{grpc_port}", url=url)
