"""The shipped Collector configuration, before anything is sent through it."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.collector import OVERLAYS, ROOT, SHIPPED_CONFIGURATION, running_collector

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.otlp_sink import OtlpSink

_VARIABLE = re.compile(r"\$\{env:(\w+):-([^}]*)\}")
_ANY_VARIABLE = re.compile(r"\$\{env:(\w+)")
_DOCUMENTED = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \|", re.MULTILINE)


def _validate(otelcol: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [str(otelcol), "validate", f"--config={SHIPPED_CONFIGURATION}"]
    environment = {"PATH": os.defpath, **settings}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="as shipped"),
        pytest.param(
            {
                "OTELCOL_BACKEND_ENDPOINT": "https://backend.example:4318",
                "OTELCOL_BACKEND_HEADERS": "{api-key: abc, x-team: '7'}",
                "OTELCOL_TRACES_EXPORTER": "otlp_http",
                "OTELCOL_METRICS_EXPORTER": "nop",
                "OTELCOL_MEMORY_LIMIT_MIB": "2000",
                "OTELCOL_LOG_LEVEL": "debug",
                "OTELCOL_GRPC_ENDPOINT": "0.0.0.0:4317",
            },
            id="every kind of variable set",
        ),
    ],
)
def test_a_real_collector_accepts_the_shipped_file(otelcol: Path, settings: dict[str, str]) -> None:
    """`validate` finds nothing to complain or to warn about."""
    result = _validate(otelcol, settings)
    assert (0, "", "") == (result.returncode, result.stdout, result.stderr)


def test_a_real_collector_refuses_a_wrong_setting(otelcol: Path) -> None:
    """The check above can fail: an exporter that is not in the file is named and refused."""
    result = _validate(otelcol, {"OTELCOL_TRACES_EXPORTER": "carrier_pigeon"})
    assert result.returncode != 0
    assert "carrier_pigeon" in result.stderr


def test_it_runs_without_a_warning(otelcol: Path, backend: OtlpSink, tmp_path: Path) -> None:
    """No component complains of a deprecated name or a risky setting; the Collector starts and stops in silence."""
    settings = {"OTELCOL_BACKEND_ENDPOINT": backend.grpc_endpoint}
    with running_collector(otelcol, tmp_path / "log.txt", settings) as collector:
        pass
    assert not collector.log


def test_every_variable_is_documented_with_its_default() -> None:
    """The tables in docs/collector.md name each variable of the files, with its default, and no other."""
    in_file: dict[str, set[str]] = {}
    text = "".join(path.read_text() for path in (SHIPPED_CONFIGURATION, *OVERLAYS.glob("*.yaml")))
    for name, default in _VARIABLE.findall(text):
        in_file.setdefault(name, set()).add(f"`{default}`" if default else "none")
    documented = {
        name: set(cell.split(", ")) for name, cell in _DOCUMENTED.findall((ROOT / "docs/collector.md").read_text())
    }
    assert in_file == documented
    assert set(in_file) == set(_ANY_VARIABLE.findall(text)), "a variable has no default"


def test_it_listens_on_loopback_only_unless_told_otherwise() -> None:
    """Nobody else on the network can send to, or scrape, a Collector that was started as shipped."""
    listening = re.findall(
        r"OTELCOL_(?:GRPC|HTTP|PROMETHEUS|HEALTH)_ENDPOINT:-([\d.]+):", SHIPPED_CONFIGURATION.read_text()
    )
    assert ["127.0.0.1"] * 4 == listening


def test_what_the_compose_file_mounts_and_names_is_there() -> None:
    """Docker makes an empty folder of what is not there, and the program in the container finds nothing."""
    text = (ROOT / "deploy" / "compose.yaml").read_text()
    mounted = dict(re.findall(r"- (\.[\w./-]*):(/genai-impact/[\w./-]+):ro", text))
    named = re.findall(r"[ =](/genai-impact/[\w./-]+)$", text, re.MULTILINE)
    assert len(mounted) > 5
    assert len(named) > 5
    for source in mounted:
        assert (ROOT / "deploy" / source).exists(), source
    for path in named:
        assert (ROOT / path.removeprefix("/genai-impact/")).exists(), path
