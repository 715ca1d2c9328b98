"""The application that uses the OpenAI SDK, with Logfire, which makes spans of its own in a tracer provider of its own."""

from __future__ import annotations

import openai_sdk as openai_sdk  # noqa: PLC0414 -- its calls
from calls import package, run_all

if __name__ == "__main__":
    logfire = package("logfire")
    logfire.configure(send_to_logfire=False, console=False)
    logfire.instrument_openai()
    run_all()
