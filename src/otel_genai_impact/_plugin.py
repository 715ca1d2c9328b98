"""The composition root: how the span processor gets into an application that knows nothing of it."""

from __future__ import annotations

import os
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Final
from weakref import ref

import wrapt
from opentelemetry import trace
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor
from opentelemetry.instrumentation.utils import unwrap
from opentelemetry.sdk.trace import TracerProvider

from otel_genai_impact._config import Settings, declarative_configuration
from otel_genai_impact._contain import contained
from otel_genai_impact.telemetry.processor import ImpactSpanProcessor
from otel_genai_impact.telemetry.sampling import count_unsampled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from opentelemetry.metrics import MeterProvider

RUN_VARIABLE: Final = "_GENAI_IMPACT_RUN"
"""Set by `genai-impact run`: make a tracer provider if nobody else does."""

# Official instrumentations that come with us, the last one with an extra, and what they import, which must be there. Our own
# wait for their SDK.
_OFFICIAL: Final = {"openai": "openai", "anthropic": "anthropic", "bedrock": "botocore"}
_OF_OFFICIAL_ONES: Final = "opentelemetry.instrumentation.genai."
_OF_OUR_OWN: Final = "otel_genai_impact.instrumentation."


class _MadeWhenAsked:
    """The class for declarative configuration, as an attribute of a class: making it takes longer than importing us."""

    def __get__(self, instance: object, owner: type) -> type:
        return declarative_configuration()


class GenAIImpactInstrumentor(BaseInstrumentor):
    """Attaches the span processor to the current, a later, and every additional tracer provider.

    This is the entry point `genai_impact` of `opentelemetry_instrumentor`, which `opentelemetry-instrument` and the
    distributions built on it load. Its keywords are the settings; `tracer_provider` attaches to that one alone.
    """

    # Read by OpenTelemetry's configurator: it makes one from the file's options.
    configuration = _MadeWhenAsked()

    # BaseInstrumentor is a singleton whose __init__ runs on every call, so the state is the class's.
    _attached: ClassVar[dict[int, tuple[ref[Any], ImpactSpanProcessor]]] = {}
    _keywords: ClassVar[dict[str, Any]] = {}
    _attaches_to_new: ClassVar[bool] = False
    # In a tuple: a wrapper is a descriptor, which an attribute of a class would bind.
    _wrapper: ClassVar[tuple[object, ...]] = ()

    def instrumentation_dependencies(self) -> Collection[str]:
        """None: it needs no provider's SDK."""
        return ()

    def _instrument(self, **kwargs: Any) -> None:
        self.attach(**kwargs)

    def attach(self, *, tracer_provider: Any = None, **keywords: Any) -> None:
        """What `instrument` does, and may be done again: with other settings, or for one more tracer provider."""
        # An exception here would end the auto-instrumentation of the whole application.
        with contained("attaching to the tracer providers"):
            if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
                return
            if tracer_provider is not None:
                self._attach(tracer_provider, keywords)
                return
            cls = type(self)
            # What was said before holds until something else is: declarative configuration speaks before the code.
            cls._keywords = {**cls._keywords, **keywords}
            if os.environ.get(RUN_VARIABLE):
                _provide()
            self._attach(trace.get_tracer_provider(), cls._keywords)
            for provider, _ in list(cls._attached.values()):
                self._attach(provider(), cls._keywords)
            settings = Settings.load(cls._keywords)
            cls._attaches_to_new = settings.enabled
            if settings.enabled and settings.summary:
                # Also where no tracer provider comes, to say so.
                from otel_genai_impact.telemetry import summary

                summary.print_at_exit(settings)
            if not cls._wrapper and cls._attaches_to_new:
                wrapt.wrap_function_wrapper(TracerProvider, "__init__", self._attach_to_new)
                cls._wrapper = (vars(TracerProvider)["__init__"],)

    def _uninstrument(self, **kwargs: Any) -> None:  # noqa: ARG002
        with contained("detaching from the tracer providers"):
            cls = type(self)
            cls._keywords = {}
            cls._attaches_to_new = False
            # Where somebody else has wrapped it after us, ours stays below theirs, and does nothing.
            if cls._wrapper and vars(TracerProvider)["__init__"] is cls._wrapper[0]:
                unwrap(TracerProvider, "__init__")
                cls._wrapper = ()
            # The SDK has no way to remove a span processor, so ours stay and do nothing.
            for provider, processor in list(cls._attached.values()):
                processor.active = False
                count_unsampled(provider(), wanted=False)

    def _attach_to_new(
        self, wrapped: Callable[..., None], instance: TracerProvider, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        wrapped(*args, **kwargs)
        if self._attaches_to_new:
            with contained("attaching to a new tracer provider"):
                self._attach(instance, self._keywords)

    def _attach(self, provider: Any, keywords: dict[str, Any]) -> None:
        known = self._attached.get(id(provider))
        if known is not None and known[0]() is provider:
            known[1].configure(**keywords)
        elif isinstance(provider, TracerProvider):
            # Not the method of a subclass, which may not be ready yet.
            TracerProvider.add_span_processor(provider, self._new_processor(provider, keywords))
        elif hasattr(provider, "add_span_processor"):
            provider.add_span_processor(self._new_processor(provider, keywords))
        else:
            return  # not an SDK's: the API's proxy, or another vendor's
        settings = Settings.load(keywords)
        count_unsampled(
            provider,
            wanted=settings.enabled and settings.count_unsampled,
            marking=settings.enabled and settings.across_processes,
        )

    def _new_processor(self, provider: Any, keywords: dict[str, Any]) -> ImpactSpanProcessor:
        """A processor for this provider, remembered as long as that lives. By identity: some cannot be hashed."""
        key, attached = id(provider), self._attached
        processor = ImpactSpanProcessor(**keywords)
        attached[key] = (ref(provider, lambda _: attached.pop(key, None)), processor)
        return processor


def _provide() -> None:
    """Configure the SDK from the environment where no distribution did: `genai-impact run` needs no extra for it."""
    if not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return
    with contained("configuring the OpenTelemetry SDK from the environment"):
        from opentelemetry.sdk._configuration import _OTelSDKConfigurator

        _OTelSDKConfigurator().configure()  # pyright: ignore[reportUnknownMemberType]
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        trace.set_tracer_provider(TracerProvider())


def instrument(
    *,
    tracer_provider: trace.TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    **settings: Any,
) -> None:
    """One line for applications that are not started by `opentelemetry-instrument`.

    Attaches to the tracer providers, and starts the instrumentations that come with us, official or our own, of the
    SDKs that are installed and not instrumented yet. Never raises.

    Args:
        tracer_provider: attach to this one alone; if not given, to the global one and to all that are made later.
        meter_provider: where the metrics go; the global one if not given.
        **settings: `zone`, `method`, `detail` and so on; see docs/configuration.md.
    """
    providers = {"tracer_provider": tracer_provider, "meter_provider": meter_provider}
    given = {name: provider for name, provider in providers.items() if provider is not None}
    ours = GenAIImpactInstrumentor()
    if ours.is_instrumented_by_opentelemetry:
        ours.attach(**given, **settings)
    else:
        ours.instrument(**given, **settings)
    with contained("starting the instrumentations of SDKs"):
        for instrumentor in _instrumentors_of_sdks() if Settings.load(settings).enabled else []:
            if not instrumentor.is_instrumented_by_opentelemetry:
                # Our own look for their SDK once it is imported; to look now would be a complaint for each that is not there.
                ours_too = type(instrumentor).__module__.startswith(_OF_OUR_OWN)
                instrumentor.instrument(skip_dep_check=ours_too, **given)
                _started.append(instrumentor)


def uninstrument() -> None:
    """Undo `instrument()`. What was counted until now is still exported."""
    ours = GenAIImpactInstrumentor()
    if ours.is_instrumented_by_opentelemetry:
        ours.uninstrument()
    with contained("stopping the instrumentations of SDKs"):
        while _started:
            _started.pop().uninstrument()


_started: Final[list[BaseInstrumentor]] = []


def _instrumentors_of_sdks() -> list[BaseInstrumentor]:
    disabled = {name.strip() for name in os.environ.get("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", "").split(",")}
    found: list[BaseInstrumentor] = []
    for entry_point in entry_points(group="opentelemetry_instrumentor"):
        name, value = entry_point.name, entry_point.value
        ours = value.startswith(_OF_OUR_OWN)
        official = name in _OFFICIAL and value.startswith(_OF_OFFICIAL_ONES) and find_spec(_OFFICIAL[name]) is not None
        if (ours or official) and not disabled & {name, "*"}:
            # An SDK that is too old for the official one must not cost the others theirs.
            with contained(f"loading the instrumentation {name}"):
                found.append(entry_point.load()())
    return found
