"""Asks for three answers and gets them; then ends, in the way that is the first argument, while more requests are under way."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAI

if TYPE_CHECKING:
    from collections.abc import Callable

_UNDER_WAY: Final = 4
_READS: Final = ("read", "readinto", "recv", "recv_into")
_KEPT: Final = list[object]()  # to the end of the interpreter
_begun: Final = threading.Semaphore(0)


def _ask(client: Any, *, prompt: str, stream: bool = False) -> Any:
    """An answer, or a promise of one; of a model of its own where the process does not wait for it."""
    model = "gpt-4o-mini" if prompt == "chat" else "gpt-4o"
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}], stream=stream)


def _in_threads(client: OpenAI, *, daemon: bool) -> None:
    def ask() -> None:
        _begun.release()
        print(_ask(client, prompt="slow" if daemon else "soon").choices[0].message.content, flush=True)

    for _ in range(_UNDER_WAY):
        threading.Thread(target=ask, daemon=daemon).start()
    for _ in range(_UNDER_WAY):
        _begun.acquire()


def threads(client: OpenAI) -> None:
    """Threads that the interpreter waits for."""
    _in_threads(client, daemon=False)
    sys.exit(3)


def daemons(client: OpenAI) -> None:
    """Threads that the interpreter does not wait for."""
    _in_threads(client, daemon=True)
    sys.exit(4)


def streams(client: OpenAI) -> None:
    """Streams that somebody still holds."""
    for _ in range(_UNDER_WAY):
        stream = iter(_ask(client, prompt="stream", stream=True))
        print(next(stream).choices[0].delta.content)
        _KEPT.append(stream)
    sys.exit(5)


def last_words(client: OpenAI) -> None:
    """A request when the interpreter ends, from a handler of the application's."""
    atexit.register(lambda: print(_ask(client, prompt="chat").choices[0].message.content))
    sys.exit(6)


def unhandled(client: OpenAI) -> None:
    """An error that nobody handles, with threads under way."""
    _in_threads(client, daemon=True)
    raise LookupError("the application's own")


def terminated(client: OpenAI) -> None:
    """Killed by a signal that it does not handle."""
    _in_threads(client, daemon=True)
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pause()


def interrupted(client: OpenAI) -> None:
    """Ctrl-C while it waits for an answer."""
    # What a shell begins in the background, without job control, ignores it; so does all that this starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_interrupt_when_it_reads, args=[threading.get_ident()], daemon=True).start()
    _ask(client, prompt="slow")


def _interrupt_when_it_reads(thread: int) -> None:
    """Not before: an interrupt that strikes a finalizer is lost, and the call goes on."""
    seen = 0
    while seen < 3:
        time.sleep(0.1)
        seen = seen + 1 if sys._current_frames()[thread].f_code.co_name in _READS else 0
    signal.pthread_kill(thread, signal.SIGINT)


def tasks(client: OpenAI) -> None:
    """Tasks of asyncio, which are cancelled when the loop ends."""
    asyncio.run(_tasks(client))
    sys.exit(7)


def tasks_dropped(client: OpenAI) -> None:
    """A loop that nobody closes, with tasks that nobody awaits."""
    loop = asyncio.new_event_loop()
    _KEPT.append(loop)
    loop.run_until_complete(_tasks(client))
    sys.exit(8)


async def _tasks(client: OpenAI) -> None:
    # Without certificates: to read them takes longer than the call.
    transport = DefaultAsyncHttpxClient(verify=False)
    own = AsyncOpenAI(base_url=str(client.base_url), max_retries=0, http_client=transport)
    for _ in range(_UNDER_WAY):
        _KEPT.append(asyncio.ensure_future(_ask(own, prompt="slow")))
    await asyncio.sleep(0.3)


def quietly(_client: OpenAI) -> None:
    """Nothing is under way."""


def stderr_closed(_client: OpenAI) -> None:
    """The application itself closes what others write their errors to."""
    sys.stderr.close()


_ENDINGS: Final[dict[str, Callable[[OpenAI], None]]] = {
    ending.__name__: ending
    for ending in (
        threads, daemons, streams, last_words, unhandled, terminated, interrupted, tasks, tasks_dropped, quietly, stderr_closed,
    )
}  # fmt: skip


if __name__ == "__main__":
    with_retries_off = OpenAI(max_retries=0)
    for _ in range(3):
        print(_ask(with_retries_off, prompt="chat").choices[0].message.content, flush=True)
    _ENDINGS[sys.argv[1]](with_retries_off)
    print("the end")
