"""What the operator does to a pod, without one."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from tests.recipes import pages

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook


def test_without_a_cluster(cook: Cook) -> None:
    """A Python outside the environment, which has nothing but the folder on its path: one request counted."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(os.environ[pages.BIN_VARIABLE]).parent / "lib" / version / "site-packages"
    bare = Path(sysconfig.get_config_var("BINDIR")) / version
    shown = {"/autoinstrumentation/opentelemetry": f"{folder}/opentelemetry", ":/autoinstrumentation": f":{folder}"}
    cook.run("kubernetes", "without a cluster", {**cook.by_http(), **shown, "python3 ": f"{bare} "})
    assert 1 == cook.counted()
