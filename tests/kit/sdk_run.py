"""One application that makes many calls with a provider's real SDK: run bare, and run under `opentelemetry-instrument`."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

from tests.kit.app import run_app
from tests.kit.otlp_sink import OtlpSink
from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from tests.kit.answers import Answer, Json
    from tests.kit.otlp_records import Attributes, SpanRecord

PREFIX: Final = "genai_impact."
NOT_ESTIMATED: Final = "genai_impact.not_estimated"
_PATIENCE_S: Final = 120.0  # some SDKs take seconds to be imported, and a busy machine makes many of them


class CallLine(TypedDict):
    """What the application told of one call: see tests/integration/apps/calls.py."""

    call: str
    model: str
    classes: list[str]
    types: list[str]
    answer: Json
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """One call that the application makes. No two have the same model: spans and metric points are told apart by it.

    Attributes:
        model: the model to ask.
        answer: what the server answers.
        requests: how often it asks.
        entry: the inventory entry that stands for the model; None: one of its own name.
    """

    model: str
    answer: Answer
    requests: int = 1
    entry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SdkRun:
    """What came out of both runs.

    Attributes:
        port: of the server that was asked.
    """

    port: int
    plan: Mapping[str, PlannedCall]
    bare: Mapping[str, CallLine]
    instrumented: Mapping[str, CallLine]
    sink: OtlpSink
    stderr: str

    def spans_of(self, call: str) -> list[SpanRecord]:
        """The spans that instrumentations made for this call, in the order of their end."""
        model = self.plan[call].model
        return [span for span in self.sink.spans if span.attributes.get("gen_ai.request.model") == model]

    def counted_spans_of(self, call: str) -> list[SpanRecord]:
        """Those that are no duplicates."""
        return [span for span in self.spans_of(call) if span.attributes.get(NOT_ESTIMATED) != "duplicate"]

    def estimated_spans(self) -> list[SpanRecord]:
        """Those of all calls that have an estimate."""
        return [span for span in self.sink.spans if "genai_impact.energy" in span.attributes]

    def requests_counted(self, call: str, **attributes: str) -> float:
        """What the metric of requests says of this call."""
        return self.sink.sum_of(
            "genai_impact.requests", **{"gen_ai.response.model": self.plan[call].model, **attributes}
        )


def impact_attributes(span: SpanRecord) -> Attributes:
    """What the product wrote on an inference; roll-ups, which belong to spans above it, are left out."""
    return {
        name: value
        for name, value in span.attributes.items()
        if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}rollup.")
    }


@contextmanager
def sdk_run(
    app: Path, plan: Mapping[str, PlannedCall], *, protocol: str, environment: Mapping[str, str]
) -> Generator[SdkRun]:
    """Runs the application twice against the same answers; the sink stays open for the tests to ask.

    Args:
        app: a file that makes its calls with tests/integration/apps/calls.py.
        plan: what it calls, and what the server answers.
        protocol: of OTLP, `grpc` or `http/protobuf`.
        environment: more variables for the instrumented run.
    """
    models = json.dumps({call: planned.model for call, planned in plan.items()})
    with ProviderServer() as provider, OtlpSink() as sink:
        for call, planned in plan.items():
            provider.answer_to(call, planned.answer)
        bare = run_app(app, models, provider=provider, launcher=(), timeout_s=_PATIENCE_S).checked()
        instrumented = run_app(
            app, models, provider=provider, sink=sink, protocol=protocol, environment=environment, timeout_s=_PATIENCE_S
        ).checked()
        yield SdkRun(
            port=int(provider.url.rpartition(":")[2]),
            plan=plan,
            bare=_lines(bare.stdout),
            instrumented=_lines(instrumented.stdout),
            sink=sink,
            stderr=instrumented.stderr,
        )


def _lines(stdout: str) -> dict[str, CallLine]:
    lines: list[CallLine] = [json.loads(line) for line in stdout.splitlines()]
    return {line["call"]: line for line in lines}
