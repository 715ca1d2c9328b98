"""Start a program, wait until it says that it is ready, and stop it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

SECONDS_TO_START = 60
SECONDS_TO_STOP = 15


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    log_file: Path,
    ready_url: str,
    environment: Mapping[str, str] | None = None,
    seconds_to_start: float = SECONDS_TO_START,
) -> Generator[subprocess.Popen[bytes]]:
    """The program once its ready URL answers 200; what it says is appended to the log."""
    environment = {"PATH": os.defpath, **(environment or {})}
    with log_file.open("a") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            _wait_until_ready(process, ready_url, log_file, seconds_to_start)
            yield process
        finally:
            _stop(process)


def _wait_until_ready(
    process: subprocess.Popen[bytes], ready_url: str, log_file: Path, seconds_to_start: float
) -> None:
    give_up_at = time.monotonic() + seconds_to_start
    while not _is_ready(ready_url):
        log = log_file.read_text(errors="replace")
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}:\n{log}")
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"{process.args!r} was not ready after {seconds_to_start} s:\n{log}")
        time.sleep(0.05)


def _is_ready(ready_url: str) -> bool:
    try:
        with urlopen(ready_url, timeout=1) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
