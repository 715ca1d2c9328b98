"""Ten thousand requests, as an instrumentation would report them, about a thousand a second.

Says when half of them are done. For a test that kills the Collector then.
"""

from __future__ import annotations

import time

from opentelemetry import trace

REQUESTS = 10_000
BURST, PAUSE_S = 100, 0.08


def main() -> None:
    tracer = trace.get_tracer("test")
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 200,
    }
    for number in range(1, REQUESTS + 1):
        with tracer.start_as_current_span("chat gpt-4o-mini", attributes=attributes):
            pass
        if number % BURST == 0:
            time.sleep(PAUSE_S)
        if number == REQUESTS // 2:
            print("half", flush=True)


if __name__ == "__main__":
    main()
