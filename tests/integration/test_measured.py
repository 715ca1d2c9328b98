"""Measured energy, through CodeCarbon from a made powercap tree, against CodeCarbon's own total of the same run."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import codecarbon.core.cpu
import codecarbon.external.hardware
import pytest
from codecarbon import OfflineEmissionsTracker
from openai import OpenAI
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.trace import StatusCode

from otel_genai_impact import _contain
from otel_genai_impact.telemetry import counting_once, energy_counters, measured
from otel_genai_impact.telemetry.counting_once import CountingOnce
from tests.kit.answers import Answer
from tests.kit.powercap import Powercap
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.provider_server import ProviderServer

OLLAMA: dict[str, Any] = {
    "gen_ai.provider.name": "ollama",
    "gen_ai.request.model": "llama3.1:8b",
    "server.address": "127.0.0.1",
}


USAGE = {"gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 30}


def _request(telemetry: Telemetry, changes: dict[str, Any]) -> dict[str, Any]:
    """One request whose span begins with all that is known then."""
    said = {key: value for key, value in {**OLLAMA, **changes}.items() if value is not None}
    return telemetry.end(telemetry.start({"gen_ai.operation.name": "chat", **said}), USAGE)


@pytest.fixture
def powercap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Powercap:
    """This machine's energy counters, for us and for CodeCarbon's tracker."""
    tree = Powercap(tmp_path)
    monkeypatch.setattr(measured, "_meter", None)
    monkeypatch.setattr(energy_counters, "POWERCAP_FOLDER", str(tree.folder))
    monkeypatch.setattr(_contain, "reraise", True)
    # Spans of one test overlap in time with those of another, which last two seconds however soon they are over.
    monkeypatch.setattr(counting_once, "COUNTING_ONCE", CountingOnce())
    return tree


@pytest.fixture
def telemetry(powercap: Powercap) -> Telemetry:
    return Telemetry({"measured": "local", "zone": "FRA"})


def _found(folder: str) -> Any:
    is_there = codecarbon.core.cpu.is_rapl_available

    def is_rapl_available(rapl_dir: str | None = None) -> bool:
        return is_there(folder if rapl_dir is None else rapl_dir)

    return is_rapl_available


@pytest.fixture
def tracker(powercap: Powercap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[OfflineEmissionsTracker]:
    """CodeCarbon as its users start it, but for where it looks, and without what it models: the memory."""
    make = codecarbon.external.hardware.CPU.__init__
    folder = str(powercap.folder)

    def with_our_tree(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **{**kwargs, "rapl_dir": folder})

    monkeypatch.setattr(codecarbon.core.cpu, "is_rapl_available", _found(folder))
    monkeypatch.setattr(codecarbon.external.hardware.CPU, "__init__", with_our_tree)
    made = OfflineEmissionsTracker(
        country_iso_code="FRA",
        measure_power_secs=3600,
        output_methods=[],
        force_ram_power=0,
        output_dir=str(tmp_path),
        log_level="critical",
        allow_multiple_runs=True,
    )
    yield made
    logging.getLogger("codecarbon").setLevel(logging.NOTSET)


def test_the_sum_of_requests_is_codecarbons_total(
    telemetry: Telemetry, powercap: Powercap, tracker: OfflineEmissionsTracker
) -> None:
    """Forty requests, four at a time, each drawing 1.5 J in three parts: 60 J here, 60 J there, and 60 J in truth."""

    def request(_: int) -> None:
        span = telemetry.start({"gen_ai.operation.name": "chat", **OLLAMA})
        for _part in range(3):
            powercap.draw(0.5)
        telemetry.end(span, USAGE)

    tracker.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(request, range(40)))
    tracker.stop()
    theirs_j = tracker.final_emissions_data.energy_consumed * 3.6e6
    ours_j = telemetry.total("genai_impact.energy", genai_impact__source="measured")
    on_spans_j = sum((span.attributes or {})["genai_impact.energy"] for span in telemetry.spans)  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]
    print(f"\nmeasured by us {ours_j:.6f} J, by CodeCarbon {theirs_j:.6f} J, drawn 60 J")
    assert pytest.approx(60.0, rel=0.02) == theirs_j
    assert pytest.approx(theirs_j, rel=0.02) == ours_j
    assert pytest.approx(60.0, rel=1e-9) == ours_j
    assert pytest.approx(ours_j, rel=1e-9) == on_spans_j
    assert telemetry.total("genai_impact.requests", genai_impact__source="measured") == 40


def test_the_whole_span_of_a_measured_request(telemetry: Telemetry, powercap: Powercap) -> None:
    """36 J are 36 J: no bounds, no cooling; French electricity by the setting; what is assumed is said."""
    span = telemetry.start({"gen_ai.operation.name": "chat", **OLLAMA})
    for _ in range(9):
        powercap.draw(4.0)
        measured_by = measured.meter()
        assert measured_by is not None
        measured_by.settle()
    attributes = telemetry.end(span, USAGE)
    energies = [attributes[f"genai_impact.energy{end}"] for end in ("", "_low", "_high")]
    assert pytest.approx([36.0] * 3, rel=1e-9) == energies
    assert attributes["genai_impact.source"] == "measured"
    assert attributes["genai_impact.zone"] == "FRA"
    assert {"embodied.modelled", "pue.one"} <= {*attributes["genai_impact.assumptions"]}
    assert not {"data_center.default", "zone.world"} & {*attributes["genai_impact.assumptions"]}


def test_the_machine_of_ones_own_data(powercap: Powercap, tmp_path: Path) -> None:
    """PUE 1.5 on 4 J; and 2 s of a machine that cost 1000 kg in four years: its own time, not the method's figure."""
    config = tmp_path / "own.toml"
    config.write_text(
        '[machine]\npue = 1.5\nzone = "SWE"\nlifetime_years = 4\nembodied_gwp_kgco2eq = 1000\n'
        "embodied_adpe_kgsbeq = 0.1\nembodied_pe_mj = 12000\n",
        encoding="utf-8",
    )
    telemetry = Telemetry({"measured": "local", "config": str(config), "detail": "full"})
    span = telemetry.start({"gen_ai.operation.name": "chat", **OLLAMA})
    powercap.draw(4.0)
    attributes = telemetry.end(span, USAGE)
    g_per_s = 1000 * 1000 / (4 * 365 * 24 * 3600)
    took_s = attributes["genai_impact.gwp_embodied"] / g_per_s
    assert pytest.approx(6.0, rel=1e-9) == attributes["genai_impact.energy"]
    assert attributes["genai_impact.zone"] == "SWE"
    assert 0 < took_s < 60  # what went by on the clock
    assert (
        pytest.approx(0.1 / 1000, rel=1e-9)
        == attributes["genai_impact.adpe_embodied"] / attributes["genai_impact.gwp_embodied"]
    )
    assert attributes["genai_impact.modelled.energy"] > 0
    assert not {"embodied.modelled", "pue.one"} & {*attributes.get("genai_impact.assumptions", ())}


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({}, "measured"),
        ({"server.address": "localhost"}, "measured"),
        ({"server.address": "::1"}, "measured"),
        ({"server.address": None}, "measured"),
        ({"server.address": "gpu.example.com"}, "modelled"),
        ({"gen_ai.provider.name": "openai", "server.address": None}, "modelled"),
        ({"gen_ai.provider.name": "openai"}, "measured"),
        # A gateway on this machine: nobody else runs a model whose size is a secret.
        ({"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o"}, "modelled"),
    ],
)
def test_which_requests_run_here(telemetry: Telemetry, changes: dict[str, Any], source: str) -> None:
    """Loopback addresses, and frameworks of which nothing says that they answer from elsewhere."""
    attributes = _request(telemetry, changes)
    assert attributes["genai_impact.source"] == source


def test_names_in_the_setting(powercap: Powercap) -> None:
    """A provider, or a host, in place of `local`."""
    telemetry = Telemetry({"measured": "my-runtime, gpu.example.com"})
    assert (
        _request(telemetry, {"gen_ai.provider.name": "my-runtime", "server.address": None})["genai_impact.source"]
        == "measured"
    )
    assert _request(telemetry, {"server.address": "gpu.example.com"})["genai_impact.source"] == "measured"
    assert _request(telemetry, {})["genai_impact.source"] == "modelled"


def test_strict_counts_what_was_measured(powercap: Powercap) -> None:
    """The local model's energy, of a model that the inventory does not have; not that of a provider that reports none."""
    telemetry = Telemetry({"measured": "local", "strict": True})
    span = telemetry.start({"gen_ai.operation.name": "chat", **OLLAMA, "gen_ai.request.model": "our-own"})
    powercap.draw(4.0)
    ours = telemetry.end(span)
    assert (pytest.approx(4.0, rel=1e-9), "measured") == (ours["genai_impact.energy"], ours["genai_impact.source"])
    assert "genai_impact.gwp_embodied" not in ours
    assert telemetry.request()["genai_impact.not_estimated"] == "not_measured"


def test_a_request_that_fails_is_not_measured(telemetry: Telemetry, powercap: Powercap) -> None:
    """Its share is nobody's: it may have waited for a server that is not there."""
    span = telemetry.start({"gen_ai.operation.name": "chat", **OLLAMA})
    span.set_status(StatusCode.ERROR)
    assert telemetry.end(span)["genai_impact.not_estimated"] == "error"


def test_where_nothing_can_be_read_it_stays_modelled_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log, that says what is missing."""
    monkeypatch.setattr(measured, "_meter", None)
    monkeypatch.setattr(energy_counters, "POWERCAP_FOLDER", str(tmp_path / "none"))
    monkeypatch.setattr("codecarbon.core.gpu.is_gpu_details_available", lambda: False)
    monkeypatch.setattr(_contain, "_already_logged", dict[str, set[str]]())
    telemetry = Telemetry({"measured": "local"})
    for _ in range(3):
        assert _request(telemetry, {})["genai_impact.source"] == "modelled"
    lines = [message for message in caplog.messages if "energy cannot be measured" in message]
    assert len(lines) == 1
    assert "RAPL" in lines[0]


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And everything is modelled as ever."""
    import sys

    monkeypatch.setattr(measured, "_meter", None)
    monkeypatch.setattr(_contain, "_already_logged", dict[str, set[str]]())
    monkeypatch.setitem(sys.modules, "codecarbon.core.cpu", None)
    telemetry = Telemetry({"measured": "local"})
    assert _request(telemetry, {})["genai_impact.source"] == "modelled"
    assert "otel-genai-impact[measured]" in caplog.text


def test_the_real_sdk_against_a_server_on_this_machine(
    telemetry: Telemetry, powercap: Powercap, provider: ProviderServer
) -> None:
    """The official instrumentation says early enough whom it asks; a stream is measured until its end."""
    OpenAIInstrumentor().instrument(tracer_provider=telemetry.tracers, skip_dep_check=True)
    try:
        made: Any = OpenAI(base_url=f"{provider.url}/v1", api_key="none", max_retries=0)
        provider.answer_next(Answer(word_delay_s=0.001))
        asked = {"model": "llama3.1:8b", "messages": [{"role": "user", "content": "Hello?"}], "stream": True}
        with made as client:
            for number, _ in enumerate(client.chat.completions.create(**asked)):
                if number < 2:
                    powercap.draw(3.0)
    finally:
        OpenAIInstrumentor().uninstrument()
    (span,) = telemetry.spans
    attributes = span.attributes or {}
    assert attributes["genai_impact.source"] == "measured"
    assert pytest.approx(6.0, rel=1e-9) == attributes["genai_impact.energy"]
