"""The report as a document, and as the text that is made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from otel_genai_impact.cli.doctor.coverage import Coverage, Source
from otel_genai_impact.cli.doctor.diagnosis import Facts, Finding
from otel_genai_impact.cli.doctor.process import Exporting, Seen
from otel_genai_impact.cli.doctor.report import as_document, as_text
from otel_genai_impact.cli.doctor.sdks import Sdk

_OFFICIAL = Source(name="official 1.3b0", by="official", state="active", entry_point="openai")
_OFF = Source(name="openinference 0.1", by="OpenInference", state="switched off", entry_point="openai")
_SEEN = Seen(
    provider="sdk",
    provider_name="sdk.TracerProvider",
    sampler="ParentBased{root:AlwaysOnSampler,remoteParentSampled:AlwaysOnSampler}",
    span_processors=(
        Exporting(name="sdk.Batch", exporter="otlp.Exporter", endpoint="there:4317"),
        Exporting(name="sdk.Simple", exporter="file.Exporter"),
        Exporting(name="ours.Impact"),
    ),
    settings={"detail": ("full", "GENAI_IMPACT_DETAIL"), "method": ("ecologits-0.11", "keyword method")},
)


def _facts(seen: Seen = _SEEN, *, answers: dict[str, str | None] | None = None) -> Facts:
    coverages = (
        Coverage(sdk=Sdk(distribution="openai"), version="3.54.0", sources=(_OFF, _OFFICIAL)),
        Coverage(sdk=Sdk(distribution="langchain", kind="framework"), version="1.5.0", sources=()),
        Coverage(sdk=Sdk(distribution="replicate"), version="1.0.7", sources=()),
    )
    return Facts(
        environ={"OTEL_CONFIG_FILE": "otel.yaml"}, seen=seen, coverages=coverages, distributions=("distro 0.66b2",),
        in_code=(), answers=answers or {}, ignored=frozenset({"replicate"}),
    )  # fmt: skip


def _block(document: dict[str, Any], start: str) -> list[str]:
    blocks = [block.splitlines() for block in as_text(document).split("\n\n")]
    return next(block for block in blocks if block[0].startswith(start))


def test_the_table_of_sdks() -> None:
    """Who counts comes first; who does not has its reason; what is ignored is still shown."""
    assert [
        "SDK        version  requests              by",
        "openai     3.54.0   counted               official 1.3b0, openinference 0.1 (switched off)",
        "langchain  1.5.0    through its SDKs      -",
        "replicate  1.0.7    not counted, ignored  -",
    ] == _block(as_document(_facts(), (), ""), "SDK ")


def test_what_of_opentelemetry_an_application_gets() -> None:
    """The file that configures it, and where each part sends to; of a sampler what decides on new traces."""
    document = as_document(_facts(answers={"there:4317": "Connection refused"}), (), "")
    assert [
        "OpenTelemetry",
        "  OTEL_CONFIG_FILE  otel.yaml",
        "  distribution      distro 0.66b2",
        "  tracer provider   sdk.TracerProvider",
        "  sampler           AlwaysOnSampler",
        "  span processor    Batch, Exporter to there:4317 (does not answer)",
        "                    Simple, Exporter",
        "                    Impact",
        "  metric reader     none",
    ] == _block(document, "OpenTelemetry")
    dropping = Seen(provider="sdk", sampler="TraceIdRatioBased{0.1}", counts_unsampled=True)
    shown = _block(as_document(_facts(dropping), (), ""), "OpenTelemetry")
    assert "  sampler           TraceIdRatioBased{0.1}; the requests that it drops are counted" in shown
    processors = document["opentelemetry"]["span_processors"]
    assert [False, None, None] == [processor.get("answers") for processor in processors]


def test_settings_stand_with_their_source() -> None:
    """Those that are given; none given is said, too."""
    assert [
        "Settings (the others are the defaults)",
        "  detail  full            GENAI_IMPACT_DETAIL",
        "  method  ecologits-0.11  keyword method",
    ] == _block(as_document(_facts(), (), ""), "Settings")
    assert ["Settings: all are the defaults"] == _block(as_document(_facts(Seen()), (), ""), "Settings")


def test_findings_stand_with_what_to_do() -> None:
    """Problems, then notes; without a problem that is said."""
    problem = Finding(about="one", text="It is broken.", do="Mend it.")
    note = Finding(about="other", text="It is odd.", do="Look at it.", problem=False)
    document = as_document(_facts(), (problem, note), "")
    assert ["Problems", "  one: It is broken.", "    -> Mend it."] == _block(document, "Problems")
    assert ["Notes", "  other: It is odd.", "    -> Look at it."] == _block(document, "Notes")
    assert "No problem found." not in as_text(document)
    assert as_text(as_document(_facts(), (note,), "")).endswith("\n\nNo problem found.")


def test_who_started_it_is_said() -> None:
    """And where Python is: from the folder of the project, if it is below that."""
    document = as_document(_facts(), (), "genai-impact run")
    assert "This is what an application gets that is started like this, by genai-impact run." in as_text(document)
    assert "opentelemetry-instrument starts." in as_text({**document, "started_by": None})
    inside = {**document, "environment": str(Path.cwd() / "somewhere" / "env")}
    assert as_text(inside).splitlines()[0].endswith(f" in {Path('somewhere') / 'env'}")
    outside = {**document, "environment": str(Path.cwd().parent / "env")}
    assert as_text(outside).splitlines()[0].endswith(f" in {Path.cwd().parent / 'env'}")
