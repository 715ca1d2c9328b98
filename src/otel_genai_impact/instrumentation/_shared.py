"""What all instrumentations share: one table of endpoints an SDK, and one loop that wraps and unwraps them."""

from __future__ import annotations

import inspect
import logging
import sys
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import wrapt
from opentelemetry.instrumentation.dependencies import get_dependency_conflicts
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor
from opentelemetry.instrumentation.utils import is_instrumentation_enabled

from otel_genai_impact._contain import contained, log_once
from otel_genai_impact._version import __version__
from otel_genai_impact.semconv import GEN_AI_USAGE_INPUT_TOKENS, GEN_AI_USAGE_OUTPUT_TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from types import ModuleType

    from opentelemetry.util.genai.handler import TelemetryHandler

    from otel_genai_impact.instrumentation._call import Call

_PROVIDERS: Final = ("tracer_provider", "meter_provider", "logger_provider")
_GROUP: Final = "opentelemetry_instrumentor"
# Instrumentations of OpenTelemetry, and those named after them, follow the GenAI conventions, which we read.
_FOLLOW_THE_CONVENTIONS: Final = "opentelemetry.instrumentation."
_MOST: Final = 2**63 - 1  # the largest integer that OTLP can carry


def never(kwargs: Mapping[str, Any]) -> bool:  # noqa: ARG001
    """Most endpoints make their request when they are called."""
    return False


def asked_model(instance: object, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    """Most endpoints take the model as an argument of this name."""
    return kwargs.get("model")


def of_the_sdk(instance: object, kwargs: Mapping[str, Any]) -> None:
    """Most SDKs are those of one provider."""


def as_given(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Most endpoints take the parameters of a request as arguments of their own."""
    return kwargs


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method, or function, of an SDK that makes a request.

    Whether it gives a stream is seen by what it gave, not by what it was asked. What looks at a call gets the object that
    the method belongs to (None for a function), and the arguments by their names, however they were given.

    Attributes:
        module: where it is defined.
        name: class and method, `Completions.create`; or a function, `completion`.
        operation: `chat`, `text_completion`, `generate_content`, `embeddings`, or one of those that no method covers yet:
            `image_generation`, `video_generation`, `speech`, `transcription`, `translation`, ...
        read: writes what a response, or one chunk of a stream, says of itself.
        base_url: the base URL of a call.
        model: the model that is asked for.
        provider: `gen_ai.provider.name`, where not all calls of the SDK have the same; None: the instrumentor's.
        parameters: where numbers such as `temperature` and `max_tokens` are found, by these names.
        output: `gen_ai.output.type`, where it is no text: `image`, `video`, `speech`.
        lazy: whether a call with these arguments makes its request only when its stream is read.
        follow: what the application gets for a result that is neither a response nor a stream of itself; None: it is.
    """

    module: str
    name: str
    operation: str
    read: Callable[[Any, Any], None]
    base_url: Callable[[Any, Mapping[str, Any]], object]
    model: Callable[[Any, Mapping[str, Any]], object] = asked_model
    provider: Callable[[Any, Mapping[str, Any]], object] = of_the_sdk
    parameters: Callable[[Mapping[str, Any]], Mapping[str, Any]] = as_given
    output: str | None = None
    lazy: Callable[[Mapping[str, Any]], bool] = never
    follow: Callable[[Any, Call], Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A method that makes no request itself, but has to be wrapped for those that it makes.

    Attributes:
        module: where it is defined.
        name: class and method.
        wrap: gets the method, the object that it belongs to, and the arguments by position and by name.
    """

    module: str
    name: str
    wrap: Callable[[Any, Any, tuple[Any, ...], Mapping[str, Any]], Any]


class SdkInstrumentor(BaseInstrumentor):
    """Instruments one SDK once the application imports it.

    Attributes:
        entry_point: its name, by which `OTEL_PYTHON_DISABLED_INSTRUMENTATIONS` switches it off.
        provider: `gen_ai.provider.name` of its spans.
        requirement: the SDK's distribution and its oldest release that is supported.
        endpoints: what makes requests.
        around: what else is wrapped.
    """

    entry_point: ClassVar[str]
    provider: ClassVar[str]
    requirement: ClassVar[str]
    endpoints: ClassVar[tuple[Endpoint, ...]]
    around: ClassVar[tuple[Around, ...]] = ()

    # BaseInstrumentor is a singleton whose __init__ runs on every call, so the state is the class's.
    _active: ClassVar[bool] = False
    _providers: ClassVar[dict[str, Any]]
    _handler: ClassVar[TelemetryHandler | None] = None
    _hooked: ClassVar[bool] = False
    _wrapped: ClassVar[dict[Endpoint | Around, tuple[Any, str, Any]]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._wrapped = {}
        cls._providers = {}

    def instrumentation_dependencies(self) -> Collection[str]:
        """The SDK; `opentelemetry-instrument` does not ask, so the hook does."""
        return (self.requirement,)

    def stands_back(self, instance: object) -> bool:  # noqa: ARG002
        """Whether somebody else already makes a span, which we can read, for a call of this object."""
        return any(
            getattr(getattr(getattr(sys.modules.get(module), name, None), "_instance", None), _ACTIVE, False)
            for module, name in _others(self.entry_point)
        )

    def _instrument(self, **kwargs: Any) -> None:
        # An exception here would end the auto-instrumentation of the whole application.
        with contained(f"instrumenting {self.entry_point}"):
            cls = type(self)
            cls._active, cls._handler = True, None
            cls._providers = {name: kwargs.get(name) for name in _PROVIDERS}
            modules = dict.fromkeys(method.module for method in (*self.endpoints, *self.around))
            for name in modules:
                if not cls._hooked:
                    wrapt.register_post_import_hook(self._wrap, name)
                elif name in sys.modules:
                    self._wrap(sys.modules[name])
            cls._hooked = True

    def _uninstrument(self, **kwargs: Any) -> None:  # noqa: ARG002
        with contained(f"uninstrumenting {self.entry_point}"):
            cls = type(self)
            cls._active, cls._handler = False, None
            for endpoint, (owner, name, wrapper) in list(self._wrapped.items()):
                # What somebody else has wrapped since stays below theirs, and does nothing.
                if owner.__dict__.get(name) is wrapper:
                    setattr(owner, name, wrapper.__wrapped__)
                    del self._wrapped[endpoint]

    def _wrap(self, module: ModuleType) -> None:
        """Wrap the endpoints of a module that was just imported."""
        with contained(f"wrapping {module.__name__}"):
            if not self._active:
                return
            conflict = get_dependency_conflicts(self.instrumentation_dependencies())
            if conflict is not None:
                log_once(logging.WARNING, f"{self.entry_point} is not instrumented: {conflict}")
                return
            for method in (*self.endpoints, *self.around):
                if method.module == module.__name__ and method not in self._wrapped:
                    self._wrap_method(module, method)

    def _wrap_method(self, module: ModuleType, endpoint: Endpoint | Around) -> None:
        class_name, _, name = endpoint.name.rpartition(".")
        owner = getattr(module, class_name, None) if class_name else module
        method = None if owner is None else vars(owner).get(name)
        if method is None:
            log_once(logging.WARNING, f"{self.requirement}: {endpoint.module} has no {endpoint.name}; not instrumented")
            return
        if isinstance(endpoint, Around):
            wrap = endpoint.wrap
        else:
            names = _positional(method)[1 if class_name else 0 :]
            request = self._request_async if inspect.iscoroutinefunction(method) else self._request
            wrap = partial(request, endpoint, names)
        wrapper = wrapt.FunctionWrapper(method, wrap)
        setattr(owner, name, wrapper)
        self._wrapped[endpoint] = (owner, name, wrapper)

    def _request(
        self, endpoint: Endpoint, names: tuple[str, ...], wrapped: Any, instance: Any, args: Any, kwargs: Any
    ) -> Any:
        call = self._begun(endpoint, names, instance, args, kwargs)
        if call is None:
            return wrapped(*args, **kwargs)
        try:
            result = wrapped(*args, **kwargs)
        except BaseException as error:
            call.fail(error)
            raise
        return call.given(result)

    async def _request_async(
        self, endpoint: Endpoint, names: tuple[str, ...], wrapped: Any, instance: Any, args: Any, kwargs: Any
    ) -> Any:
        call = self._begun(endpoint, names, instance, args, kwargs)
        if call is None:
            return await wrapped(*args, **kwargs)
        try:
            result = await wrapped(*args, **kwargs)
        except BaseException as error:
            call.fail(error)
            raise
        return await call.given_async(result)

    def _begun(self, endpoint: Endpoint, names: tuple[str, ...], instance: Any, args: Any, kwargs: Any) -> Call | None:
        with contained("starting a span for a request"):
            if self._active and is_instrumentation_enabled() and not self.stands_back(instance):
                # Not before the first request: it takes as long as all else together.
                from otel_genai_impact.instrumentation._call import Call

                arguments = {**dict(zip(names, args, strict=False)), **kwargs} if args else kwargs
                return Call(self._handler or self._new_handler(), endpoint, self.provider, instance, arguments)
        return None

    def _new_handler(self) -> TelemetryHandler:
        from opentelemetry.util.genai.handler import TelemetryHandler

        cls = type(self)
        cls._handler = handler = TelemetryHandler(
            **self._providers, instrumentation_scope_name=cls.__module__, instrumentation_scope_version=__version__
        )
        return handler


_ACTIVE: Final = "is_instrumented_by_opentelemetry"


@cache
def _others(name: str) -> tuple[tuple[str, str], ...]:
    """Module and class of the other instrumentations of an SDK that are installed."""
    return tuple(
        (found.module, found.attr)
        for found in entry_points(group=_GROUP, name=name)
        if found.module.startswith(_FOLLOW_THE_CONVENTIONS)
    )


def _positional(function: Callable[..., object]) -> tuple[str, ...]:
    """The names of the arguments that may be given by position."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(name for name, parameter in inspect.signature(function).parameters.items() if parameter.kind in kinds)


def set_usage(
    invocation: Any,
    *,
    input: object = None,  # noqa: A002
    output: object = None,
    cached: object = None,
    reasoning: object = None,
) -> None:
    """Token counts as the provider reports them.

    What is no count goes to the span alone, which says so: util-genai would give it to a histogram, which raises.
    """
    kind = cast("type[object]", type(invocation))
    for key, name, value in (
        (GEN_AI_USAGE_INPUT_TOKENS, "input_tokens", input),
        (GEN_AI_USAGE_OUTPUT_TOKENS, "output_tokens", output),
        (None, "cache_read_input_tokens", cached),
        (None, "thinking_tokens", reasoning),
    ):
        if value is None or not hasattr(kind, name):
            continue
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # noqa: PLW2901 -- some SDKs count in floats
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST:
            setattr(invocation, name, value)
        elif key is not None:
            fits = isinstance(value, (bool, float, str)) or (isinstance(value, int) and abs(value) <= _MOST)
            invocation.attributes[key] = value if fits else str(value)


def set_identity(invocation: Any, *, id: object = None, model: object = None) -> None:  # noqa: A002
    """The response's id, and the model that answered."""
    if text(id) is not None and hasattr(cast("type[object]", type(invocation)), "response_id"):
        invocation.response_id = text(id)
    if text(model) is not None:
        invocation.response_model_name = text(model)


def text(value: object) -> str | None:
    """The value if it is a text that says something; SDKs also have sentinels for what is not given."""
    return value if isinstance(value, str) and value else None


def add_finish_reasons(invocation: Any, reasons: Iterable[object]) -> None:
    """Why the choices ended, in the order in which they did."""
    found = [str(getattr(reason, "value", reason)) for reason in reasons if reason is not None]
    if found:
        invocation.finish_reasons = [*(invocation.finish_reasons or ()), *found]


def read_chat_completion(invocation: Any, given: Any) -> None:
    """A response, or one chunk of a stream, in the shape that OpenAI's API made common.

    Chunks come in thousands, and nearly all have nothing new to say: that is seen quickly.
    """
    if invocation.response_id is None:
        set_identity(invocation, id=given.id, model=given.model)
    for choice in given.choices or ():
        reason = getattr(choice, "finish_reason", None)
        if reason is not None:
            add_finish_reasons(invocation, (reason,))
    usage = getattr(given, "usage", None)
    if usage is not None:
        read_usage(invocation, usage)


def read_usage(invocation: Any, usage: Any) -> None:
    """Its usage, with details where there are any."""
    if usage is None:
        return
    details = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    # Some SDKs make what the provider did not report 0.
    reported = usage.model_fields_set
    set_usage(
        invocation,
        input=usage.prompt_tokens if "prompt_tokens" in reported else None,
        output=getattr(usage, "completion_tokens", None) if "completion_tokens" in reported else None,
        cached=getattr(details[0], "cached_tokens", None),
        reasoning=getattr(details[1], "reasoning_tokens", None),
    )
