"""A support chatbot that hands over to a human when it has emitted more than its answer is worth.

    pip install 'otel-genai-impact[distro]' openai
    OPENAI_API_KEY=... genai-impact run python examples/support_chatbot.py

It asks again until the model says that the problem is solved. After the call with which the budget of one answer is used up, it
stops asking and opens a ticket. OPENAI_BASE_URL, CHAT_MODEL and BUDGET_G point it elsewhere. What the trace shows, and which alert
tells you: docs/budgets.md.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from openai import OpenAI

from otel_genai_impact import budget

if TYPE_CHECKING:
    from otel_genai_impact.telemetry.budgets.handing_over import Exceeded

MODEL = os.environ.get("CHAT_MODEL", "gpt-4o-mini")
BUDGET_G = float(os.environ.get("BUDGET_G", "0.5"))
MOST_CALLS = 20


def open_ticket(exceeded: Exceeded) -> None:
    """What a real one would do: write to the queue of the people who answer."""
    print(
        f"TICKET: {exceeded.budget} has used {exceeded.used:.3g} of {exceeded.limit:g} {exceeded.unit} CO2eq, "
        f"at most {exceeded.used_high:.3g}; trace {exceeded.trace_id}",
        flush=True,
    )


def answer(question: str) -> str:
    """Ask until it is solved, or until that is no longer worth it."""
    client = OpenAI()
    said = question
    with budget("support-answer", gwp_g=BUDGET_G, on_exceeded=open_ticket) as block:
        for call in range(1, MOST_CALLS + 1):
            completion = client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": said}], max_completion_tokens=300
            )
            said = completion.choices[0].message.content or ""
            print(f"call {call}: {block.used.gwp_g:.3g} g CO2eq so far", flush=True)
            if "SOLVED" in said:
                return said
            if block.exceeded:
                return "A colleague will be with you shortly."
    return "I am sorry, I could not solve it."


if __name__ == "__main__":
    print(answer(" ".join(sys.argv[1:]) or "My parcel is late. Write SOLVED when we are done."))
