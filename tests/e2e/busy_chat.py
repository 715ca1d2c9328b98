"""The example application over and over, for two tenants and with a model that nobody knows, until stdin is closed."""

from __future__ import annotations

import importlib
import itertools
import sys
import threading
from pathlib import Path
from typing import Any

from opentelemetry import baggage, context

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ROUNDS = (("acme", "gpt-4o-mini"), ("globex", "gpt-4.1"), ("acme", "our-own-model"))


def main() -> None:
    sys.path.insert(0, str(EXAMPLES))
    chat: Any = importlib.import_module("chat")
    closed = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), closed.set()), daemon=True).start()
    for tenant, model in itertools.cycle(ROUNDS):
        token = context.attach(baggage.set_baggage("tenant", tenant))
        chat.OPENAI_MODEL = model
        chat.main()
        context.detach(token)
        if closed.wait(0.2):
            return


if __name__ == "__main__":
    main()
