"""A short soak in every run; `make soak` is the long one."""

from __future__ import annotations

import json
import subprocess
import sys

_SHORT = """
import json, sys
from tests.soak.soak import MOST_GROWTH_MIB, MOST_LOG_LINES, MOST_SERIES, soak
soaked = soak("attacker", 16_000, 8_000, rounds=2)
print(json.dumps({
    "counted": soaked.counted == soaked.requests == soaked.spans,
    "log": soaked.log_lines <= MOST_LOG_LINES,
    "series": soaked.series <= MOST_SERIES,
    "memory": soaked.growth_mib < MOST_GROWTH_MIB,
}))
"""


def test_an_attacker_who_chooses_all_names() -> None:
    """16,000 requests of models, hosts, regions and tenants of their own: memory, series and log are bounded, each is counted."""
    ran = subprocess.run([sys.executable, "-c", _SHORT], capture_output=True, text=True, check=True, timeout=200)
    assert {"counted": True, "log": True, "series": True, "memory": True} == json.loads(ran.stdout)
