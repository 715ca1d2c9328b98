"""`python greenlets.py GREENLETS`: an application of gevent's, whose greenlets ask a model all at once, half of them for streams."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module
from typing import Any

# The OpenAI SDK asks for it, and Python starts a program to answer: once, before greenlets could each start one.
platform.processor()

# Not an import that type checkers see: `make test-servers` alone installs it.
gevent: Any = import_module("gevent")
import_module("gevent.monkey").patch_all()

from opentelemetry import metrics, trace  # noqa: E402
from opentelemetry.instrumentation.auto_instrumentation import initialize  # noqa: E402

initialize()

from openai import OpenAI  # noqa: E402

client: Any = OpenAI(max_retries=0)


def ask(number: int) -> int:
    """Ask, as a call or as a stream; how much came."""
    question: Any = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}
    if number % 2:
        answer = client.chat.completions.create(**question)
        return len(answer.choices)
    stream = client.chat.completions.create(**question, stream=True, stream_options={"include_usage": True})
    return sum(len(chunk.choices) for chunk in stream)


def start_nothing(event: str, _arguments: Any) -> None:
    """An audit hook: rather no process at all than one that starts a program for each greenlet."""
    if event in {"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"}:
        os.write(2, b"a greenlet starts a program\n")
        os._exit(70)


def main(greenlets: int) -> None:
    sys.addaudithook(start_nothing)
    asking = [gevent.spawn(ask, number) for number in range(greenlets)]
    gevent.joinall(asking, timeout=60)
    print(sum(bool(one.value) for one in asking))
    trace.get_tracer_provider().force_flush()  # type: ignore[attr-defined]
    metrics.get_meter_provider().force_flush()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(int(sys.argv[1]))
