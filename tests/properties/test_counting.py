"""Whatever spans there are, and however they end: the sums are those of the spans that are no duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.trace import Status, StatusCode

from otel_genai_impact import _contain
from otel_genai_impact.telemetry import counting_once, rollups
from otel_genai_impact.telemetry.counting_once import CountingOnce
from otel_genai_impact.telemetry.rollups import RollUps
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Span

STATUS = "genai_impact.not_estimated"
PREFIX = "genai_impact.rollup."
NO_USAGE: dict[str, Any] = {}
MORE_USAGE = {"gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 301}
KINDS = st.sampled_from([
    CHAT, CHAT, CHAT, {**CHAT, "gen_ai.operation.name": "embeddings"}, {**CHAT, "gen_ai.request.model": "nobody-knows-it"},
    {"gen_ai.operation.name": "invoke_agent"}, {},
])  # fmt: skip


@st.composite
def _spans(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """For each span what it is, whose it is, below which other one, how it ends and when; parents before children."""
    count = draw(st.integers(1, 12))
    return [
        (
            draw(KINDS),
            draw(st.sampled_from(["one", "two", "three"])),
            draw(st.integers(-1, number - 1)),
            draw(st.sampled_from([None, None, "r1", "r2"])),
            draw(st.sampled_from([NO_USAGE, USAGE, USAGE, MORE_USAGE])),
            draw(st.booleans()),
            draw(st.integers(0, 9)),
        )
        for number in range(count)
    ]


def _run(telemetry: Telemetry, plan: list[tuple[Any, ...]], *, collecting: bool) -> dict[str, Any]:
    """All of them below one root, ended in the order of the plan; what is on the root then."""
    root = telemetry.start({}, name="root", start_time=0)
    started: list[Span] = []
    parent: int
    for kind, scope, parent, response_id, _, _, _ in plan:
        attributes = kind if response_id is None else {**kind, "gen_ai.response.id": response_id}
        above: Span = root if parent < 0 else started[parent]
        started.append(telemetry.start(attributes, scope=scope, parent=above, start_time=len(started) * 1_000_000))
    for number in sorted(range(len(plan)), key=lambda number: plan[number][-1]):
        _, _, _, _, usage, failed, when = plan[number]
        span = started[number]
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.set_attributes(usage if "gen_ai.operation.name" in (span.attributes or {}) else {})
        span.end(1_000_000_000 * (when + 1) + number)
        if collecting:
            telemetry.points()
    return telemetry.end(root, seconds=20)


@pytest.mark.parametrize("collecting", [False, True])
@settings(deadline=None)
@given(plan=_spans())
def test_sums_are_those_of_the_spans(plan: list[tuple[Any, ...]], *, collecting: bool) -> None:
    """Counters and the root's roll-up: requests, energy and how many have no estimate, whenever metrics are collected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_contain, "reraise", True)
        patch.setattr(counting_once, "COUNTING_ONCE", CountingOnce())
        patch.setattr(rollups, "ROLL_UPS", RollUps())
        telemetry = Telemetry({"histograms": "none"})
        root = _run(telemetry, plan, collecting=collecting)
    written: list[dict[str, Any]] = [dict(span.attributes or {}) for span in telemetry.spans]
    estimated = [attributes["genai_impact.energy"] for attributes in written if "genai_impact.energy" in attributes]
    others = [attributes[STATUS] for attributes in written if attributes.get(STATUS, "duplicate") != "duplicate"]
    assert telemetry.total("genai_impact.requests") == len(estimated) + len(others)
    assert telemetry.total("genai_impact.energy") == pytest.approx(sum(estimated), rel=1e-9)
    assert root.get(f"{PREFIX}requests", 0) == len(estimated) + len(others)
    assert root.get(f"{PREFIX}not_estimated", 0) == len(others)
    assert root.get(f"{PREFIX}energy", 0.0) == pytest.approx(sum(estimated), rel=1e-9)
