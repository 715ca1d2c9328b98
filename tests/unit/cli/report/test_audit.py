"""The record for auditors and the scores of ISO/IEC 21031: every figure by hand, nothing unknown as 0."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.cli import main
from tests.kit.otlp_json import CHAT, RECORDED, line, lines, span

if TYPE_CHECKING:
    from pathlib import Path

KWH_J = 3.6e6


def _recorded(
    tenant: str | None, energy_kwh: float, gwp_g: float, embodied_g: float | None, **more: Any
) -> dict[str, Any]:
    """A request of 20 + 300 tokens; its bounds are a tenth below and above."""
    return {
        **CHAT,
        **RECORDED,
        "genai_impact.energy": energy_kwh * KWH_J,
        "genai_impact.energy_low": energy_kwh * KWH_J * 0.9,
        "genai_impact.energy_high": energy_kwh * KWH_J * 1.1,
        "genai_impact.gwp": gwp_g,
        "genai_impact.gwp_low": gwp_g * 0.9,
        "genai_impact.gwp_high": gwp_g * 1.1,
        "genai_impact.gwp_embodied": embodied_g,
        "genai_impact.model": "openai/gpt-4o",
        "genai_impact.source": "modelled",
        "tenant": tenant,
        **more,
    }


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    """Tenant a: two requests of one trace. Tenant b: one in that trace, one in another. Nobody's: one not estimated."""
    path = tmp_path / "traces.jsonl"
    export = line(
        span(1, _recorded("a", 0.1, 60.0, 10.0), trace=1),
        span(2, _recorded("a", 0.3, 100.0, 10.0), trace=1, start_s=60),
        span(3, _recorded("b", 0.2, 45.0, 5.0), trace=1),
        span(4, _recorded("b", 0.2, 45.0, 5.0), trace=2),
        span(5, {**CHAT, "gen_ai.request.model": "nobody-knows-it"}, trace=3),
    )
    path.write_text(lines([export]), encoding="utf-8")
    return path


def _audited(traces: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert 0 == main(["report", str(traces), "--audit", "-", *options])
    return json.loads(capsys.readouterr().out)


def _table(traces: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, dict[str, str]]:
    assert 0 == main(["report", str(traces), "--csv", "-", "--by", "tenant", *options])
    return {row["tenant"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}


def test_scores_are_those_of_the_formula(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """(E * I + M) / R by hand: E = 0.8 kWh, running emitted 50 + 90 + 40 + 40 = 220 g, so I = 275 g/kWh; M = 30 g."""
    scores = {score["functional_unit"]: score for score in _audited(traces, capsys)["sci"]}
    for unit, units in [("request", 4), ("token", 4 * (20 + 300)), ("task", 2)]:
        score = scores[unit]
        assert (units, 4) == (score["R"], score["requests"])
        assert pytest.approx([0.1 + 0.3 + 0.2 + 0.2, 275.0, 30.0]) == [
            score["E_kwh"],
            score["I_gco2eq_per_kwh"],
            score["M_gco2eq"],
        ]
        assert pytest.approx((0.8 * 275 + 30) / units) == score["gco2eq_per_unit"]["estimate"]
        assert pytest.approx(0.9 * 250 / units) == score["gco2eq_per_unit"]["low"]
        assert pytest.approx(1.1 * 250 / units) == score["gco2eq_per_unit"]["high"]


def test_the_table_for_chargeback_is_exact(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row a tenant: a has 160 g of two requests in one task, b 90 g of two in two; nobody's request has no figures."""
    rows = _table(traces, capsys)
    columns = ("requests", "estimated", "input_tokens", "output_tokens")
    assert ["2", "2", "40", "600"] == [rows["a"][column] for column in columns]
    assert ["1", "0", "20", "300"] == [rows[""][column] for column in columns]
    figures = ("energy_j", "gwp_g", "gwp_embodied_g", "gwp_low_g", "sci_gco2eq_per_request", "sci_gco2eq_per_token", "sci_gco2eq_per_task")  # fmt: skip
    by_hand_a = [0.4 * KWH_J, 160.0, 20.0, 144.0, 160 / 2, 160 / 640, 160 / 1]
    by_hand_b = [0.4 * KWH_J, 90.0, 10.0, 81.0, 90 / 2, 90 / 640, 90 / 2]
    assert pytest.approx(by_hand_a) == [float(rows["a"][figure]) for figure in figures]
    assert pytest.approx(by_hand_b) == [float(rows["b"][figure]) for figure in figures]
    assert [""] * len(figures) == [rows[""][figure] for figure in figures]


def test_groups_of_the_record_are_the_rows_of_the_table(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same figures in both."""
    groups = {group["group"]["tenant"]: group for group in _audited(traces, capsys, "--by", "tenant")["groups"]}
    assert {"a", "b", None} == set(groups)
    assert pytest.approx({"estimate": 160.0, "low": 144.0, "high": 176.0}) == groups["a"]["gco2eq"]
    assert pytest.approx({"request": 80.0, "token": 0.25, "task": 160.0}) == groups["a"]["sci_gco2eq_per"]
    assert (None, {}) == (groups[None]["gco2eq"], groups[None]["sci_gco2eq_per"])


def test_a_task_is_what_the_user_says_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three traces, two conversations: 60 + 60 + 60 g are 90 g a conversation, and 60 g a trace."""
    path = tmp_path / "traces.jsonl"
    spans = [
        span(number, _recorded("a", 0.1, 60.0, 10.0, **{"gen_ai.conversation.id": name}), trace=number)
        for number, name in enumerate(("x", "x", "y"), start=1)
    ]
    path.write_text(lines([line(*spans)]), encoding="utf-8")
    assert "90.0" == _table(path, capsys, "--task", "gen_ai.conversation.id")["a"]["sci_gco2eq_per_task"]
    assert "60.0" == _table(path, capsys)["a"]["sci_gco2eq_per_task"]


def test_images_are_counted_by_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A request for four images and one that does not say how many, which is one: 60 + 60 g are 24 g an image."""
    path = tmp_path / "traces.jsonl"
    image = _recorded("a", 0.1, 60.0, 10.0, **{"gen_ai.operation.name": "image_generation"})
    for tokens in ("input", "output"):
        image[f"gen_ai.usage.{tokens}_tokens"] = None
    spans = (span(1, {**image, "gen_ai.request.choice.count": 4}), span(2, image, start_s=9))
    path.write_text(lines([line(*spans)]), encoding="utf-8")
    scores = {score["functional_unit"]: score for score in _audited(path, capsys)["sci"]}
    assert {"request", "task", "image"} == set(scores)
    assert (5, 24.0) == (scores["image"]["R"], scores["image"]["gco2eq_per_unit"]["estimate"])


def test_the_record_has_what_an_auditor_asks(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Total with its parts and interval, period, method, tokens and where from, assumptions, and what is missing and why."""
    audited = _audited(traces, capsys)
    bought = audited["scope_3_category_1"]
    assert (4, 220.0, 30.0) == (bought["requests"], bought["gco2eq_usage"], bought["gco2eq_embodied"])
    assert pytest.approx({"estimate": 250.0, "low": 225.0, "high": 275.0}) == bought["gco2eq"]
    assert {"from": "2026-09-21T14:13:22+00:00", "to": "2026-09-21T14:14:22+00:00"} == audited["period"]
    [method] = audited["methods"]
    assert ("ecologits-0.11", "2026.11", "modelled", 4) == tuple(
        method[key] for key in ("method", "data_version", "source", "requests")
    )
    assert method["approach"].startswith("average data")
    assert {"input": 80, "output": 1200} == audited["tokens"]["of_requests_with_an_estimate"]
    assert {("input", "gen_ai.usage.input_tokens", 4), ("output", "gen_ai.usage.output_tokens", 4)} == {
        (each["tokens"], each["span_attribute"], each["requests_with_an_estimate"])
        for each in audited["tokens"]["from"]
    }
    assert {"model.multimodal": 4, "zone.provider_default": 4} == {
        each["code"]: each["requests"] for each in audited["assumptions"]
    }
    coverage = audited["coverage"]
    assert (5, 4, 0.8) == (coverage["requests"], coverage["estimated"], coverage["share_estimated"])
    [missing] = coverage["not_estimated"]
    assert ("unknown_model", "nobody-knows-it", 1) == (missing["reason"], missing["model"], missing["requests"])
    expected = hashlib.sha256(traces.read_bytes()).hexdigest()
    assert [{"name": str(traces), "sha256": expected}] == audited["input"]["files"]


def test_factors_have_their_sources(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of what is estimated here: the zone's g/kWh, the data centre's PUE and the model's size, each with who says so and when."""
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([line(span(1))]), encoding="utf-8")
    [factors] = _audited(path, capsys, "--zone", "FRA")["factors"]
    electricity, center, model = factors["electricity"], factors["data_center"], factors["model"]
    impacts = estimate("openai", "gpt-4o", output_tokens=300, latency_s=2.0, zone="FRA").impacts
    by_hand = impacts.usage.gwp_kgco2eq.estimate * 1000 / impacts.energy_kwh.estimate
    assert ("FRA", "location-based") == (electricity["zone"], electricity["basis"])
    assert electricity["how_the_zone_is_known"].startswith("set: ")
    assert pytest.approx(by_hand) == electricity["used_gco2eq_per_kwh"]
    assert pytest.approx(by_hand) == electricity["inventory_gco2eq_per_kwh"]
    assert ([1.2, 1.2], [440.0, 440.0]) == (center["pue"], model["total_parameters_b"])
    for factor in (electricity, center, model):
        assert factor["sources"]
        assert "2026-11-22" == factor["checked"]


def test_factors_of_another_version_are_not_made_up(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """500 and 300 g/kWh in FRA are not this inventory's: what was used is said, who says so is not known."""
    path = traces.with_name("old.jsonl")
    old = {**_recorded("a", 0.1, 60.0, 10.0), "genai_impact.data_version": "2025.01"}
    path.write_text(lines([line(span(1, old))]), encoding="utf-8")
    [factors] = _audited(path, capsys)["factors"]
    assert pytest.approx(500.0) == factors["electricity"]["used_gco2eq_per_kwh"]
    assert (None, []) == (factors["electricity"]["inventory_gco2eq_per_kwh"], factors["electricity"]["sources"])
    assert (None, None) == (factors["data_center"]["pue"], factors["model"]["total_parameters_b"])


def test_the_region_of_a_cloud_has_the_clouds_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bedrock in Stockholm, by the name of the model: PUE of the cloud, with the year that it is for."""
    path = tmp_path / "traces.jsonl"
    name = "arn:aws:bedrock:eu-north-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"
    said = {**CHAT, "gen_ai.provider.name": "aws.bedrock", "gen_ai.request.model": name}
    path.write_text(lines([line(span(1, said))]), encoding="utf-8")
    [factors] = _audited(path, capsys)["factors"]
    assert (
        "the model's name or the host that was called says the region"
        == factors["electricity"]["how_the_zone_is_known"]
    )
    assert ("SWE", "aws/eu-north-1", [1.14, 1.14]) == (
        factors["electricity"]["zone"],
        factors["data_center"]["name"],
        factors["data_center"]["pue"],
    )
    assert ("PUE 2025, WUE 2025", False) == (factors["data_center"]["years"], factors["data_center"]["unchecked"])


def test_a_host_says_who_served_and_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The SDK of OpenAI at a host of Azure's in Sweden: the data centre of the record is that of the estimate."""
    path = tmp_path / "traces.jsonl"
    said = {**CHAT, "server.address": "swedencentral.api.cognitive.microsoft.com"}
    path.write_text(lines([line(span(1, said))]), encoding="utf-8")
    [factors] = _audited(path, capsys)["factors"]
    assert ("SWE", "azure/swedencentral") == (factors["electricity"]["zone"], factors["data_center"]["name"])


def test_own_hardware_is_no_purchase(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was measured on one's own machine stays out of category 1, and is said; the scores have it."""
    path = tmp_path / "traces.jsonl"
    own = _recorded("a", 0.2, 45.0, 5.0, **{"genai_impact.source": "measured"})
    path.write_text(lines([line(span(1, _recorded("a", 0.1, 60.0, 10.0)), span(2, own))]), encoding="utf-8")
    audited = _audited(path, capsys)
    assert 60.0 == audited["scope_3_category_1"]["gco2eq"]["estimate"]
    assert 45.0 == audited["not_in_category_1"]["gco2eq"]["estimate"]
    assert 105.0 / 2 == audited["sci"][0]["gco2eq_per_unit"]["estimate"]


def test_without_the_embodied_part_there_is_no_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """GENAI_IMPACT_DETAIL=minimal records no M: no score is made of half of the formula, and no 0."""
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([line(span(1, _recorded("a", 0.1, 60.0, None)))]), encoding="utf-8")
    audited = _audited(path, capsys)
    assert [] == audited["sci"]
    assert (60.0, None) == (
        audited["scope_3_category_1"]["gco2eq"]["estimate"],
        audited["scope_3_category_1"]["gco2eq_usage"],
    )
    assert "" == _table(path, capsys)["a"]["sci_gco2eq_per_request"]


def test_a_part_larger_than_the_whole_is_in_no_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files come from strangers: no negative intensity of electricity."""
    path = tmp_path / "traces.jsonl"
    spans = (span(1, _recorded("a", 0.1, 60.0, 61.0)), span(2, _recorded("a", 0.1, 60.0, 10.0)))
    path.write_text(lines([line(*spans)]), encoding="utf-8")
    score = _audited(path, capsys)["sci"][0]
    assert (1, 60.0) == (score["R"], score["gco2eq_per_unit"]["estimate"])


def test_of_no_requests_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No division by nothing: nulls."""
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([line(span(1, {"http.request.method": "GET"}))]), encoding="utf-8")
    audited = _audited(path, capsys)
    assert (None, None) == (audited["scope_3_category_1"]["gco2eq"], audited["coverage"]["share_estimated"])
    assert {"from": None, "to": None} == audited["period"]


@pytest.mark.parametrize("tenant", ["=1+1", "+1", "-1", "@SUM(1)", "\uff1d1+1", "\t=1"])
def test_no_cell_is_a_formula(tmp_path: Path, tenant: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a tenant calls itself, a spreadsheet takes it for text."""
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([line(span(1, _recorded(tenant, 0.1, 60.0, 10.0)))]), encoding="utf-8")
    [name] = _table(path, capsys)
    assert name[0] not in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
