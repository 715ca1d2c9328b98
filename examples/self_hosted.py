"""What answers of a model on this machine take, by its energy counters.

Needs `pip install 'otel-genai-impact[measured]' openai`, and a server that speaks OpenAI's API at OPENAI_BASE_URL,
`python tools/local_model.py --port 8080` for one. An application of yours needs none of this: GENAI_IMPACT_MEASURED=local and `opentelemetry-instrument` do it.
"""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor

from openai import OpenAI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import otel_genai_impact

MODEL = os.environ.get("CHAT_MODEL", "HuggingFaceTB/SmolLM2-135M-Instruct")
QUESTIONS = ("What is a joule?", "Why does water boil?", "Name a river in France.")


def ask(question: str) -> None:
    """One question; nothing here is about energy."""
    OpenAI().chat.completions.create(model=MODEL, messages=[{"role": "user", "content": question}], max_tokens=60)


def main() -> None:
    """Ask, then say what each answer took."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)
    otel_genai_impact.instrument(measured="local", detail="full")

    ask(QUESTIONS[0])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ask, QUESTIONS[1:]))

    for span in spans.get_finished_spans():
        said = dict(span.attributes or {})
        modelled = said.get("genai_impact.modelled.energy", said["genai_impact.energy"])
        print(
            f"{said['gen_ai.usage.output_tokens']} tokens: {said['genai_impact.energy']:.3f} J "
            f"({said['genai_impact.source']}; the method says {modelled:.3f} J)"
        )


if __name__ == "__main__":
    main()
