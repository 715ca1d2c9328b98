"""Each real SDK that we instrument ourselves, under `opentelemetry-instrument`: what holds for all of them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import pytest

from tests.integration import sdk_promises
from tests.integration.sdk_plan import ESTIMATED
from tests.integration.sdk_plans import APPS, SDKS, TESTED
from tests.kit.app import run_app
from tests.kit.sdk_run import NOT_ESTIMATED, sdk_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.kit.provider_server import ProviderServer
    from tests.kit.sdk_run import SdkRun

_CALLS: Final = [(sdk, call) for sdk in TESTED for call in SDKS[sdk].made]
_ESTIMATED: Final = [(sdk, call) for sdk, call in _CALLS if SDKS[sdk].outcome(call) == ESTIMATED]
_NOT_ESTIMATED: Final = [pair for pair in _CALLS if pair not in _ESTIMATED]


@pytest.fixture(scope="module")
def runs() -> Iterator[Callable[[str], SdkRun]]:
    """The run of an SDK, made when it is asked for first; the sinks stay open for all tests."""
    made: dict[str, SdkRun] = {}
    with ExitStack() as stack:

        def run_of(sdk: str) -> SdkRun:
            if sdk not in made:
                app = APPS / f"{sdk.replace('-', '_')}_calls.py"
                made[sdk] = stack.enter_context(sdk_run(app, SDKS[sdk].plan(), protocol="grpc", environment={}))
            return made[sdk]

        yield run_of


def _of(pairs: list[tuple[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("sdk", "call"), pairs)


@_of(_CALLS)
def test_a_call_is_one_span(
    runs: Callable[[str], SdkRun], sdk: str, call: str, record_property: Callable[[str, object], None]
) -> None:
    """One span, of ours, that names operation, provider, model and server; and one request in the metrics."""
    run, plan = runs(sdk), SDKS[sdk]
    (span,) = run.spans_of(call)
    record_property("sdk_call", f"{sdk}|{call}|{span.attributes.get(NOT_ESTIMATED, ESTIMATED)}")
    model, operation = run.plan[call].model, plan.operation(call)
    assert (f"{operation} {model}", "CLIENT") == (span.name, span.kind)
    assert f"otel_genai_impact.instrumentation.{sdk.replace('-', '_')}" == span.scope
    assert {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": plan.provider_of(call),
        "gen_ai.request.model": model,
        "server.address": plan.server(call),
        "server.port": run.port,
    }.items() <= span.attributes.items()
    sdk_promises.is_counted_once(run, call)


@_of(_ESTIMATED)
def test_a_call_that_succeeds_tells_of_its_answer(runs: Callable[[str], SdkRun], sdk: str, call: str) -> None:
    """Tokens as the server reported them, the answer's id, model and finish reason, and of a stream its first chunk."""
    run, plan = runs(sdk), SDKS[sdk]
    (span,) = run.spans_of(call)
    answer, found = run.plan[call].answer, span.attributes
    assert "UNSET" == span.status
    told = {
        "model": ("gen_ai.response.model", run.plan[call].model),
        "input": ("gen_ai.usage.input_tokens", answer.input_tokens),
        "cached": ("gen_ai.usage.cache_read.input_tokens", 3),
        "reasoning": ("gen_ai.usage.reasoning.output_tokens", 2),
    }
    gives = plan.gives_of(call)
    for what, (name, value) in told.items():
        assert (value if what in gives else None) == found.get(name)
    assert (plan.finish_reasons_of(call) or None) == found.get("gen_ai.response.finish_reasons")
    assert answer.output_tokens == found["gen_ai.usage.output_tokens"]
    assert ("id" in gives) == ("gen_ai.response.id" in found)
    assert (
        plan.is_streamed(call)
        == ("gen_ai.response.time_to_first_chunk" in found)
        == (found.get("gen_ai.request.stream") is True)
    )


@_of(_ESTIMATED)
def test_a_call_that_succeeds_has_an_estimate(runs: Callable[[str], SdkRun], sdk: str, call: str) -> None:
    """Energy and greenhouse gases of its tokens, between their bounds."""
    (span,) = runs(sdk).spans_of(call)
    for quantity in ("energy", "gwp"):
        low, estimate, high = (
            float(str(span.attributes[f"genai_impact.{quantity}{bound}"])) for bound in ("_low", "", "_high")
        )
        assert 0 < low <= estimate <= high


@_of(_NOT_ESTIMATED)
def test_a_call_without_an_estimate_says_why(runs: Callable[[str], SdkRun], sdk: str, call: str) -> None:
    """It carries the reason, no figures, the status of an error where it was one, and tokens where the answer has them."""
    run, reason = runs(sdk), SDKS[sdk].outcome(call)
    sdk_promises.says_why_it_is_not_estimated(run, call, reason)
    (span,) = run.spans_of(call)
    assert (reason == "error") == (span.status == "ERROR")
    if call in SDKS[sdk].reports_tokens:
        answer, found = run.plan[call].answer, span.attributes
        tokens = [found.get(f"gen_ai.usage.{kind}_tokens") for kind in ("input", "output")]
        assert [answer.input_tokens, answer.output_tokens] == tokens


@_of(_CALLS)
def test_results_and_types_are_those_of_the_bare_sdk(runs: Callable[[str], SdkRun], sdk: str, call: str) -> None:
    """The application sees the same answers, errors and classes as without us; only a stream is followed by ours."""
    sdk_promises.gives_what_the_bare_sdk_gives(runs(sdk), call)


@pytest.mark.parametrize("sdk", TESTED)
def test_the_metrics_sum_to_what_the_spans_say(runs: Callable[[str], SdkRun], sdk: str) -> None:
    """Each counter's sum is that of the attributes of all spans; every request is counted, none twice."""
    sdk_promises.metrics_sum_to_what_the_spans_say(runs(sdk))


@pytest.mark.parametrize("sdk", TESTED)
def test_no_word_of_prompt_or_answer_is_kept(runs: Callable[[str], SdkRun], sdk: str) -> None:
    """Neither of them stands in any attribute of any span."""
    for span in runs(sdk).sink.spans:
        said = [name for name, value in span.attributes.items() if "Hello" in str(value) or "local test" in str(value)]
        assert [] == said


@pytest.mark.parametrize("sdk", TESTED)
def test_nothing_of_ours_fails(runs: Callable[[str], SdkRun], sdk: str) -> None:
    """The log has the one line that names an unknown model, and nothing else of us."""
    run = runs(sdk)
    ours = [line for line in run.stderr.splitlines() if "the inventory has no model" not in line]
    assert [] == [line for line in ours if "otel_genai_impact" in line or "the application is not affected" in line]
    assert repr(run.plan["unknown model"].model) in run.stderr


@pytest.mark.parametrize("name", TESTED)
def test_on_and_off(provider: ProviderServer, name: str) -> None:
    """Off, on, on twice, suppressed, off, on again: no span or one a call, and off leaves the SDK as it was."""
    app = APPS / "switching.py"
    result = run_app(app, name, SDKS[name].ordinary, SDKS[name].models[0], provider=provider, launcher=()).checked()
    assert [
        "off: 0", "on: 1", "twice: 1", "suppressed: 0", "off: 0, untouched", "again: 1", "another instrumentation: 1",
    ] == result.stdout.splitlines()  # fmt: skip


@pytest.mark.parametrize("name", TESTED)
def test_it_stands_back(provider: ProviderServer, tmp_path: Path, name: str) -> None:
    """Where another instrumentation that follows the conventions is active for the SDK, the spans are left to it."""
    metadata = tmp_path / "rival-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: rival\nVersion: 1.0\n")
    module = "opentelemetry.instrumentation.rival"
    (metadata / "entry_points.txt").write_text(f"[opentelemetry_instrumentor]\n{name} = {module}:Rival\n")
    result = run_app(
        APPS / "switching.py", name, SDKS[name].ordinary, SDKS[name].models[0],
        provider=provider, launcher=(), environment={"PYTHONPATH": str(tmp_path)},
    ).checked()  # fmt: skip
    assert "another instrumentation: 0" == result.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", TESTED)
def test_it_can_be_switched_off_alone(provider: ProviderServer, name: str) -> None:
    """By the name of its entry point, in the variable of OpenTelemetry."""
    environment = {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": name}
    result = run_app(
        APPS / "switching.py", name, SDKS[name].ordinary, SDKS[name].models[0],
        provider=provider, launcher=(), environment=environment,
    ).checked()  # fmt: skip
    assert ["off: 0", "on: 0"] == result.stdout.splitlines()[:2]


def test_an_application_without_the_sdks_imports_none() -> None:
    """Every instrumentation is loaded, and waits: no SDK is imported that the application does not import."""
    code = "import sys; print(*sys.modules, sep='\\n')"
    result = run_app(code, environment={"PYTHONPROFILEIMPORTTIME": "1"}).checked()
    timed = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if "import time:" in line}
    loaded = set(result.stdout.split())
    files = {name.replace("-", "_") for name in SDKS}
    assert {f"otel_genai_impact.instrumentation.{file}" for file in files} <= loaded
    assert "otel_genai_impact.instrumentation._shared" in timed
    modules = {
        module
        for name, plan in SDKS.items()
        for module in ((name.replace("-", "_"),) if plan.modules is None else plan.modules)
    }
    imported = {name for name in timed | loaded if any(f"{name}.".startswith(f"{module}.") for module in modules)}
    assert set() == imported
