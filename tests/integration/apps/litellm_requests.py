"""An application in which LiteLLM asks twice, elsewhere, or nobody; started by test_litellm.py."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import Any

from opentelemetry import trace

# In no environment with the other SDKs, so no type checker finds it.
litellm: Any = import_module("litellm")
litellm.suppress_debug_info = True
_URL = os.environ["PROVIDER_URL"]
_SAID = [{"role": "user", "content": "hello"}]


def _router(*models: str, **options: Any) -> Any:
    deployments = [{"model_name": model, "litellm_params": {"model": f"openai/{model}"}} for model in models]
    return litellm.Router(model_list=deployments, retry_after=0, **options)


def router_falls_back() -> None:
    """To another model, because the first one is down."""
    router = _router("gpt-4", "gpt-4o", fallbacks=[{"gpt-4": ["gpt-4o"]}], num_retries=0)
    router.completion(model="gpt-4", messages=_SAID)


def router_falls_back_async() -> None:
    """The same, without waiting."""
    router = _router("gpt-4", "gpt-4o", fallbacks=[{"gpt-4": ["gpt-4o"]}], num_retries=0)
    asyncio.run(router.acompletion(model="gpt-4", messages=_SAID))


def router_retries() -> None:
    """The same model, which is up again."""
    _router("gpt-4.1", num_retries=1).completion(model="gpt-4.1", messages=_SAID)


def falls_back() -> None:
    """Without a router."""
    litellm.completion(model="openai/gpt-4", messages=_SAID, max_retries=0, fallbacks=["openai/gpt-4o"])


def mocked() -> None:
    """LiteLLM answers itself."""
    litellm.completion(model="openai/gpt-4o", messages=_SAID, mock_response="Hello")
    list(litellm.completion(model="openai/gpt-4o", messages=_SAID, mock_response="Hello", stream=True))
    asyncio.run(litellm.acompletion(model="openai/gpt-4o", messages=_SAID, mock_response="Hello"))


def cached() -> None:
    """The second of each two is answered with what was kept."""
    litellm.cache = litellm.Cache(type="local")
    for stream in (False, False, True, True):
        answer = litellm.completion(model="openai/gpt-4o", messages=_SAID, stream=stream)
        if stream:
            list(answer)
        time.sleep(0.2)
    litellm.cache = None


def threads() -> None:
    """Six at once, in a class of the application's own, each in a span of its own."""

    class Asking:
        def __call__(self) -> object:
            return litellm.completion("openai/gpt-4o", _SAID)

    async def all_at_once() -> None:
        await asyncio.gather(*(asyncio.to_thread(Asking()) for _ in range(6)))

    asyncio.run(all_at_once())


def loop_body_fails() -> None:
    """The application raises while it reads a stream, and leaves another one early."""
    with suppress(ValueError):
        for chunk in litellm.completion(model="openai/gpt-4o", messages=_SAID, stream=True):
            int(chunk.id)
    for _ in litellm.completion(model="openai/gpt-4o", messages=_SAID, stream=True):
        break


def own_callback() -> None:
    """LiteLLM makes spans itself: one of its own, or it writes onto the application's."""
    litellm.callbacks = ["otel"]
    for asked in ({"model": "openai/gpt-4o"}, {"model": "anthropic/claude-opus-4-5-20251101", "api_base": _URL}):
        litellm.completion(messages=_SAID, **asked)
        time.sleep(0.5)
        with trace.get_tracer("app").start_as_current_span("app"):
            litellm.completion(messages=_SAID, **asked)
            time.sleep(0.5)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
