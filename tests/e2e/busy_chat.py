"""The example application over and over, for two tenants and with a model that nobody knows, until stdin is closed.

One tenant is named by the application itself, the other one comes as baggage.
"""

from __future__ import annotations

import importlib
import itertools
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentelemetry import baggage, context

from otel_genai_impact import attribute_to

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def of_block(tenant: str) -> AbstractContextManager[object]:
    return attribute_to(tenant=tenant)


@contextmanager
def of_baggage(tenant: str) -> Generator[None]:
    token = context.attach(baggage.set_baggage("tenant", tenant))
    yield
    context.detach(token)


ROUNDS = ((of_block, "acme", "gpt-4o-mini"), (of_baggage, "globex", "gpt-4.1"), (of_block, "acme", "our-own-model"))


def main() -> None:
    sys.path.insert(0, str(EXAMPLES))
    chat: Any = importlib.import_module("chat")
    closed = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), closed.set()), daemon=True).start()
    for named, tenant, model in itertools.cycle(ROUNDS):
        chat.OPENAI_MODEL = model
        with named(tenant):
            chat.main()
        if closed.wait(0.2):
            return


if __name__ == "__main__":
    main()
