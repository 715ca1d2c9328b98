"""A client and a gateway report one request: the report counts it once, with the figures and the tenant of the client."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report import callers
from otel_genai_impact.cli.report.command import read_files
from otel_genai_impact.cli.report.records import TWIN
from tests.kit.otlp_json import CHAT, RECORDED, line, lines, span

if TYPE_CHECKING:
    from pathlib import Path

    from otel_genai_impact.cli.report.sums import Summary

ENTRY = "vendor=1,genai-impact=aaaa-0"
CLIENT = line(span(1, {**CHAT, **RECORDED, "tenant": "acme"}, traceState=ENTRY), resource={"service.name": "client"})


def _gateways(*numbers: int, entry: str = ENTRY, **changes: Any) -> str:
    """Spans of a gateway that knows nothing of this package, but passes the trace state on. Each of another answer."""
    spans = [
        span(
            number,
            {**CHAT, "gen_ai.response.id": f"r{number}", **changes},
            parent=1,
            traceState=entry,
            start_s=number * 10,
        )
        for number in numbers
    ]
    return line(*spans, resource={"service.name": "gateway"})


def _read(tmp_path: Path, *exports: str, recompute: bool = False) -> Summary:
    path = tmp_path / "traces.jsonl"
    path.write_text(lines(exports), encoding="utf-8")
    return read_files([str(path)], Settings(), ("tenant",), recompute=recompute).summary


@pytest.mark.parametrize(
    "exports", list(itertools.permutations([CLIENT, _gateways(2)])), ids=["client first", "gateway first"]
)
@pytest.mark.parametrize("recompute", [False, True])
def test_one_request_of_two_processes_is_one(tmp_path: Path, exports: tuple[str, str], recompute: bool) -> None:
    """In whatever order they are read: one request, of the client's tenant, and one span that is not counted again."""
    summary = _read(tmp_path, *exports, recompute=recompute)
    assert ([("acme", 1)], 1) == (
        [(tenant, sums.requests) for tenant, sums in summary.by_dimension("tenant")],
        summary.repetitions[TWIN],
    )
    if not recompute:
        assert 100.0 == summary.total.energy.estimate


@pytest.mark.parametrize("exports", list(itertools.permutations([CLIENT, _gateways(2, 3, 4)])), ids=["first", "last"])
def test_a_gateway_that_makes_three_of_one_counts_two_itself(tmp_path: Path, exports: tuple[str, str]) -> None:
    """One is the client's; the others are requests that the client knows nothing of."""
    summary = _read(tmp_path, *exports)
    assert (3, 1) == (summary.total.requests, summary.repetitions[TWIN])


def test_a_gateway_whose_client_is_in_no_file_counts(tmp_path: Path) -> None:
    """It waited for nobody."""
    summary = _read(tmp_path, _gateways(2))
    assert (1, 1, 0) == (summary.total.requests, summary.total.estimated, summary.repetitions[TWIN])


def test_other_kinds_and_other_entries_are_other_requests(tmp_path: Path) -> None:
    """Embeddings that a gateway makes to answer a chat, and the chat of another client."""
    embeddings = _gateways(2, **{"gen_ai.operation.name": "embeddings"})
    summary = _read(tmp_path, embeddings, CLIENT, _gateways(3, entry="genai-impact=bbbb-0"))
    assert (3, 0) == (summary.total.requests, summary.repetitions[TWIN])


def test_two_that_both_recorded_know_of_each_other(tmp_path: Path) -> None:
    """A gateway with this package marked what its caller counts; what it counted is its own."""
    own = {**CHAT, **RECORDED, "gen_ai.response.id": "other"}
    marked = {**CHAT, "genai_impact.not_estimated": "duplicate"}
    state = "genai-impact=aaaa-0~bbbb-7"
    gateway = line(
        span(2, marked, traceState=state), span(3, own, traceState=state), resource={"service.name": "gateway"}
    )
    summary = _read(tmp_path, gateway, CLIENT)
    assert (2, 1) == (summary.total.requests, summary.repetitions[TWIN])


def test_what_waits_is_bounded_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound requests count at once."""
    monkeypatch.setattr(callers, "MOST_WAITING", 3)
    exports = [_gateways(number, entry=f"genai-impact=a-{number}") for number in range(2, 12)]
    assert 10 == _read(tmp_path, *exports).total.requests


@pytest.mark.parametrize(
    "state", ["", "genai-impact", "genai-impact=", "=,=genai-impact", "genai-impact=\u0000", 7, "x" * 10**6]
)
def test_trace_states_of_strangers_do_no_harm(tmp_path: Path, state: Any) -> None:
    """Whatever stands there, the request counts."""
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([line(span(1, traceState=state), span(2, {"http.request.method": "GET"}, traceState=state))]))
    assert 1 == read_files([str(path)], Settings(), ("model",)).summary.total.requests
