"""The tables of docs/instrumentations.md say what ran, with the versions that the tests are made for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.sdk_plans import DOCUMENT, SDKS, table
from tools.compatibility import RELEASES
from tools.compatibility import SDKS as MATRIX

ROOT: Final = Path(__file__).parents[2]
PINNED: Final[dict[str, dict[str, list[str]]]] = tomllib.loads((ROOT / "constraints" / "sdks.toml").read_text("utf-8"))
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_table_of_calls_is_that_of_the_plans() -> None:
    """Every call of every SDK, with what comes of it: what is printed there was run."""
    assert table() in DOCUMENT.read_text(encoding="utf-8")


def test_each_instrumentation_has_a_plan_and_two_releases() -> None:
    """No entry point of ours without tests, and none of these only with whatever release happens to be there."""
    entry_points = PROJECT["entry-points"]["opentelemetry_instrumentor"]
    ours = {name for name, target in entry_points.items() if target.startswith("otel_genai_impact.instrumentation.")}
    ours.remove("genai-reported-energy")  # makes no spans; it reads beside the official ones
    assert ours == set(SDKS) == {sdk for sdk, pins in PINNED.items() if "tests" not in pins}


def test_the_table_of_compatibility_has_each_sdk_twice() -> None:
    """With its oldest and its newest release: after a new one, `make test-sdks`, then `tools/compatibility.py write sdks`."""
    assert list(MATRIX.subjects) == list(MATRIX.rows_of_document())


@pytest.mark.parametrize(("sdk", "release"), [(sdk, release) for sdk in PINNED for release in RELEASES])
def test_a_row_is_a_run_with_the_pinned_version_that_succeeded(sdk: str, release: str) -> None:
    """It names the version of constraints/sdks.toml, and some tests passed and none failed."""
    version, passed, failed, *_ = MATRIX.rows_of_document()[sdk, release]
    assert re.sub(r"^.*==", "", PINNED[sdk][release][0]) == version
    assert int(passed) > 0
    assert "0" == failed
