"""The shape of the house: what may import what, and how little an import of us brings along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import otel_genai_impact

ROOT = Path(__file__).parents[2]
HTTP_CLIENTS = {"httpx", "httpx2", "requests", "urllib3", "aiohttp", "http.client", "urllib.request"}


def _modules_after(statement: str) -> set[str]:
    """All modules that a fresh interpreter has after this statement."""
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.split())


def _with_parents(modules: set[str]) -> set[str]:
    """The modules and every package that they are in."""
    return {".".join(parts[:depth]) for module in modules for parts in [module.split(".")] for depth in range(1, 9)}


def test_the_contracts_hold() -> None:
    """Arrows point down only, the model is pure, telemetry knows no SDK: the contracts in pyproject.toml."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert " 0 broken" in done.stdout


def test_importing_us_brings_nothing_along() -> None:
    """Neither the SDK, nor pydantic, nor an HTTP client, nor our own parts: those come when they are used."""
    modules = _with_parents(_modules_after("import otel_genai_impact"))
    unwanted = HTTP_CLIENTS | {"opentelemetry", "pydantic", "wrapt", "json", "otel_genai_impact.telemetry"}
    assert modules & unwanted == set()
    assert "otel_genai_impact" in modules


def test_the_whole_of_us_brings_no_pydantic_and_no_http_client() -> None:
    """Neither does the processor nor the instrumentor, beyond what OpenTelemetry itself brings."""
    others = (
        "import opentelemetry.sdk.trace, opentelemetry.sdk.metrics, opentelemetry.instrumentation.instrumentor, wrapt"
    )
    theirs = _modules_after(others)
    ours = _modules_after(
        f"{others}\nfrom otel_genai_impact import ImpactSpanProcessor, GenAIImpactInstrumentor, estimate"
    )
    assert _with_parents(ours - theirs) & (HTTP_CLIENTS | {"pydantic", "openai", "anthropic", "ecologits"}) == set()
    assert "otel_genai_impact.telemetry.processor" in ours


def test_the_entry_point_leaves_what_counts_to_the_first_processor() -> None:
    """The model, the inventory and budgets come with the first span processor that is active, not with an import."""
    counting = {"impacts.methods", "impacts.serving", "inventory.catalog", "telemetry.budgets.book"}
    after_an_import = _modules_after("import otel_genai_impact._plugin")
    after_a_processor = _modules_after("from otel_genai_impact import ImpactSpanProcessor; ImpactSpanProcessor()")
    assert after_an_import & {f"otel_genai_impact.{name}" for name in counting} == set()
    assert {f"otel_genai_impact.{name}" for name in counting} <= after_a_processor


def test_telemetry_does_not_need_the_instrumentation_package() -> None:
    """A span processor added by hand brings the SDK, and nothing that instruments."""
    modules = _with_parents(_modules_after("from otel_genai_impact import ImpactSpanProcessor"))
    assert modules & {"opentelemetry.instrumentation", "wrapt"} == set()
    assert "otel_genai_impact.telemetry.processor" in modules


def test_the_impact_model_needs_the_standard_library_alone() -> None:
    """No OpenTelemetry, no file, no setting."""
    modules = _with_parents(_modules_after("import otel_genai_impact.impacts.methods"))
    assert modules & {"opentelemetry", "otel_genai_impact._config", "otel_genai_impact.inventory"} == set()


def test_the_public_names_are_those_that_can_be_imported() -> None:
    """Each name of `__all__` is there, each is listed, and there is no other public name."""
    names = otel_genai_impact.__all__
    assert sorted(names) == names == dir(otel_genai_impact)
    for name in names:
        assert getattr(otel_genai_impact, name) is not None
    assert set(otel_genai_impact._HOMES) | {"__version__"} == set(names)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """With the words of Python's own."""
    with pytest.raises(AttributeError, match="module 'otel_genai_impact' has no attribute 'Estimator'"):
        _ = otel_genai_impact.Estimator
