"""What all instrumentations share: one loop that wraps and unwraps what the table of an SDK names."""

from __future__ import annotations

import inspect
import logging
import sys
from functools import cache, partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, ClassVar, Final

import wrapt
from opentelemetry.instrumentation.dependencies import get_dependency_conflicts
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor
from opentelemetry.instrumentation.utils import is_instrumentation_enabled

from otel_genai_impact._contain import contained, log_once
from otel_genai_impact._version import __version__
from otel_genai_impact.instrumentation._endpoint import Around, Endpoint
from otel_genai_impact.instrumentation._gate import GATE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import ModuleType

    from opentelemetry.util.genai.handler import TelemetryHandler

    from otel_genai_impact.instrumentation._call import Call

_PROVIDERS: Final = ("tracer_provider", "meter_provider", "logger_provider")
_GROUP: Final = "opentelemetry_instrumentor"
# Instrumentations of OpenTelemetry, and those named after them, follow the GenAI conventions, which we read.
_FOLLOW_THE_CONVENTIONS: Final = "opentelemetry.instrumentation."


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
                # Where another instrumentation is installed, this release may be its business.
                if not _others(self.entry_point):
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
            if isinstance(endpoint, Around) or not endpoint.optional:
                line = f"{self.requirement}: {endpoint.module} has no {endpoint.name}; not instrumented"
                log_once(logging.WARNING, line)
            return
        if isinstance(endpoint, Around):
            wrap = endpoint.wrap
        else:
            names = _positional(method)[1 if class_name else 0 :]
            # Decorators, of required or deprecated arguments, are no coroutine functions themselves.
            is_async = inspect.iscoroutinefunction(inspect.unwrap(method))
            request = self._request_async if is_async else self._request
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
            if GATE.ask is not None:
                GATE.ask()
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
            if GATE.ask_async is not None:
                await GATE.ask_async()
            result = await wrapped(*args, **kwargs)
        except BaseException as error:
            call.fail(error)
            raise
        return await call.given_async(result)

    def _begun(self, endpoint: Endpoint, names: tuple[str, ...], instance: Any, args: Any, kwargs: Any) -> Call | None:
        with contained("starting a span for a request"):
            if self._active and is_instrumentation_enabled() and not self.stands_back(instance):
                arguments = {**dict(zip(names, args, strict=False)), **kwargs} if args else kwargs
                if endpoint.operation_of(arguments) is None:
                    return None
                # Not before the first request: it takes as long as all else together.
                from otel_genai_impact.instrumentation._call import Call

                handler = self._handler or self._new_handler()
                return Call(handler, endpoint, self.provider, instance, arguments)
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
