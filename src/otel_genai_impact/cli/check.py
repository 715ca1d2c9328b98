"""`genai-impact check FILE`: whether a file of the user's own data can be used, and what it says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from otel_genai_impact.inventory.compiled import inventory
from otel_genai_impact.inventory.custom import SECTIONS, read_custom
from otel_genai_impact.inventory.fields import InventoryError

if TYPE_CHECKING:
    import argparse


def print_check(options: argparse.Namespace) -> int:
    """Print what the file has, or the first problem; the exit code."""
    try:
        custom = read_custom(Path(options.file), inventory())
    except InventoryError as error:
        print(error, file=sys.stderr)
        return 1
    counts = (
        len(custom.models),
        len(custom.deployments),
        len(custom.data_centers),
        len(custom.zones),
        len(custom.contracts),
        len(custom.budgets),
        int(custom.machine is not None),
    )
    words = [f"{name.replace('_', ' ')} {count}" for name, count in zip(SECTIONS, counts, strict=True) if count]
    print(f"{options.file}: fine: {', '.join(words) or 'nothing in it'}")
    return 0
