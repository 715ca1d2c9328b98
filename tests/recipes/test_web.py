"""Web applications under gunicorn, with preload."""

from __future__ import annotations

import time
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.recipes import pages
from tests.recipes.conftest import ANSWER
from tests.recipes.ports import free_ports

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook

_CALLS = 6
_PATIENCE_S = 60.0


def _answer(url: str) -> str:
    """What the server says, once it is up."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        with suppress(OSError), urllib.request.urlopen(url, timeout=_PATIENCE_S) as response:
            return response.read().decode()
        assert deadline > time.monotonic(), "the server did not come up"
        time.sleep(0.1)


@pytest.mark.parametrize("script", ["Django", "FastAPI"])
def test_workers(cook: Cook, script: str) -> None:
    """Every call of every worker is counted once when they are stopped, and is below the span of its HTTP request."""
    (port,) = free_ports(1)
    replacing = {**cook.by_http(), "127.0.0.1:8000": f"127.0.0.1:{port}"}
    with pages.serving("web", script, cook.folder, cook.environment(), replacing):
        for _ in range(_CALLS):
            assert ANSWER.text in _answer(f"http://127.0.0.1:{port}/ask")
    assert _CALLS == cook.counted()
    above = [span for span in cook.sink.spans if "genai_impact.rollup.energy" in span.attributes]
    assert ["SERVER"] * _CALLS == [span.kind for span in above]
