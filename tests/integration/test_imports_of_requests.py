"""No request imports anything: a process that is forked in the middle of an import waits for it for ever."""

from __future__ import annotations

import subprocess
import sys

import pytest

_MANY_REQUESTS = """
import sys
from itertools import product
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from otel_genai_impact import ImpactSpanProcessor

provider = TracerProvider(shutdown_on_exit=False)
metrics = MeterProvider(shutdown_on_exit=False)
provider.add_span_processor(
    ImpactSpanProcessor(meter_provider=metrics, method=sys.argv[1], histograms="energy,gwp", metric_attributes="tenant")
)
tracer = provider.get_tracer("application")
known = set(sys.modules)

NAMES = (
    "gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-latest", "ft:gpt-4o:me::1", "us.anthropic.claude-sonnet-4-5-v1:0",
    "meta-llama/Llama-3.1-8B-Instruct", "openai/gpt-4o", "claude-99-opus", "qwen3-999b-a9b", "nobody-knows-it",
)
PROVIDERS = ("openai", "anthropic", "aws.bedrock", "azure.ai.openai", "somebody")
PLACES = (
    {}, {"server.address": "api.openai.com"}, {"server.address": "localhost"}, {"server.address": "10.0.0.1"},
    {"server.address": "[::1]"}, {"server.address": "http://my.host:11434"},
    {"server.address": "bedrock-runtime.eu-west-3.amazonaws.com"},
)
OPERATIONS = ("chat", "embeddings", "image_generation", "generate_content", "invoke_agent", "execute_tool", "a-new-one")
OUTPUTS = (30, 0, -1, "many", float("nan"), 10**30)

def asked(operation="chat", output=30, **more):
    usage = {"gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": output}
    with tracer.start_as_current_span("a request", attributes={"gen_ai.operation.name": operation, **usage, **more}):
        pass

def of(name, provider):
    return {"gen_ai.request.model": name, "gen_ai.provider.name": provider}

for name, provider_name, place in product(NAMES, PROVIDERS, PLACES):
    asked(**of(name, provider_name), **place)
for operation, output in product(OPERATIONS, OUTPUTS):
    asked(operation, output, **of("gpt-4o", "openai"), tenant="acme")
asked(**of("gpt-4o", "openai"), **{"gen_ai.response.energy": 3.0, "gen_ai.response.id": "1"})
for attributes in (
    {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.token_count.completion": 3},
    {"langfuse.observation.model.name": "gpt-4o", "langfuse.observation.usage_details": '{"output": 4}'},
    {"traceloop.span.kind": "llm", "gen_ai.system": "OpenAI", "gen_ai.request.model": "o3", "gen_ai.usage.completion_tokens": 3},
):
    with tracer.start_as_current_span("another dialect", attributes=attributes):
        pass
metrics.force_flush()
print(*sorted(set(sys.modules) - known))
"""


@pytest.mark.parametrize("method", ["ecologits-0.11", "native-1"])
def test_no_request_imports_anything(method: str) -> None:
    """Of all kinds, names, places and dialects; what any of them needs came with the span processor."""
    command = [sys.executable, "-c", _MANY_REQUESTS, method]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert "" == done.stdout.strip()
