"""Two tenants and a stranger ask the service of examples/tenant_service.py; prints what each got."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[3] / "examples"))
app: Any = import_module("tenant_service").app


async def _ask(client: httpx.AsyncClient, key: str) -> tuple[int, dict[str, object]]:
    answer = await client.post(
        "/ask", json={"question": "Hello?"}, headers={"Authorization": f"Bearer {key}"}, timeout=60
    )
    return answer.status_code, answer.json()


async def main() -> None:
    """One after the other, so that what is used up is known."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        asked = ("key-of-ada", "key-of-ada", "key-of-ada", "key-of-bob", "key-of-nobody")
        print(json.dumps([await _ask(client, key) for key in asked]))


asyncio.run(main())
