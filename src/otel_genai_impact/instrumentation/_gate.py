"""The gate before requests: budgets may refuse them before they are sent.

It stands in our own instrumentations, and in the clients of the SDKs that the official ones instrument: where all of
their requests pass, streamed, raw or parsed, and once, however often the SDK tries again. Nothing is wrapped before a
budget that refuses is entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import wrapt

from otel_genai_impact._contain import contained

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import ModuleType

# By the SDK's module: the ends of the paths to which requests to a model are posted.
_CLIENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "openai._base_client": (
        *("/chat/completions", "/completions", "/responses", "/responses/compact", "/embeddings", "/videos"),
        *("/images/generations", "/images/edits", "/images/variations"),
        *("/audio/speech", "/audio/transcriptions", "/audio/translations"),
    ),
    "anthropic._base_client": ("/v1/messages", "/v1/complete"),
}
_BEDROCK: Final = "bedrock-runtime"
_OF_BEDROCK: Final = frozenset({"Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream"})


class Gate:
    """Asks before a request; nothing is asked until somebody wants to be."""

    def __init__(self) -> None:
        self.ask: Callable[[], None] | None = None
        self.ask_async: Callable[[], Awaitable[None]] | None = None

    def put_up(self, ask: Callable[[], None], ask_async: Callable[[], Awaitable[None]]) -> None:
        """Ask these from now on, which raise what the application is to get instead of an answer. Once is enough."""
        if self.ask is not None:
            return
        self.ask, self.ask_async = ask, ask_async
        for name in _CLIENTS:
            wrapt.register_post_import_hook(_wrap_client, name)
        wrapt.register_post_import_hook(_wrap_botocore, "botocore.client")


GATE: Final = Gate()


def _wrap_client(module: ModuleType) -> None:
    with contained(f"putting a gate before the requests of {module.__name__}"):
        paths = _CLIENTS[module.__name__]

        def is_request(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
            options = kwargs.get("options", args[1] if len(args) > 1 else None)
            method, url = getattr(options, "method", ""), getattr(options, "url", "")
            return str(method).lower() == "post" and str(url).partition("?")[0].endswith(paths)

        def sync(wrapped: Any, _instance: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
            if GATE.ask is not None and is_request(args, kwargs):
                GATE.ask()
            return wrapped(*args, **kwargs)

        async def coroutine(wrapped: Any, _instance: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
            if GATE.ask_async is not None and is_request(args, kwargs):
                await GATE.ask_async()
            return await wrapped(*args, **kwargs)

        wrapt.wrap_function_wrapper(module, "SyncAPIClient.request", sync)
        wrapt.wrap_function_wrapper(module, "AsyncAPIClient.request", coroutine)


def _wrap_botocore(module: ModuleType) -> None:
    with contained("putting a gate before the requests to Bedrock"):

        def sync(wrapped: Any, instance: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
            operation = args[0] if args else kwargs.get("operation_name")
            if GATE.ask is not None and operation in _OF_BEDROCK and _service_of(instance) == _BEDROCK:
                GATE.ask()
            return wrapped(*args, **kwargs)

        wrapt.wrap_function_wrapper(module, "BaseClient._make_api_call", sync)


def _service_of(client: Any) -> str | None:
    return getattr(getattr(getattr(client, "meta", None), "service_model", None), "service_name", None)
