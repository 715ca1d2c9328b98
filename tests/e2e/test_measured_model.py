"""The example of a self-hosted model: a real model, the real SDK, and a made machine that draws power while it answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from tests.e2e.collector import ROOT
from tests.kit.powercap import Powercap
from tools.local_model import running_model

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"\d+ tokens: ([\d.]+) J \((\w+); the method says ([\d.]+) J\)")


def _environment(base_url: str, powercap: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "GENAI_IMPACT_"))}
    return {**kept, "OPENAI_BASE_URL": f"{base_url}/v1", "OPENAI_API_KEY": "any", "GENAI_IMPACT_POWERCAP": powercap}


def test_each_answer_of_a_real_model_has_its_share(tmp_path: Path) -> None:
    """At 2 W, as long as the example runs: three measured figures, none 0, and no more in all than was drawn."""
    powercap = Powercap(tmp_path)
    stop = threading.Event()
    drawn_j = 0.0

    def draw() -> None:
        nonlocal drawn_j
        while not stop.wait(0.02):
            powercap.draw(0.04)
            drawn_j += 0.04

    drawing = threading.Thread(target=draw)
    with running_model(tmp_path / "model.log") as base_url:
        drawing.start()
        began = time.monotonic()
        try:
            result = subprocess.run(
                [sys.executable, str(ROOT / "examples" / "self_hosted.py")],
                env=_environment(base_url, str(powercap.folder)),
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        finally:
            stop.set()
            drawing.join()
        took_s = time.monotonic() - began
    found = [(float(energy), source) for energy, source, _ in _LINE.findall(result.stdout)]
    print(f"\n{result.stdout}drawn {drawn_j:.2f} J in {took_s:.1f} s")
    assert ["measured"] * 3 == [source for _, source in found], result.stderr
    assert all(energy > 0 for energy, _ in found)
    assert sum(energy for energy, _ in found) <= drawn_j
