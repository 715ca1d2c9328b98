"""Who sees the requests of an SDK, by metadata alone; the SDKs and instrumentations here have no code."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, entry_points
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact.cli.doctor.coverage import Coverage, coverages, installed_version
from otel_genai_impact.cli.doctor.process import Loaded
from otel_genai_impact.cli.doctor.sdks import COMPLEMENTS, NAMESAKES, SDKS, normalised
from tests.kit.metadata import install

if TYPE_CHECKING:
    from pathlib import Path

_TRACELOOP = "https://github.com/traceloop/openllmetry"
_OPENTELEMETRY = "https://github.com/open-telemetry/opentelemetry-python-genai"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is searched first."""
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType]
    return tmp_path


def _of(name: str, *loaded: Loaded, **environ: str) -> Coverage:
    return next(one for one in coverages(loaded, environ) if one.sdk.distribution == name)


def _active(entry_point: str) -> Loaded:
    name, _, value = entry_point.partition(" = ")
    return Loaded(name=name, value=value, active=True)


def _states(coverage: Coverage) -> list[tuple[str, str, str]]:
    return [(source.name, source.by, source.state) for source in coverage.sources]


def test_an_sdk_that_nobody_instruments(folder: Path) -> None:
    """It is listed with its version, and nobody counts it."""
    install(folder, "replicate", "1.0.7")
    coverage = _of("replicate")
    assert ("1.0.7", ()) == (coverage.version, coverage.sources)


def test_an_sdk_that_is_not_installed_is_not_listed() -> None:
    """However many the table has."""
    assert "ai21" not in {coverage.sdk.distribution for coverage in coverages((), {})}


@pytest.mark.parametrize(
    ("name", "entry_point", "url", "by", "state"),
    [
        ("opentelemetry-instrumentation-genai-x", "opentelemetry.instrumentation.genai.x:X", _OPENTELEMETRY, "official", "active"),
        ("opentelemetry-instrumentation-x", "opentelemetry.instrumentation.x:X", _TRACELOOP, "OpenLLMetry", "active"),
        ("openinference-instrumentation-x", "openinference.instrumentation.x:X", "https://arize.com", "OpenInference", "active"),
        ("their-own", "opentelemetry.instrumentation.x:X", "https://example.org", "third party", "active"),
        ("their-own", "their.own:X", _OPENTELEMETRY, "third party", "active"),
    ],
)  # fmt: skip
def test_who_made_an_instrumentation(folder: Path, name: str, entry_point: str, url: str, by: str, state: str) -> None:
    """Its metadata says it where its module's name does not."""
    install(folder, "replicate", "1.0.7")
    install(folder, name, "0.62", instrumentor=f"replicate = {entry_point}", instruments=["replicate"], url=url)
    assert [(f"{name} 0.62", by, state)] == _states(_of("replicate", _active(f"replicate = {entry_point}")))


@pytest.mark.parametrize(
    ("entry_point", "instruments"),
    [("cerebras_cloud_sdk", []), ("cerebras", []), ("Cerebras-Cloud.SDK", []), ("any", ["cerebras_cloud_sdk>=1"])],
)
def test_an_instrumentation_is_found_by_name_or_requirement(
    folder: Path, entry_point: str, instruments: list[str]
) -> None:
    """However it spells the SDK; one that is loaded and inactive does not count."""
    install(folder, "cerebras-cloud-sdk", "1.91.0")
    install(folder, "theirs", "1", instrumentor=f"{entry_point} = theirs:X", instruments=instruments)
    assert [("theirs 1", "third party", "active")] == _states(
        _of("cerebras-cloud-sdk", _active(f"{entry_point} = theirs:X"))
    )
    inactive = Loaded(name=entry_point, value="theirs:X", active=False)
    for loaded in ([inactive], []):
        assert [("theirs 1", "third party", "does not start")] == _states(_of("cerebras-cloud-sdk", *loaded))


def test_a_namesake_is_none(folder: Path) -> None:
    """The instrumentation of SQS calls itself boto3, and sees no request to a model."""
    (module,) = NAMESAKES
    install(folder, "boto3", "1.44.0")
    install(folder, "sqs", "1", instrumentor=f"boto3 = {module}:X", instruments=["boto3"])
    install(folder, "theirs", "1", instrumentor="boto3 = opentelemetry.instrumentation.bedrock:X", url=_TRACELOOP)
    # The official one is installed with the tests, and may be the third.
    states = [state for state in _states(_of("boto3")) if state[1] != "official"]
    assert [("theirs 1", "OpenLLMetry", "does not start")] == states


def test_what_sees_the_rest_is_not_enough(folder: Path) -> None:
    """Where the main instrumentation of an SDK is gone, one for what it leaves out does not cover it."""
    install(folder, "replicate", "1.0.7")
    install(folder, "theirs", "1", instrumentor=f"{COMPLEMENTS[0]} = theirs:X", instruments=["replicate"])
    assert () == _of("replicate").sources


@pytest.mark.parametrize("modules", ["a:A b:B", "b:B a:A"])
def test_a_distribution_with_several_instrumentations_is_named_once(folder: Path, modules: str) -> None:
    """That of botocore has one for aiobotocore too, which does not start where that is not installed."""
    first, second = modules.split()
    install(folder, "boto3", "1.44.0")
    install(folder, "theirs", "1", instrumentor=f"botocore = {first}\nother = {second}", instruments=["boto3"])
    for active in (f"botocore = {first}", f"other = {second}"):
        states = [state for state in _states(_of("boto3", _active(active))) if state[1] != "official"]
        assert [("theirs 1", "third party", "active")] == states


def test_metadata_that_cannot_be_read(folder: Path) -> None:
    """What a broken installation leaves behind does not end the doctor; such an instrumentation does not start."""
    install(folder, "replicate", "1.0.7")
    install(folder, "theirs", "1", instrumentor="replicate = theirs:X", instruments=["replicate >>= 3"])
    install(folder, "nameless", "1", instrumentor="replicate = nameless:X")
    (folder / "nameless-1.dist-info" / "METADATA").unlink()
    assert ["does not start"] * 2 == [source.state for source in _of("replicate").sources]


def test_missing_metadata_that_raise(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they do from Python 3.15 on, whatever is asked of them."""
    its_own = Distribution.metadata.fget
    assert its_own is not None

    def metadata(self: Distribution) -> Any:
        if self.read_text("METADATA") is None:
            raise FileNotFoundError("No package metadata was found.")
        return its_own(self)

    monkeypatch.setattr(Distribution, "metadata", property(metadata))
    install(folder, "replicate", "1.0.7")
    install(folder, "nameless", "1", instrumentor="replicate = nameless:X")
    (folder / "nameless-1.dist-info" / "METADATA").unlink()
    (source,) = _of("replicate").sources
    assert ("a distribution without a name", "third party", "does not start") == (source.name, source.by, source.state)
    assert installed_version("nameless") is None


@pytest.mark.parametrize("disabled", ["replicate", "a, replicate ,b", "*"])
def test_switched_off(folder: Path, disabled: str) -> None:
    """By the name of its entry point, among others, or by all."""
    install(folder, "replicate", "1.0.7")
    install(folder, "theirs", "1", instrumentor="replicate = theirs:X")
    coverage = _of("replicate", OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=disabled)
    assert [("theirs 1", "third party", "switched off")] == _states(coverage)


def test_an_instrumentation_that_refuses_the_release(folder: Path) -> None:
    """By the requirement of its distribution, which OpenTelemetry checks, or by its own; it says what it takes."""
    install(folder, "replicate", "3.1.0")
    install(folder, "theirs", "1", instrumentor="replicate = theirs:X", instruments=["replicate<3,>=1.32.0"])
    (source,) = _of("replicate", _active("replicate = theirs:X")).sources
    assert ("refuses", "replicate<3,>=1.32.0") == (source.state, source.detail)


def test_one_of_ours_that_refuses_the_release(folder: Path) -> None:
    """Ours are active from the start, and look at the SDK when it is imported: the process has asked them."""
    install(folder, "replicate", "0.1")
    install(folder, "theirs", "1", instrumentor="replicate = theirs:X")
    one = Loaded(name="replicate", value="theirs:X", active=True, conflict="replicate >= 1.0")
    (source,) = _of("replicate", one).sources
    assert ("refuses", "replicate >= 1.0") == (source.state, source.detail)


def test_ours_stand_back_for_an_instrumentation_of_the_same_name(folder: Path) -> None:
    """Where that is active: both of one name, ours and OpenLLMetry's."""
    ours = "replicate = otel_genai_impact.instrumentation.replicate:X"
    theirs = "replicate = opentelemetry.instrumentation.replicate:X"
    install(folder, "replicate", "1.0.7")
    install(folder, "ours", "1", instrumentor=ours)
    install(folder, "theirs", "1", instrumentor=theirs, url=_TRACELOOP)
    both = _of("replicate", _active(ours), _active(theirs))
    assert [("theirs 1", "OpenLLMetry", "active"), ("ours 1", "ours", "stands back")] == _states(both)
    assert ["ours 1"] == [source.name for source in _of("replicate", _active(ours)).counting]


@pytest.mark.parametrize(
    ("name", "version", "environ", "expected"),
    [
        ("anthropic", "1.14.0", {}, ["ANTHROPIC_OPEN_TELEMETRY=false"]),
        ("anthropic", "1.13.9", {}, []),
        ("anthropic", "2.12.0", {"ANTHROPIC_OPEN_TELEMETRY": "False"}, []),
        ("anthropic", "2.12.0", {"ANTHROPIC_OPEN_TELEMETRY": "true"}, ["ANTHROPIC_OPEN_TELEMETRY=false"]),
        ("mistralai", "3.7.0", {}, []),
        ("mistralai", "3.7.0", {"MISTRAL_SDK_TELEMETRY": "global"}, ["MISTRAL_SDK_TELEMETRY=global"]),
        ("mistralai", "2.4.0", {"MISTRAL_SDK_TELEMETRY": "global"}, []),
        ("xai-sdk", "1.21.0", {}, ["XAI_SDK_DISABLE_TRACING=1"]),
        ("xai-sdk", "1.21.0", {"XAI_SDK_DISABLE_TRACING": "true"}, []),
    ],
)
def test_an_sdk_that_makes_spans_itself(
    folder: Path, name: str, version: str, environ: dict[str, str], expected: list[str]
) -> None:
    """From some release on, unless, or only if, the environment says so; what changes that is told."""
    install(folder, name, version)
    own = [source for source in _of(name, **environ).sources if source.by == "the SDK itself"]
    assert expected == [source.detail for source in own]


def test_ours_stand_back_for_spans_that_were_asked_for(folder: Path) -> None:
    """Mistral's own spans are asked for by a variable; then ours leave the requests to them."""
    install(folder, "mistralai", "3.7.0")
    (entry_point,) = (one for one in entry_points(name="mistralai") if one.module.startswith("otel_genai_impact."))
    loaded = _active(f"mistralai = {entry_point.value}")
    assert ["ours"] == [source.by for source in _of("mistralai", loaded).counting]
    asked = _of("mistralai", loaded, MISTRAL_SDK_TELEMETRY="global")
    assert ["the SDK itself"] == [source.by for source in asked.counting]


def test_every_instrumentation_of_ours_is_of_an_sdk_in_the_table() -> None:
    """By what it requires."""
    unknown: list[str] = []
    for entry_point in entry_points(group="opentelemetry_instrumentor"):
        # What only reads beside the official ones is of no SDK.
        reads_only = entry_point.name == "genai-reported-energy"
        if entry_point.module.startswith("otel_genai_impact.instrumentation.") and not reads_only:
            instrumentor: Any = entry_point.load()
            required = re.match(r"[\w.-]+", instrumentor.requirement)
            if required is None or not any(sdk.is_named(required[0]) for sdk in SDKS):
                unknown.append(entry_point.name)
    assert [] == unknown


def test_no_two_sdks_share_a_name() -> None:
    """One instrumentation is of one SDK; and names are written as the index compares them."""
    names = [name for sdk in SDKS for name in (sdk.distribution, *sdk.names)]
    assert sorted(set(names)) == sorted(names)
    assert [normalised(name) for name in names] == names
