"""The process ends, and standard error breaks, as docs/reliability.md says: as without us, and with what was counted."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from otel_genai_impact import semconv
from tests.faults.page import ENDING_HEADINGS, documented
from tests.kit.answers import Answer
from tests.kit.app import app_environment, tool
from tests.kit.otlp_records import total_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.kit.otlp_sink import OtlpSink
    from tests.kit.provider_server import ProviderServer

_APP: Final = Path(__file__).parent / "apps" / "ending.py"
_ANSWERED: Final = "gpt-4o-mini"  # other models are asked by what is under way at the end
_NEVER_S: Final = 100.0
# The others take longer to load than all that is tested here.
_ONE_SDK: Final = {
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic,cohere,genai-reported-energy,google-genai,groq,huggingface-hub,"
    "litellm,mistralai,ollama,openai-more,together"
}
_UNREAD: Final = ""  # as it is: a pipe that nobody reads


class Ending(NamedTuple):
    """How the process ends: the first argument of the application, where its standard error goes, what it was answered."""

    way: str
    stderr: str = "2>/dev/null"
    answered: int = 3


ENDINGS: Final = {
    "with threads that are awaited, and call": Ending("threads"),
    "with daemon threads inside calls": Ending("daemons"),
    "with streams that are still open": Ending("streams"),
    "with a call in a handler at exit": Ending("last_words", answered=4),
    "by an exception, with daemon threads inside calls": Ending("unhandled"),
    "by Ctrl-C inside a call": Ending("interrupted"),
    "by `SIGTERM`, which it does not handle": Ending("terminated"),
    "with asyncio's tasks inside calls, cancelled": Ending("tasks"),
    "with asyncio's tasks inside calls, forgotten": Ending("tasks_dropped"),
    "with standard error on a full disk": Ending("quietly", "2>/dev/full"),
    "with standard error closed when it started": Ending("quietly", "2>&-"),
    "with standard error closed by itself": Ending("stderr_closed"),
    "with standard error a pipe that nobody reads": Ending("quietly", _UNREAD),
}


def _run(ending: Ending, launcher: Sequence[str], environment: dict[str, str]) -> tuple[int, str]:
    """Exit code and standard output. It must end while no answer has come to what is under way."""
    reading, unread = os.pipe()
    os.close(reading)
    try:
        completed = subprocess.run(
            ["sh", "-c", f'exec "$@" {ending.stderr}', "sh", *launcher, sys.executable, str(_APP), ending.way],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=unread,
            text=True,
            timeout=_NEVER_S * 0.8,
            check=False,
        )
    finally:
        os.close(unread)
    return completed.returncode, completed.stdout


@pytest.mark.parametrize("name", ENDINGS)
def test_a_process_ends_as_without_us(
    name: str, provider: ProviderServer, sink: OtlpSink, record_property: Callable[[str, object], None]
) -> None:
    """With exporters and the summary on: the same exit code and output, in time, and nothing lost that can be kept."""
    provider.answer_to("slow", Answer(delay_s=_NEVER_S))
    provider.answer_to("soon", Answer(delay_s=0.3))
    ending = ENDINGS[name]
    observed = app_environment(provider=provider, sink=sink, protocol="http/protobuf", environment=_ONE_SDK)
    with ThreadPoolExecutor(2) as pool:
        bare = pool.submit(_run, ending, (), app_environment(provider=provider))
        with_us = pool.submit(_run, ending, (tool("genai-impact"), "run"), observed)
    outcome = "as without us" if bare.result() == with_us.result() else f"{with_us.result()}, not {bare.result()}"
    points = sink.points_of(semconv.REQUESTS, **{semconv.GEN_AI_RESPONSE_MODEL: _ANSWERED})
    arrived = total_of(points, lambda point: point.total)
    row = (name, outcome, "all" if arrived == ending.answered else f"{arrived:g}")
    record_property("ending", " | ".join(row))
    assert documented(ENDING_HEADINGS).get(name) == row


def test_the_page_lists_no_other_endings() -> None:
    """What is not run is not claimed, and all that is run stands there."""
    assert sorted(documented(ENDING_HEADINGS)) == sorted(ENDINGS)
