"""Raw responses of SDKs that Stainless generates, and how what an SDK gave is told apart."""

from __future__ import annotations

import inspect
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from otel_genai_impact.instrumentation._call import Call


def is_raw(result: object) -> bool:
    """Whether it is a raw response of an SDK that Stainless generates: the parsed one comes out of `parse`."""
    # Of its class first: to ask a model of pydantic's for what it does not have takes long.
    return hasattr(type(result), "parse") and hasattr(result, "http_response")


def is_stream(result: object) -> bool:
    kind = type(result)
    return hasattr(kind, "__next__") or hasattr(kind, "__anext__")


class RawResponse:
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
            streams = is_stream(parsed)
            self._followed[id(parsed)] = self._call.given(parsed) if streams else parsed
            if not streams:
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
