"""The streams that an application gets: proxies of the SDK's, that read each chunk in passing and end the span once.

Ends, errors, `with` statements and abandoned streams are util-genai's business. It also makes the span current and
records the time since the last chunk for each chunk, which costs about as much as a span, thousands of times in a long
answer. So only the first chunk goes that way: it is the one whose time is on the span, and with which a lazy SDK makes
its request. The others cost a fraction of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry.util.genai.stream import AsyncStreamWrapper, SyncStreamWrapper

from otel_genai_impact._contain import contained

if TYPE_CHECKING:
    from otel_genai_impact.instrumentation._call import Call


class _Reads:
    """What both kinds of streams do with their chunks and at their end."""

    _self_call: Call
    _self_has_begun: bool
    _self_invocation: Any

    def _follow(self, call: Call) -> None:
        self._self_call = call
        self._self_has_begun = False
        call.suspend()

    def _begin(self) -> None:
        """A lazy SDK makes its request when the stream is read first; so its span starts there."""
        self._self_has_begun = True
        if self._self_invocation is None:
            with contained("starting a span for a request"):
                self._self_call.start()
                self._self_call.suspend()
            invocation: Any = self._self_call.invocation
            self._self_invocation = invocation
            if hasattr(invocation, "request_stream"):
                invocation.request_stream = True

    def _process_chunk(self, chunk: Any) -> None:
        self._self_call.read(chunk)

    def _on_stream_end(self) -> None:
        self._self_call.stop()

    def _on_stream_error(self, error: BaseException) -> None:
        self._self_call.fail(error)


class Stream(_Reads, SyncStreamWrapper[Any]):
    """An iterator."""

    def __init__(self, stream: Any, call: Call) -> None:
        super().__init__(stream, call.invocation)
        self._follow(call)

    def __next__(self) -> Any:
        if not self._self_has_begun:
            self._begin()
            return super().__next__()
        try:
            chunk = next(self._self_iterator)
        except StopIteration:
            with self._execution_context():
                self._finalize_success()
            raise
        except BaseException as error:
            with self._execution_context():
                self._finalize_failure(error)
            raise
        self._self_call.read(chunk)
        return chunk

    def close(self) -> None:
        """Some streams are closed by leaving their `with` statement only, and some cannot be closed: they just end."""
        stream = self._self_stream
        if hasattr(stream, "close"):
            super().close()
            return
        with self._execution_context():
            try:
                if hasattr(stream, "__exit__"):
                    stream.__exit__(None, None, None)
            finally:
                self._finalize_success()


class AsyncStream(_Reads, AsyncStreamWrapper[Any]):
    """An asynchronous iterator."""

    def __init__(self, stream: Any, call: Call) -> None:
        super().__init__(stream, call.invocation)
        self._follow(call)

    async def __anext__(self) -> Any:
        if not self._self_has_begun:
            self._begin()
            return await super().__anext__()
        try:
            chunk = await anext(self._self_aiter)
        except StopAsyncIteration:
            with self._execution_context():
                self._finalize_success()
            raise
        except BaseException as error:
            with self._execution_context():
                self._finalize_failure(error)
            raise
        self._self_call.read(chunk)
        return chunk
