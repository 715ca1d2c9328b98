"""The README shows what really comes out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from otel_genai_impact.cli import main
from otel_genai_impact.telemetry import summary
from otel_genai_impact.telemetry.ledger import LEDGER
from tests.kit.telemetry import Telemetry

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _block_after(marker: str) -> str:
    """The fenced block that follows a marker comment."""
    found = re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found is not None, f"the README has no block {marker!r}"
    return found[1]


@pytest.fixture
def telemetry() -> Telemetry:
    """The requests that the README's table is made of."""
    telemetry = Telemetry()
    for changes, seconds in (
        ({"gen_ai.response.model": "gpt-4o-2024-08-06"}, 4.0),
        ({"gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.usage.output_tokens": 420}, 5.0),
        ({"gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-haiku-4-5"}, 2.0),
        ({"gen_ai.request.model": "our-own-model"}, 1.0),
        ({"gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.usage.output_tokens": None}, 1.0),
    ):
        telemetry.request(changes, seconds=seconds)
    return telemetry


def test_the_summary(telemetry: Telemetry) -> None:
    """The table at exit, of five requests, but for the process id."""
    before = {
        id(row)
        for account in LEDGER.accounts
        if account is not telemetry.processor._recorder.plans._account
        for row in account.rows()
    }
    shown = summary.render(row for row in LEDGER.totals() if id(row) not in before)
    assert re.sub(r"pid \d+", "pid 4711", shown).strip() == _block_after("summary").strip()


def test_the_span(telemetry: Telemetry) -> None:
    """The attributes of the first of them, to four digits."""
    attributes = telemetry.spans[0].attributes or {}
    lines = [
        f"{key:<27} {value:.4g}"
        if isinstance(value, float)
        else f"{key:<27} {value if isinstance(value, str) else list(value)}"  # type: ignore[arg-type]
        for key, value in attributes.items()
        if key.startswith("genai_impact.")
    ]
    assert "\n".join(lines) == _block_after("span").strip()


def test_the_estimate(capsys: pytest.CaptureFixture[str]) -> None:
    """The command in the README prints what the README says."""
    command, _, output = _block_after("estimate").partition("\n")
    assert command.startswith("$ genai-impact ")
    assert main(command.split()[2:]) == 0
    assert capsys.readouterr().out.strip() == output.strip()


def test_every_linked_file_is_there() -> None:
    """A relative link leads somewhere."""
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README)
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_is_a_target() -> None:
    """A `make` command in the README is one of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"`make ([a-z0-9-]+)`|^make ([a-z0-9-]+)", README, re.MULTILINE)) != set()
    for named in re.findall(r"\bmake ([a-z0-9-]+)\b(?=`|$|\s+#)", README, re.MULTILINE):
        assert named in targets, named
