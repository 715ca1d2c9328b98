"""A real Redis on a free port, for the tests that need one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from types import TracebackType

_STARTED_WITHIN_S = 20


class RedisServer:
    """One that keeps nothing on disk. It can be killed, and started again with nothing in it."""

    def __init__(self) -> None:
        program = shutil.which(os.environ.get("REDIS_SERVER", "redis-server"))
        if program is None:
            advice = "redis-server is not here; try: sudo apt-get install --no-install-recommends redis-server"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(advice)
        self._program = program
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            cwd=Path(self._program).anchor,
        )
        give_up_at = time.monotonic() + _STARTED_WITHIN_S
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                assert time.monotonic() < give_up_at, "redis-server did not start"
                time.sleep(0.02)

    def kill(self) -> None:
        """As a crash does it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
