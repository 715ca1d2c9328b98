"""An application that uses LiteLLM, whose callback makes spans of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from calls import Asked, call, in_tasks, package, run_all

litellm: Any = package("litellm")
_CustomLogger: Any = package("litellm.integrations.custom_logger").CustomLogger
_USAGE = {"stream_options": {"include_usage": True}}
_PATIENCE_S = 60.0


class _Last(_CustomLogger):
    """Comes after the callback that makes spans: LiteLLM calls them in a thread, or in a task, after it has answered."""

    called = threading.Semaphore(0)
    called_in_task = threading.Semaphore(0)

    def log_success_event(self, **_: object) -> None:
        self.called.release()

    async def async_log_success_event(self, **_: object) -> None:
        self.called_in_task.release()


_LAST = _Last()
litellm.suppress_debug_info = True
litellm.callbacks = ["otel", _LAST]


def _asked(asked: Asked, **more: Any) -> dict[str, Any]:
    return {"model": f"openai/{asked.model}", "messages": [{"role": "user", "content": asked.prompt}], **more}


@call("chat")
def chat(asked: Asked) -> None:
    assert litellm.completion(**_asked(asked)).choices[0].message.content
    assert _LAST.called.acquire(timeout=_PATIENCE_S)


@call("streamed")
def streamed(asked: Asked) -> None:
    assert [chunk.choices for chunk in litellm.completion(**_asked(asked, stream=True, **_USAGE))]
    assert _LAST.called.acquire(timeout=_PATIENCE_S)


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await litellm.acompletion(**_asked(asked))).choices[0].message.content
    assert await asyncio.to_thread(_LAST.called_in_task.acquire, timeout=_PATIENCE_S)


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


if __name__ == "__main__":
    run_all()
