"""Writes the Grafana dashboards.

python -m tools.grafana            write them
python -m tools.grafana --check    exit 1 if the ones on disk are not what the code gives
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from tools.grafana.budgets import budgets
from tools.grafana.coverage import coverage
from tools.grafana.models import models
from tools.grafana.overview import overview
from tools.grafana.service import service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grafana_foundation_sdk.builders.dashboard import Dashboard

FOLDER: Final = Path(__file__).resolve().parents[2] / "dashboards" / "grafana" / "dashboards"
DASHBOARDS: Final = {
    "overview": overview,
    "service": service,
    "models": models,
    "coverage": coverage,
    "budgets": budgets,
}


def rendered() -> dict[Path, str]:
    """Each file with its text."""
    return {FOLDER / f"{name}.json": _text(build()) for name, build in DASHBOARDS.items()}


def _text(dashboard: Dashboard) -> str:
    content = json.loads(json.dumps(dashboard.build(), cls=JSONEncoder))
    for variable in content["templating"]["list"]:
        for only_of_intervals in ("auto", "auto_min", "auto_count"):  # the library writes them on every variable
            variable.pop(only_of_intervals, None)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes, or compares."""
    parser = argparse.ArgumentParser(description="Writes the Grafana dashboards.")
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    files = rendered()
    if parser.parse_args(arguments).check:
        return _check(files)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _check(files: dict[Path, str]) -> int:
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale += [path for path in FOLDER.glob("*.json") if path not in files]
    for path in stale:
        print(f"{path.name} is not what the code gives: run python -m tools.grafana", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
