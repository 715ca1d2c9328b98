"""What the soak is made of: spans of a busy fleet, and those of somebody who wants us to grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opentelemetry.context import Context
from opentelemetry.trace import set_span_in_context

if TYPE_CHECKING:
    from random import Random

    from opentelemetry.sdk.trace import TracerProvider

_ROOT: Final = Context()
_MODELS: Final = (
    ("openai", "gpt-4o"),
    ("openai", "gpt-5-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("mistral_ai", "mistral-small-2506"),
    ("aws.bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("azure.ai.openai", "gpt-4.1"),
    ("somebody", "gpt-4o-mini"),
)
_VALUES: Final = (0, -1, 2.5, True, "", "a text", float("nan"), ("a", "list"), 10**30, "x" * 300)
_NEW_MODEL: Final = 0.02
_TWIN: Final = 0.25
_NO_USAGE: Final = 0.1


class Stream:
    """A source of spans. `of_a_fleet` and `of_an_attacker` make some, and count how many and how many requests."""

    def __init__(self, provider: TracerProvider, random: Random) -> None:
        self._framework, self._sdk = provider.get_tracer("framework"), provider.get_tracer("sdk")
        self._random = random
        self.spans = 0
        self.requests = 0

    def of_a_fleet(self) -> None:
        """A request to a server, an agent and a tool below it, and below that requests to models, seen once or twice."""
        random = self._random
        above = [self._framework.start_span("POST /answer", _ROOT, attributes={"http.request.method": "POST"})]
        for operation in ("invoke_agent", "execute_tool")[: random.randrange(3)]:
            context = set_span_in_context(above[-1], _ROOT)
            attributes = {"gen_ai.operation.name": operation}
            above.append(self._framework.start_span(operation, context, attributes=attributes))
        for _ in range(random.randrange(4)):
            self._call(set_span_in_context(above[-1], _ROOT))
        for span in reversed(above):
            span.end()
        self.spans += len(above)

    def _call(self, below: Context) -> None:
        random = self._random
        provider, model = random.choice(_MODELS)
        if random.random() < _NEW_MODEL:
            model = f"{model}-{random.getrandbits(64):x}"
        names = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model}
        said: dict[str, object] = {
            "gen_ai.response.id": f"id-{random.getrandbits(64):x}",
            f"odd.{random.randrange(10)}": random.choice(_VALUES),
        }
        if random.random() > _NO_USAGE:
            said["gen_ai.usage.input_tokens"] = random.randrange(10_000)
            said["gen_ai.usage.output_tokens"] = random.choice((random.randrange(1, 5_000), "12", 7.0, -1))
        tracers = (self._sdk, self._framework) if random.random() < _TWIN else (self._sdk,)
        spans = [tracer.start_span(f"chat {model}", below, attributes=names) for tracer in tracers]
        for span in spans:
            span.set_attributes(said)  # type: ignore[arg-type]
            span.end()
        self.spans += len(spans)
        self.requests += 1

    def of_an_attacker(self) -> None:
        """A request with a model, a host, a region, a provider, an operation and a tenant that nobody named before."""
        number = self._random.getrandbits(64)
        kind = self.requests % 4
        model = (
            "gpt-4o",
            f"model-{number:x}",
            f"us.anthropic.claude-{number:x}-v1:0",
            "gpt-4o" + "x" * (number % 300),
        )[kind]
        span = self._sdk.start_span(
            f"chat {model}",
            _ROOT,
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": ("openai", "openai", "aws.bedrock", f"provider-{number:x}")[kind],
                "gen_ai.request.model": model,
                "gen_ai.response.model": model,
                "gen_ai.response.id": f"{number:x}",
                "server.address": (
                    f"https://{number:x}.openai.azure.com/v1",
                    f"{number:x}.example",
                    f"bedrock-runtime.eu-{number:x}-1.amazonaws.com",
                    f"10.{number % 256}.1.2",
                )[kind],
                "tenant": f"tenant-{number:x}",
                "cloud.region": f"zone-{number:x}",
                "gen_ai.usage.input_tokens": number % 1000,
                "gen_ai.usage.output_tokens": 1 + number % 1000,
            },
        )
        span.end()
        self.spans += 1
        self.requests += 1
