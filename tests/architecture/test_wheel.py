"""The wheel: what is built twice is equal to the last byte, so that who builds it again can tell that it is ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
_NEEDED = ("pyproject.toml", "README.md", "LICENSE", "NOTICE")


def _built(folder: Path) -> Path:
    """The wheel of a copy of this repository in another folder, whose files are as old as the copy."""
    folder.mkdir()
    shutil.copytree(
        ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copy
    )
    for name in _NEEDED:
        shutil.copy(ROOT / name, folder)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000"}
    building = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(building, cwd=folder, env=environment, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def test_two_builds_are_equal(tmp_path: Path) -> None:
    """From two folders, at two times, with one SOURCE_DATE_EPOCH: the same bytes."""
    first, second = _built(tmp_path / "one"), _built(tmp_path / "two")
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_the_wheel_has_the_package_and_nothing_else(tmp_path: Path) -> None:
    """No tests, no tools, nothing of a developer's machine."""
    with ZipFile(_built(tmp_path / "one")) as wheel:
        tops = {name.split("/")[0] for name in wheel.namelist()}
    (metadata,) = tops - {"otel_genai_impact"}
    assert metadata.startswith("otel_genai_impact-")
    assert metadata.endswith(".dist-info")
