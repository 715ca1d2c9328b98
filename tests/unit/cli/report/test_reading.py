"""From files to requests: every request once, impacts as recorded or estimated now, and no line that stops it."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report import lines as reading_lines
from otel_genai_impact.cli.report.command import Result, read_files
from otel_genai_impact.cli.report.records import SAME_SPAN, TWIN
from otel_genai_impact.cli.report.requests import Estimating
from otel_genai_impact.cli.report.seen import Seen
from otel_genai_impact.cli.report.spans import spans_of
from otel_genai_impact.telemetry.processor import ImpactSpanProcessor
from tests.kit.otlp_json import CHAT, RECORDED, line, lines, span

if TYPE_CHECKING:
    from pathlib import Path

    from otel_genai_impact.cli.report.totals import Sums


def _read(tmp_path: Path, *exports: str, by: tuple[str, ...] = ("model",), **options: Any) -> Result:
    path = tmp_path / "traces.jsonl"
    path.write_text(lines(exports), encoding="utf-8")
    return read_files([str(path)], Settings(zone=options.pop("zone", None)), by, **options)


def _counts(sums: Sums) -> tuple[int, int, int]:
    return (sums.requests, sums.estimated, sums.recomputed)


def test_recorded_impacts_are_taken_as_they_are(tmp_path: Path) -> None:
    """Two spans of 100 J (80 to 120) are 200 J (160 to 240); what has no bounds has none in the sum."""
    total = _read(tmp_path, line(span(1, {**CHAT, **RECORDED}), span(2, {**CHAT, **RECORDED}))).summary.total
    assert (2, 2, 0) == _counts(total)
    assert (200.0, 160.0, 240.0, True) == (
        total.energy.estimate, total.energy.low, total.energy.high, total.energy.has_interval,
    )  # fmt: skip
    assert (0.5, False) == (total.wcf.estimate, total.wcf.has_interval)
    assert (2.0, 600.0) == (total.gwp_embodied.estimate, total.pe.estimate)


def test_spans_without_impacts_are_estimated_as_the_library_does(tmp_path: Path) -> None:
    """300 tokens of gpt-4o in 2 s: the figures of `estimate` in J, g and L, said to be worked out now."""
    summary = _read(tmp_path, line(span(1)), zone="FRA").summary
    impacts = estimate("openai", "gpt-4o", output_tokens=300, latency_s=2.0, zone="FRA").impacts
    assert (1, 1, 1) == _counts(summary.total)
    for total, interval, factor in [
        (summary.total.energy, impacts.energy_kwh, 3.6e6),
        (summary.total.gwp, impacts.gwp_kgco2eq, 1e3),
        (summary.total.wcf, impacts.wcf_l, 1.0),
        (summary.total.adpe, impacts.adpe_kgsbeq, 1e3),
        (summary.total.pe, impacts.pe_mj, 1e6),
    ]:
        expected = [interval.estimate * factor, interval.low * factor, interval.high * factor]
        assert pytest.approx(expected, rel=1e-12) == [total.estimate, total.low, total.high]
    assert {("FRA",): 1} == dict(summary.zones.counts)
    assert ("estimated for this report", "ecologits-0.11, data " + _data_version()) in summary.bases.counts


def _data_version() -> str:
    return estimate("openai", "gpt-4o", output_tokens=1).data_version


def test_recompute_puts_the_present_estimate_in_the_place_of_the_recorded_one(tmp_path: Path) -> None:
    """The tokens are what was recorded; the method may have moved on."""
    recorded, plain = line(span(1, {**CHAT, **RECORDED})), line(span(1))
    again = _read(tmp_path, recorded, recompute=True).summary.total
    assert _read(tmp_path, plain).summary.total.energy.estimate == again.energy.estimate
    assert (1, 1, 1) == _counts(again)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"genai_impact.not_estimated": "unknown_model"}, "unknown_model"),
        ({"gen_ai.request.model": "our-own-model"}, "unknown_model"),
        ({"gen_ai.usage.output_tokens": None}, "no_usage"),
        ({"gen_ai.usage.output_tokens": "a lot"}, "invalid_usage"),
        ({"gen_ai.operation.name": "embeddings"}, "unsupported_operation"),
    ],
)
def test_what_has_no_estimate_says_why(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    """Recorded or found out now: the reasons are those of the telemetry, and the request is counted."""
    summary = _read(tmp_path, line(span(1, {**CHAT, **changes}))).summary
    assert [reason] == [names[0] for names in summary.reasons.counts]
    assert (1, 0) == (summary.total.requests, summary.total.estimated)


def test_who_wants_only_what_was_measured_gets_no_estimate_here_either(tmp_path: Path) -> None:
    """GENAI_IMPACT_STRICT: what was recorded stays, nothing is worked out."""
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([line(span(1), span(2, {**CHAT, **RECORDED}))]))
    summary = read_files([str(path)], Settings(strict=True), ("model",)).summary
    assert (2, 1, 1) == _counts(summary.total)
    assert ["not_measured"] == [names[0] for names in summary.reasons.counts]


def test_a_failed_request_is_no_estimate(tmp_path: Path) -> None:
    """Status ERROR and no output tokens: `error`."""
    failed = span(1, {**CHAT, "gen_ai.usage.output_tokens": None}, status={"code": 2})
    assert [("error", "openai", "gpt-4o")] == list(_read(tmp_path, line(failed)).summary.reasons.counts)


def test_the_same_span_is_counted_once(tmp_path: Path) -> None:
    """An export that was tried again writes its spans twice; the same span id in another trace is another span."""
    summary = _read(tmp_path, line(span(1)), line(span(1)), line(span(1, trace=2, start_s=60))).summary
    assert 2 == summary.total.requests
    assert {SAME_SPAN: 1} == dict(summary.repetitions)


def test_duplicates_are_never_counted(tmp_path: Path) -> None:
    """Those that were marked when they were recorded, and those that nobody marked: nested, of another instrumentation."""
    marked = span(1, {**CHAT, "genai_impact.not_estimated": "duplicate"}, trace=1)
    inner, outer = span(2, trace=2, parent=3, start_s=0.5, seconds=1.0), span(3, trace=2)
    summary = _read(
        tmp_path, line(marked), line(inner, scope="com.anthropic.sdk.python"), line(outer, scope="another")
    ).summary
    assert 1 == summary.total.requests
    assert {TWIN: 2} == dict(summary.repetitions)


@pytest.mark.parametrize("nested", [True, False])
def test_a_twin_that_says_what_was_used_takes_the_place_of_one_that_does_not(tmp_path: Path, nested: bool) -> None:
    """The first to end has no usage: the request counts once, by the other's tokens, and nothing of the first is left."""
    without = span(
        2, {**CHAT, "gen_ai.usage.output_tokens": None}, parent=3 if nested else None, start_s=0.5, seconds=1.0
    )
    exports = line(without, scope="one"), line(span(3), scope="another"), line(span(4, trace=4, start_s=60))
    summary = _read(tmp_path, *exports).summary
    assert (2, 2, 2) == _counts(summary.total)
    assert [2] == [part.requests for part in summary.groups.values()]
    assert ({}, 600, {TWIN: 1}) == (
        dict(summary.reasons.counts),
        summary.total.output_tokens,
        dict(summary.repetitions),
    )


def test_spans_of_one_export_are_taken_in_the_order_in_which_they_ended(tmp_path: Path) -> None:
    """Exporters group spans by instrumentation, so that a parent may stand before its child."""
    inner, outer = span(2, parent=3, start_s=0.5, seconds=1.0), span(3)
    export = json.loads(line(outer, scope="another"))
    export["resourceSpans"].extend(json.loads(line(inner, scope="com.anthropic.sdk.python"))["resourceSpans"])
    summary = _read(tmp_path, json.dumps(export)).summary
    assert (1, {TWIN: 1}) == (summary.total.requests, dict(summary.repetitions))


def test_equal_requests_at_once_stay_as_many_as_they_were(tmp_path: Path) -> None:
    """Ten identical parallel requests of one instrumentation are ten."""
    assert 10 == _read(tmp_path, line(*(span(number) for number in range(1, 11)))).summary.total.requests


def test_equal_requests_of_two_processes_are_two(tmp_path: Path) -> None:
    """At the same time, of different instrumentations: what tells twins apart holds within one process."""
    shop, search = {"service.name": "shop"}, {"service.name": "search"}
    exports = line(span(1), scope="one", resource=shop), line(span(2), scope="another", resource=search)
    assert 2 == _read(tmp_path, *exports).summary.total.requests


@pytest.mark.parametrize("kind", [2, "SPAN_KIND_SERVER"])
def test_server_spans_are_not_counted_beside_their_clients(tmp_path: Path, kind: object) -> None:
    """As in a process; who wants them counted sets GENAI_IMPACT_COUNT_SERVER_SPANS."""
    assert 0 == _read(tmp_path, line(span(1, kind=kind))).summary.total.requests


def test_spans_that_are_no_requests_count_nothing(tmp_path: Path) -> None:
    """Roll-ups repeat what is below them; other spans are no business of ours."""
    rollup = span(1, {"genai_impact.rollup.energy": 5.0, "gen_ai.operation.name": "invoke_agent"})
    result = _read(tmp_path, line(rollup, span(2, {"http.request.method": "GET"})))
    assert (2, 0) == (result.reading.spans, result.summary.total.requests)


def test_groups_are_by_attributes_of_the_span_then_of_the_resource(tmp_path: Path) -> None:
    """`--by service,tenant.id`: the service is a resource attribute, the tenant is either."""
    summary = _read(
        tmp_path,
        line(span(1, {**CHAT, "tenant.id": "acme"}), span(2)),
        line(span(3), resource={"service.name": "search", "tenant.id": "globex"}),
        by=("service", "tenant.id", "provider"),
    ).summary
    assert {("shop", "acme", "openai"), ("shop", None, "openai"), ("search", "globex", "openai")} == set(summary.groups)


@pytest.mark.parametrize(
    "bad",
    [-1.0, "NaN", "Infinity", 1e999, True, ["a"], {"kvlistValue": {}}],
    ids=lambda bad: f"{type(bad).__name__} {bad}",
)
def test_an_energy_that_is_none_is_not_believed(tmp_path: Path, bad: Any) -> None:
    """Negative, not finite or no number: the request is estimated from its tokens."""
    raw = span(1)
    raw["attributes"].append({"key": "genai_impact.energy", "value": bad if isinstance(bad, dict) else _double(bad)})
    total = _read(tmp_path, line(raw)).summary.total
    assert (1, 1, 1) == _counts(total)
    assert total.energy.has_interval


def _double(value: object) -> dict[str, object]:
    return {"doubleValue": value}


def test_bounds_out_of_order_are_no_interval(tmp_path: Path) -> None:
    """The estimate stays; a low above it is not shown."""
    total = _read(tmp_path, line(span(1, {**CHAT, **RECORDED, "genai_impact.energy_low": 500.0}))).summary.total
    assert (100.0, False) == (total.energy.estimate, total.energy.has_interval)


@pytest.mark.parametrize(
    "text",
    ["not json", '{"resourceSpans": [', '"a text"', "[]", "{}", "[" * 100_000, "\ud800", '{"a": ' + "9" * 5000 + "}"],
)
def test_a_broken_line_is_counted_and_named_and_the_rest_is_read(tmp_path: Path, text: str) -> None:
    """Cut off, something else, nested without end: the next line counts as before."""
    path = tmp_path / "traces.jsonl"
    path.write_bytes(lines([text, line(span(1))]).encode("utf-8", "surrogatepass"))
    result = read_files([str(path)], Settings(), ("model",))
    assert (1, 1, 2) == (result.summary.total.requests, result.reading.broken, result.reading.lines)
    assert result.reading.named[0].startswith(f"{path}:1: ")


def test_a_line_without_end_is_left_out_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than the limit: counted as broken, whether or not another line follows."""
    monkeypatch.setattr(reading_lines, "LONGEST_LINE_BYTES", 2000)
    result = _read(tmp_path, "x" * 10_000, line(span(1)), "y" * 4001)
    assert (1, 2, 3) == (result.summary.total.requests, result.reading.broken, result.reading.lines)


def test_metrics_and_logs_are_left_out_and_not_broken(tmp_path: Path) -> None:
    """One file of a Collector may have all signals in it; empty lines are nothing."""
    result = _read(tmp_path, '{"resourceMetrics": []}', '{"resourceLogs": []}', "", "  ", line(span(1)))
    assert (2, 0, 3) == (result.reading.other_signals, result.reading.broken, result.reading.lines)


@pytest.mark.parametrize(
    "fields",
    [{"spanId": ""}, {"spanId": "xyz"}, {"traceId": None}, {"traceId": "0" * 32}, {"spanId": 7}, {"spanId": "zz" * 8}],
)
def test_a_span_without_ids_is_counted_as_broken(tmp_path: Path, fields: dict[str, object]) -> None:
    """Nobody could say whether it is there twice."""
    result = _read(tmp_path, line({**span(1), **fields}, span(2)))
    assert (1, 1) == (result.summary.total.requests, result.reading.broken)


def test_odd_spellings_of_numbers_are_read(tmp_path: Path) -> None:
    """JSON of protobuf writes 64-bit integers as texts; some write numbers, and doubles as texts."""
    raw = span(1, {**CHAT, "gen_ai.usage.output_tokens": None})
    raw["attributes"].append({"key": "gen_ai.usage.output_tokens", "value": {"intValue": 300}})
    raw["attributes"].append({"key": "genai_impact.energy", "value": {"doubleValue": "12.5"}})
    raw["endTimeUnixNano"] = int(raw["endTimeUnixNano"])
    summary = _read(tmp_path, line(raw)).summary
    assert (12.5, 300) == (summary.total.energy.estimate, summary.total.output_tokens)


def test_a_request_without_times_has_no_latency(tmp_path: Path) -> None:
    """0 stands for unknown: it is estimated as one of unknown duration, says so, and has no place in time."""
    summary = _read(tmp_path, line(span(1, startTimeUnixNano="0", endTimeUnixNano="0"))).summary
    assert 1 == summary.assumptions.counts["latency.unknown",]
    assert 1 == summary.over_time.without_time


def test_the_report_says_what_the_spans_of_our_processor_say(telemetry: Any) -> None:
    """The same spans without our attributes, read from a file, come to what the processor wrote on them."""
    assert isinstance(telemetry.processor, ImpactSpanProcessor)
    written = telemetry.request({"gen_ai.response.model": "gpt-4o-2024-08-06"})
    attributes = {key: said for key, said in written.items() if not key.startswith("genai_impact.")}
    [recorded] = spans_of("x:1", json.loads(line(span(1, attributes))), reading_lines.Reading())
    with closing(Seen()) as seen:
        request = Estimating(Settings(), ("model",), seen).outcome(recorded).request
    assert request is not None
    assert request.impacts is not None
    assert written["genai_impact.energy"] == request.impacts.energy.estimate
    assert written["genai_impact.gwp_high"] == (request.impacts.gwp or request.impacts.energy).high
    assert written["genai_impact.assumptions"] == request.assumptions
