"""What the core depends on: its lower bounds are tested, its upper bounds are reasoned, and all of it is told to users."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT: Final = Path(__file__).parents[2]
_PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CORE: Final = [Requirement(text) for text in _PROJECT["dependencies"]]
_THREATS: Final = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


def _pinned(which: str) -> dict[str, Version]:
    """What the constraints of this name pin, by canonical name."""
    lines = (ROOT / "constraints" / f"{which}.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.split("#")[0].strip().split("==") for line in lines if "==" in line)
    return {canonicalize_name(name): Version(version) for name, version in pins}


def _bounds(requirement: Requirement, operator: str) -> list[Version]:
    return [Version(each.version) for each in requirement.specifier if each.operator == operator]


def test_lower_bounds_are_what_the_oldest_versions_test() -> None:
    """`make test-oldest` runs with the lowest version that we say we run with, of each."""
    oldest = _pinned("oldest")
    stated = {requirement.name: _bounds(requirement, ">=") for requirement in CORE}
    assert {name: [oldest[canonicalize_name(name)]] for name in stated} == stated


def test_the_newest_versions_are_within_the_ranges() -> None:
    """What the tests run with is what users may install."""
    newest = _pinned("newest")
    outside = [
        str(requirement)
        for requirement in CORE
        if not requirement.specifier.contains(newest[canonicalize_name(requirement.name)], prereleases=True)
    ]
    assert [] == outside


def test_ranges_have_their_reasons() -> None:
    """The threat model has a row for each dependency of the core, with the upper bound that is in force, and for no other."""
    stated = {requirement.name: [f"<{bound}" for bound in _bounds(requirement, "<")] for requirement in CORE}
    rows = re.findall(r"^\| ([\w-]+) \| `([^`]+)` \| \w.+ \|$", _THREATS, re.MULTILINE)
    assert {name: [bound] for name, bound in rows} == stated
