"""The documents say what the code does: every name, setting and code stands there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from otel_genai_impact import semconv
from otel_genai_impact._config import ENVIRONMENT_PREFIX, Settings
from otel_genai_impact.cli.report.words import ASSUMPTIONS
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.inventory.providers import TABLES

ROOT = Path(__file__).parents[2]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
METHODOLOGY = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")

CONSTANTS = {name: value for name, value in vars(semconv).items() if name.isupper() and isinstance(value, str)}
WRITTEN = sorted(value for value in CONSTANTS.values() if value.startswith("genai_impact."))
CODES = sorted(
    value
    for name, value in CONSTANTS.items()
    if name.startswith(
        ("MODEL_", "DATA_CENTER_", "ZONE_", "LATENCY_", "INPUT_", "GRID_", "PROVIDER_", "PUE_", "EMBODIED_")
    )
    or (name.startswith("ENERGY_") and value not in WRITTEN)
)
STATUSES = [
    semconv.DUPLICATE,
    semconv.UNSUPPORTED_OPERATION,
    semconv.ERROR,
    semconv.INVALID_USAGE,
    semconv.NO_USAGE,
    semconv.UNKNOWN_MODEL,
    semconv.UNKNOWN_ZONE,
    semconv.NOT_MEASURED,
]
# Whoever clones this repository has no such folders.
MACHINE_PATH = re.compile(r"(?<![\w.:~$}/*-])/(?:home|Users|root|work|workspaces?)/[\w.]")


def _default(name: str) -> str:
    """A default as the table of settings writes it."""
    default: object = Settings._field_defaults[name]
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, (tuple, frozenset)):
        default = ",".join(sorted(default))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return str(default) if default else "none"


@pytest.mark.parametrize("name", Settings._fields)
def test_every_setting_stands_in_the_configuration_with_its_default(name: str) -> None:
    """One row of the table: keyword, environment variable, default."""
    row = f"| `{name}` | `{ENVIRONMENT_PREFIX}{name.upper()}` | `{_default(name)}` |"
    assert row in CONFIGURATION


@pytest.mark.parametrize("name", WRITTEN)
def test_every_attribute_and_metric_stands_in_the_configuration(name: str) -> None:
    """What we write is listed, under its exact name."""
    assert f"`{name}`" in CONFIGURATION


def test_the_configuration_lists_no_name_that_is_not_written() -> None:
    """What is not built is not claimed."""
    named = set(re.findall(r"`(genai_impact\.[a-z_.]+)`", CONFIGURATION))
    assert named - set(WRITTEN) == set()
    variables = set(re.findall(r"GENAI_IMPACT_[A-Z_]+", CONFIGURATION))
    assert {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Settings._fields} == variables


@pytest.mark.parametrize("code", CODES)
def test_every_assumption_is_explained(code: str) -> None:
    """A row of its own in the methodology, and a sentence for those who see it in a report."""
    assert f"| `{code}` |" in METHODOLOGY
    assert code in ASSUMPTIONS


@pytest.mark.parametrize("status", STATUSES)
def test_every_reason_for_no_estimate_is_explained(status: str) -> None:
    """A row of its own in the methodology."""
    assert f"| `{status}` |" in METHODOLOGY


def test_every_method_and_spelling_of_a_provider_is_explained() -> None:
    """How names resolve is no secret."""
    for name in [*METHODS, *TABLES]:
        assert f"`{name}`" in METHODOLOGY, name


def test_the_codes_of_the_assumptions_are_all_that_are_defined() -> None:
    """The scan above finds the codes there are, among the constants of the contract."""
    assert len(CODES) == len(set(CODES)) == 23
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", code) for code in CODES)


def _text_files() -> list[Path]:
    """What git tracks, or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    folders = ("src", "tests", "docs", "examples")  # a source distribution has no git
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]


def test_no_file_speaks_of_one_machine() -> None:
    """Nothing here depends on where somebody keeps it."""
    found: list[str] = []
    for path in _text_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found.extend(f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE_PATH.finditer(text))
    assert found == []
    assert MACHINE_PATH.search("see " + "/home" + "/somebody/notes")
