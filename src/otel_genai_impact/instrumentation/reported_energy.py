"""Energy that a provider reports to the SDKs of OpenAI and Anthropic, which many others than these two answer.

The official instrumentations make the spans. This reads the responses in passing, and puts what they say of energy on the
span that is current: headers and answers when they come, comments in a stream as it is read. Nothing is changed.
"""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

import wrapt
from opentelemetry import trace
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor

from otel_genai_impact._contain import contained
from otel_genai_impact.instrumentation import _energy
from otel_genai_impact.semconv import GEN_AI_OPERATION_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import ModuleType

    from opentelemetry.trace import Span

_MODULES: Final = ("openai._base_client", "anthropic._base_client")
_CLIENTS: Final = ("SyncAPIClient", "AsyncAPIClient")
_METHOD: Final = "_process_response"
# Their makers report no energy, and have the most to read.
_SILENT_HOSTS: Final = frozenset({"api.openai.com", "api.anthropic.com"})
_HINTS: Final = (b'"energy"', b'"impact"')


class ReportedEnergyInstrumentor(BaseInstrumentor):
    """Reads the energy that providers report in what they answer."""

    # BaseInstrumentor is a singleton whose __init__ runs on every call, so the state is the class's.
    _active: ClassVar[bool] = False
    _hooked: ClassVar[bool] = False

    def instrumentation_dependencies(self) -> Collection[str]:
        """None: it waits for either SDK."""
        return ()

    def _instrument(self, **kwargs: Any) -> None:  # noqa: ARG002
        with contained("instrumenting what providers report"):
            cls = type(self)
            cls._active = True
            if not cls._hooked:
                cls._hooked = True
                for module in _MODULES:
                    wrapt.register_post_import_hook(self._wrap, module)

    def _uninstrument(self, **kwargs: Any) -> None:  # noqa: ARG002
        # What others have wrapped since stays below theirs; ours does nothing.
        cls = type(self)
        cls._active = False

    def _wrap(self, module: ModuleType) -> None:
        with contained(f"wrapping {module.__name__}"):
            for name in _CLIENTS:
                client: Any = getattr(module, name, None)
                method: Any = inspect.getattr_static(client, _METHOD, None)
                if method is not None:
                    is_async = inspect.iscoroutinefunction(method)
                    wrapper = self._processed_async if is_async else self._processed
                    wrapt.wrap_function_wrapper(client, _METHOD, wrapper)

    def _processed(self, wrapped: Callable[..., Any], instance: object, args: Any, kwargs: Any) -> Any:  # noqa: ARG002
        result = wrapped(*args, **kwargs)
        self._read(kwargs.get("response"), result)
        return result

    async def _processed_async(self, wrapped: Callable[..., Any], instance: object, args: Any, kwargs: Any) -> Any:  # noqa: ARG002
        result = await wrapped(*args, **kwargs)
        self._read(kwargs.get("response"), result)
        return result

    def _read(self, response: Any, result: Any) -> None:
        if not self._active or response is None:
            return
        with contained("reading what a provider says of energy"):
            if response.request.url.host in _SILENT_HOSTS:
                return
            span = trace.get_current_span()
            if not span.is_recording() or GEN_AI_OPERATION_NAME not in getattr(span, "attributes", {}):
                return
            _say(span, _energy.in_headers(response.headers))
            decoder = getattr(result, "_decoder", None)
            if decoder is not None:
                decoder.decode = partial(_decode, decoder.decode, span)
            elif (
                response.is_closed
                and response.headers.get("content-type", "").startswith("application/json")
                and any(hint in response.content for hint in _HINTS)
            ):
                _say(span, _energy.in_answer(response.json()))


def _decode(decode: Callable[[str], Any], span: Span, line: str) -> Any:
    """Decode a line of a stream, most of which say nothing of energy."""
    if line[:1] == ":" or '"impact"' in line:
        with contained("reading what a provider says of energy"):
            _say(span, _energy.in_line(line))
    return decode(line)


def _say(span: Span, said: _energy.Said) -> None:
    if said and span.is_recording():
        span.set_attributes(said)
