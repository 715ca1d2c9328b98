"""One call of an SDK, from its start to its one end: what it gives keeps its type, its laziness and its errors."""

from __future__ import annotations

import inspect
import weakref
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from opentelemetry.context import get_current
from opentelemetry.util.genai.stream import AbandonedStreamError

from otel_genai_impact._contain import contained, failed
from otel_genai_impact.instrumentation._asked import MEDIA, asked_in
from otel_genai_impact.instrumentation._reading import text
from otel_genai_impact.instrumentation._stream import AsyncStream, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.util.genai.handler import TelemetryHandler
    from opentelemetry.util.genai.invocation import EmbeddingInvocation, InferenceInvocation

    from otel_genai_impact.instrumentation._endpoint import Endpoint

EMBEDDINGS: Final = "embeddings"
# Numbers in a request that the conventions have an attribute for, under the name that SDKs and util-genai share.
_PARAMETERS: Final = ("temperature", "top_p", "top_k", "max_tokens", "frequency_penalty", "presence_penalty", "seed")


class Call:
    """One request: the span that tells of it, and what was read of it so far.

    Attributes:
        invocation: None before a lazy request has started, or if it could not be started.
    """

    __slots__ = (
        "_asked", "_context", "_endpoint", "_handler", "_model", "_operation", "_parameters", "_provider", "_reads", "_server",
        "invocation",
    )  # fmt: skip

    def __init__(
        self,
        handler: TelemetryHandler,
        endpoint: Endpoint,
        provider: str,
        instance: object,
        arguments: Mapping[str, Any],
    ) -> None:
        self._handler = handler
        self._endpoint = endpoint
        self._reads = endpoint.read
        self._operation = endpoint.operation_of(arguments) or ""
        self._provider = text(endpoint.provider(instance, arguments)) or provider
        # Be it a text or a URL object of an HTTP library.
        self._server = _server(str(endpoint.base_url(instance, arguments) or ""))
        self._model = text(endpoint.model(instance, arguments))
        given = endpoint.parameters(arguments)
        self._parameters = {name: given[name] for name in _PARAMETERS if _is_number(given.get(name))}
        self._asked = asked_in(given) if endpoint.output in MEDIA else {}
        self._context = get_current()
        self.invocation: InferenceInvocation | EmbeddingInvocation | None = None
        if not endpoint.lazy(arguments):
            self.start()

    def begin(self, *, provider: object, base_url: object, model: object) -> None:
        """Start the span of a call for which the SDK chooses only now whom it asks, where, and perhaps the model."""
        if self.invocation is None:
            self._provider = text(provider) or self._provider
            self._server = _server(base_url)
            self._model = text(model) or self._model
            self.start()

    def start(self) -> None:
        """Start the span, below the one that was current when the application made the call."""
        address, port = self._server
        if self._operation == EMBEDDINGS:
            self.invocation = self._handler.embedding(
                self._provider,
                request_model=self._model,
                server_address=address,
                server_port=port,
                context=self._context,
            )
            return
        self.invocation = self._handler.inference(
            self._provider,
            request_model=self._model,
            server_address=address,
            server_port=port,
            operation_name=self._operation,
            context=self._context,
        )
        for name, value in self._parameters.items():
            setattr(self.invocation, name, value)
        if self._endpoint.output is not None:
            self.invocation.output_type = self._endpoint.output
            self.invocation.attributes.update(self._asked)

    def read(self, given: object) -> None:
        """Read a response, or one chunk of a stream: as often as there are chunks."""
        invocation = self.invocation
        if invocation is not None:
            try:
                self._reads(invocation, given)
            except Exception:  # noqa: BLE001 -- the edge: nothing of ours reaches the user's call
                failed("reading an SDK's response")

    def stop(self) -> None:
        """End the span of a request that succeeded."""
        with contained("ending the span of a request"):
            if self.invocation is not None:
                self.invocation.stop()

    def fail(self, error: BaseException) -> None:
        """End the span of a request that failed."""
        if self._endpoint.inner and isinstance(error, AbandonedStreamError):
            self.stop()
            return
        with contained("ending the span of a request that failed"):
            if self.invocation is not None:
                self.invocation.fail(error)

    def forget(self) -> None:
        """There was no request: a span that never ends is never exported, nor counted."""
        self.suspend()
        self.invocation = None

    def suspend(self) -> None:
        """The application has the thread again, while its request goes on."""
        if self.invocation is not None:
            self.invocation.suspend()

    def given(self, result: Any, *, is_async: bool = False) -> Any:
        """What the application gets for what the SDK gave."""
        with contained("following an SDK's response"):
            if _is_raw(result) and not inspect.iscoroutinefunction(result.parse) and result.http_response.is_closed:
                return self._done(result, result.parse)
            return self._followed(result, is_async=is_async)
        self.stop()
        return result

    async def given_async(self, result: Any) -> Any:
        """The same for a coroutine: only there can the body of a raw response be had by waiting."""
        with contained("following an SDK's response"):
            if _is_raw(result) and inspect.iscoroutinefunction(result.parse) and result.http_response.is_closed:
                parsed = await result.parse()
                return self._done(result, lambda: parsed)
            # There are SDKs whose asynchronous clients have raw responses that do not wait.
            return self.given(result, is_async=True)
        self.stop()
        return result

    def _done(self, result: Any, parse: Any) -> Any:
        """A raw response whose body was received: it ends here, unless it is that of a stream."""
        self.read(parse())
        self.stop()
        return result

    def stream(self, stream: Any, *, is_async: bool = False) -> Any:
        """What the application gets for a stream: a proxy, or the stream itself with a proxy of its generator."""
        if self._endpoint.reads_stream is not None:
            self._reads = self._endpoint.reads_stream(stream)
        name = self._endpoint.stream_in
        followed = stream if name is None else getattr(stream, name)
        # Some streams can be read both ways, and are read the way in which they were asked for.
        can_be_sync, can_be_async = hasattr(followed, "__next__"), hasattr(followed, "__anext__")
        proxy = (Stream if can_be_sync and not (is_async and can_be_async) else AsyncStream)(followed, self)
        if name is None:
            return proxy
        setattr(stream, name, proxy)
        return stream

    def _followed(self, result: Any, *, is_async: bool) -> Any:
        if self._endpoint.kept(result):
            self.forget()
            return result
        if self._endpoint.follow is not None:
            return self._endpoint.follow(result, self)
        if _is_stream(result):
            return self.stream(result, is_async=is_async)
        if _is_raw(result):
            self.suspend()
            _Raw(result, self)
            return result
        self.read(result)
        self.stop()
        return result


def _is_raw(result: object) -> bool:
    """Whether it is a raw response of an SDK that Stainless generates: the parsed one comes out of `parse`."""
    # Of its class first: to ask a model of pydantic's for what it does not have takes long.
    return hasattr(type(result), "parse") and hasattr(result, "http_response")


class _Raw:
    """Follows a raw response: reads it when the application parses it, ends when it is closed, parsed or not."""

    def __init__(self, result: Any, call: Call) -> None:
        self._call = call
        self._http = http = result.http_response
        self._parse, self._close, self._aclose = result.parse, http.close, http.aclose
        self._followed: dict[int, Any] = {}
        self._parsing = 0
        result.parse = self._parsed_async if inspect.iscoroutinefunction(result.parse) else self._parsed
        http.close, http.aclose = self._closed, self._closed_async
        # One that is neither parsed nor closed ends when nobody holds it any more.
        weakref.finalize(http, call.stop)

    def _parsed(self, *args: Any, **kwargs: Any) -> Any:
        with self:
            return self._follow(self._parse(*args, **kwargs))

    async def _parsed_async(self, *args: Any, **kwargs: Any) -> Any:
        with self:
            return self._follow(await self._parse(*args, **kwargs))

    def _closed(self) -> None:
        try:
            self._close()
        finally:
            self._end()

    async def _closed_async(self) -> None:
        try:
            await self._aclose()
        finally:
            self._end()

    def _follow(self, parsed: Any) -> Any:
        if id(parsed) not in self._followed:
            is_stream = _is_stream(parsed)
            self._followed[id(parsed)] = self._call.given(parsed) if is_stream else parsed
            if not is_stream:
                self._call.read(parsed)
        return self._followed[id(parsed)]

    def __enter__(self) -> None:
        self._parsing += 1

    def __exit__(self, *error: object) -> None:
        self._parsing -= 1
        if self._http.is_closed:
            self._end()

    def _end(self) -> None:
        # Parsing closes a body that it reads to its end; what it says comes only then.
        if not self._parsing:
            self._call.stop()


def _is_stream(result: object) -> bool:
    kind = type(result)
    return hasattr(kind, "__next__") or hasattr(kind, "__anext__")


@lru_cache(maxsize=128)
def _server(base_url: str) -> tuple[str | None, int | None]:
    """Address and port of a client's base URL."""
    url = urlsplit(base_url)
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    return (url.hostname, port) if url.hostname else (None, None)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
