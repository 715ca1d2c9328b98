"""One run of a stack: the application in a process of its own, the requests that the server got, what was exported."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from otel_genai_impact.telemetry.request import read
from tests.kit.app import run_app, tool
from tests.kit.otlp_records import total_of
from tests.kit.otlp_sink import OtlpSink
from tests.kit.provider_server import ProviderServer
from tests.kit.sdk_run import NOT_ESTIMATED, impact_attributes
from tests.stacks.stack import APPS, starter_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from tests.kit.otlp_records import SpanRecord
    from tests.stacks.stack import Call, Stack

DUPLICATE: Final = "duplicate"
_PATIENCE_S: Final = 240.0  # frameworks take many seconds to be imported, on a machine that does much else besides


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StackRun:
    """What came out."""

    stack: Stack
    provider: ProviderServer
    sink: OtlpSink
    stderr: str

    def made(self, call: str) -> int:
        """The requests that the server got for this call."""
        return sum(_is_of(request.model, self.stack.calls[call]) for request in self.provider.requests)

    def reporting_spans(self) -> list[SpanRecord]:
        """The spans that report a request, in the order of their end."""
        return [span for span in self.sink.spans if impact_attributes(span)]

    def spans_of(self, call: str) -> list[SpanRecord]:
        """Those that report a request of this call: one of their attributes names its model, in whatever words."""
        planned = self.stack.calls[call]
        return [span for span in self.reporting_spans() if any(_is_of(name, planned) for name in _names_on(span))]

    def counted_spans_of(self, call: str) -> list[SpanRecord]:
        """Those that are no duplicates."""
        return [span for span in self.spans_of(call) if span.attributes.get(NOT_ESTIMATED) != DUPLICATE]

    def duplicates(self) -> list[SpanRecord]:
        """The spans that report a request that another one reports, too."""
        return [span for span in self.reporting_spans() if span.attributes.get(NOT_ESTIMATED) == DUPLICATE]

    def requests_counted(self, call: str) -> float:
        """What the metric of requests says of this call."""
        points = self.sink.points_of("genai_impact.requests")
        planned = self.stack.calls[call]
        return total_of(
            [point for point in points if _is_of(point.attributes.get("gen_ai.response.model"), planned)],
            lambda point: point.total,
        )

    def below(self, above: SpanRecord) -> list[SpanRecord]:
        """The spans below a span, however far."""
        children = [span for span in self.sink.spans if span.parent_span_id == above.span_id]
        return [span for child in children for span in (child, *self.below(child))]

    def root_of(self, call: str) -> SpanRecord:
        """The application's own span around the call."""
        (root,) = self.sink.spans_by_name(f"app: {call}")
        return root


def _names_on(span: SpanRecord) -> Iterable[object]:
    request = read(span.name, span.attributes)
    return (*span.attributes.values(), None if request is None else request.request_model)


def _is_of(name: object, call: Call) -> bool:
    """Whether this is a name of the model that a call asks: some put the provider before it."""
    models = (call.model, *call.aliases)
    return isinstance(name, str) and any(name == model or name.endswith(f"/{model}") for model in models)


@contextmanager
def stack_run(name: str, stack: Stack) -> Generator[StackRun]:
    """Runs the stack's application; server and sink stay open for the tests to ask."""
    starter = starter_of(name)
    launcher = None if starter is None else [tool(command) for command in starter[:1]] + starter[1:]
    wanted = json.dumps({call: (planned.model, planned.requests) for call, planned in stack.calls.items()})
    with ProviderServer() as provider, OtlpSink() as sink:
        for planned in stack.calls.values():
            provider.answer_to(planned.model, *planned.answers)
        result = run_app(
            APPS / f"{stack.app}.py",
            wanted,
            provider=provider,
            sink=sink,
            protocol="http/protobuf",
            environment=stack.environment,
            launcher=launcher,
            timeout_s=_PATIENCE_S,
        ).checked()
        yield StackRun(stack=stack, provider=provider, sink=sink, stderr=result.stderr)
