"""Makes the derived columns, the board and the triggers of this folder in your Honeycomb environment.

    pip install honeycomb-api
    HONEYCOMB_API_KEY=... python apply.py                      # a configuration key with the right to manage all three
    HONEYCOMB_API_URL=https://api.eu1.honeycomb.io ... python apply.py    # for an environment in the EU

What is there already, by its name, is left alone: delete it in Honeycomb to make it again.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from honeycomb import HoneycombAPIError, HoneycombClient
from honeycomb.tools import execute_tool

FOLDER = Path(__file__).resolve().parent
WHOLE_ENVIRONMENT = "__all__"


class Thing(NamedTuple):
    """Something to make: what kind of thing, its name, and what Honeycomb is told."""

    kind: str
    name: str
    content: dict[str, Any]


def plan() -> list[Thing]:
    """What is made, in this order: the board and the triggers ask for the derived columns."""
    columns = _read("derived_columns.json")
    board = _read("board.json")
    triggers = _read("triggers.json")
    return [
        *(Thing("derived_column", it["alias"], {"dataset": WHOLE_ENVIRONMENT, **it}) for it in columns),
        Thing("board", board["name"], board),
        *(Thing("trigger", it["name"], it) for it in triggers),
    ]


async def apply(api_key: str, api_url: str) -> int:
    """How many could not be made."""
    failed = 0
    async with HoneycombClient(api_key=api_key, base_url=api_url) as client:
        existing = {kind: await _names(client, kind) for kind in ("derived_column", "board", "trigger")}
        for thing in plan():
            label = f"{thing.kind.replace('_', ' ')} {thing.name}"
            if thing.name in existing[thing.kind]:
                print(f"there already: {label}")
                continue
            try:
                await execute_tool(client, f"honeycomb_create_{thing.kind}", thing.content)
            except HoneycombAPIError as error:
                failed += 1
                print(f"not made: {label}: {error}", file=sys.stderr)
            else:
                print(f"made: {label}")
    return failed


async def _names(client: HoneycombClient, kind: str) -> set[str]:
    scope = {} if kind == "board" else {"dataset": WHOLE_ENVIRONMENT}
    listed = json.loads(await execute_tool(client, f"honeycomb_list_{kind}s", scope))
    return {it["alias" if kind == "derived_column" else "name"] for it in listed}


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def main() -> int:
    """Applies; 1 if something could not be made."""
    api_key = os.environ.get("HONEYCOMB_API_KEY")
    if not api_key:
        print("set HONEYCOMB_API_KEY to a configuration key of your environment", file=sys.stderr)
        return 1
    try:
        failed = asyncio.run(apply(api_key, os.environ.get("HONEYCOMB_API_URL", "https://api.honeycomb.io")))
    except HoneycombAPIError as error:
        print(f"Honeycomb refused: {error}", file=sys.stderr)
        return 1
    return min(1, failed)


if __name__ == "__main__":
    sys.exit(main())
