"""One call of an SDK, from its start to its one end: what it gives keeps its type, its laziness and its errors."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.context import get_current
from opentelemetry.util.genai.stream import AbandonedStreamError

from otel_genai_impact._contain import contained, failed
from otel_genai_impact.instrumentation._asked import MEDIA, media, parameters, server
from otel_genai_impact.instrumentation._raw import RawResponse, is_raw, is_stream
from otel_genai_impact.instrumentation._reading import text
from otel_genai_impact.instrumentation._stream import AsyncStream, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.util.genai.handler import TelemetryHandler
    from opentelemetry.util.genai.invocation import EmbeddingInvocation, InferenceInvocation

    from otel_genai_impact.instrumentation._endpoint import Endpoint

EMBEDDINGS: Final = "embeddings"


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
        self._server = server(str(endpoint.base_url(instance, arguments) or ""))
        self._model = text(endpoint.model(instance, arguments))
        given = endpoint.parameters(arguments)
        self._parameters = parameters(given)
        self._asked = media(given) if endpoint.output in MEDIA else {}
        self._context = get_current()
        self.invocation: InferenceInvocation | EmbeddingInvocation | None = None
        if not endpoint.lazy(arguments):
            self.start()

    def begin(self, *, provider: object, base_url: object, model: object) -> None:
        """Start the span of a call for which the SDK chooses only now whom it asks, where, and perhaps the model."""
        if self.invocation is None:
            self._provider = text(provider) or self._provider
            self._server = server(base_url)
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
            if is_raw(result) and not inspect.iscoroutinefunction(result.parse) and result.http_response.is_closed:
                return self._done(result, result.parse)
            return self._followed(result, is_async=is_async)
        self.stop()
        return result

    async def given_async(self, result: Any) -> Any:
        """The same for a coroutine: only there can the body of a raw response be had by waiting."""
        with contained("following an SDK's response"):
            if is_raw(result) and inspect.iscoroutinefunction(result.parse) and result.http_response.is_closed:
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
        if is_stream(result):
            return self.stream(result, is_async=is_async)
        if is_raw(result):
            self.suspend()
            RawResponse(result, self)
            return result
        self.read(result)
        self.stop()
        return result
