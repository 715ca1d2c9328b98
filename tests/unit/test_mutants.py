"""The table of mutants: what was noticed, what was not, and what was never tried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tools import mutants

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

KILLED, SURVIVED, NO_TESTS, TIMEOUT, NOT_RUN = 1, 0, 33, 36, None


def _write(folder: Path, name: str, exits: Sequence[int | None]) -> None:
    path = folder / "impacts" / f"{name}.py.meta"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"exit_code_by_key": {f"change_{n}": code for n, code in enumerate(exits)}}), "utf-8")


def test_only_a_failed_test_is_a_kill(tmp_path: Path) -> None:
    """Neither a change that no test reaches, nor one that took too long."""
    _write(tmp_path, "usage", [KILLED, KILLED, SURVIVED, NO_TESTS, TIMEOUT, NOT_RUN])
    (row,) = mutants.read_rows(tmp_path)
    assert ("`impacts/usage.py`", 6, 2, 3, 1) == (row.name, row.mutants, row.killed, row.survived, row.not_run)


def test_nine_of_ten_are_enough_of_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in which nothing can be changed has no row."""
    _write(tmp_path, "usage", [KILLED] * 9 + [SURVIVED])
    _write(tmp_path, "criteria", [])
    assert 0 == mutants.main(tmp_path)
    out = capsys.readouterr().out
    assert "| `impacts/usage.py` | 10 | 9 | 90.0 % | 1 | 0 |" in out
    assert "| **in all** | 10 | 9 | 90.0 % | 1 | 0 |" in out
    assert "criteria" not in out


def test_a_file_below_the_target_fails_whatever_the_others_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And it is named."""
    _write(tmp_path, "usage", [KILLED] * 1000)
    _write(tmp_path, "media", [KILLED] * 8 + [SURVIVED] * 2)
    assert 1 == mutants.main(tmp_path)
    assert "Below 90% or not run: `impacts/media.py`." in capsys.readouterr().out


def test_a_run_that_was_cut_short_fails(tmp_path: Path) -> None:
    """One change that was not tried is one too many; so is a run of nothing."""
    assert 1 == mutants.main(tmp_path)
    _write(tmp_path, "usage", [KILLED] * 1000 + [NOT_RUN])
    assert 1 == mutants.main(tmp_path)
