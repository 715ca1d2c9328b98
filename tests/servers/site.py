"""A WSGI application that asks a model: once while it is loaded, and once for each of its own requests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from openai import OpenAI
from opentelemetry import baggage, context

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment


def ask(client: OpenAI) -> str:
    """Ask, and say which process did."""
    process = str(os.getpid())
    token = context.attach(baggage.set_baggage("worker", process))
    try:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello"}])
    finally:
        context.detach(token)
    return process


def application(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the process that asked."""
    process = ask(_client)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(process)))])
    return [process.encode()]


with OpenAI() as loading:  # closed again: a connection that is open when the process forks would be that of all workers
    ask(loading)
_client = OpenAI()
