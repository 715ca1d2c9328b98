"""The pages of recipes are complete: whatever they show to be typed is run, and every page is found."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.recipes import pages

ROOT = Path(__file__).parents[2]
PINS = (ROOT / "constraints" / "recipes.txt").read_text(encoding="utf-8")
_FENCE = re.compile(r"(.*)\n```(\w+)\n")
# What is shown of things that are not run here; the page says so.
_NOT_RUN = {"dockerfile", "yaml"}


def _text(name: str) -> str:
    return (pages.FOLDER / f"{name}.md").read_text(encoding="utf-8")


def test_there_are_the_recipes_that_people_ask_for() -> None:
    """One for each stack of the table."""
    expected = "aws azure datadog declarative elastic kubernetes langfuse logfire own-provider plain splunk web"
    assert expected.split() == pages.names()


@pytest.mark.parametrize("name", pages.names())
def test_everything_that_is_shown_is_run(name: str) -> None:
    """Every block of code or commands has a marker, and the page's tests run every script; the scripts use every file."""
    unmarked = [kind for before, kind in _FENCE.findall(_text(name)) if not before.startswith("<!-- ")]
    assert [] == [kind for kind in unmarked if kind not in _NOT_RUN]
    shown = pages.recipe(name)
    tests = (ROOT / "tests" / "recipes" / f"test_{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    for script in shown.scripts:
        assert f'"{script}"' in tests, script
    used = "\n".join([*shown.scripts.values(), *shown.files.values()])
    for file in shown.files:
        assert re.search(rf"\b{Path(file).stem}\b", used), file


@pytest.mark.parametrize("name", pages.names())
def test_a_page_says_what_it_installs_and_is_found(name: str) -> None:
    """What is installed, is pinned for the tests; the list of recipes leads to the page."""
    pip, install, ours, *others = shlex.split(pages.recipe(name).install)
    assert ("pip", "install", "otel-genai-impact") == (pip, install, ours.removesuffix("[distro]"))
    unpinned = [other for other in others if f"{other}==" not in PINS and not other.startswith("opentelemetry-")]
    assert [] == unpinned
    assert f"]({name}.md)" in (pages.FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["aws", "azure", "datadog", "elastic", "kubernetes", "langfuse", "logfire", "splunk", "web"]
)
def test_a_page_says_what_was_not_run(name: str) -> None:
    """Where a service or a platform stands behind it that is not here."""
    assert "Not run: " in _text(name)


def test_a_replacement_that_the_page_does_not_ask_for_is_an_error() -> None:
    """So that a test cannot run something else than what the reader sees."""
    shown = pages.Recipe(install="", files={"app.py": "import x"}, scripts={"app": "python app.py"})
    assert ({"app.py": "import y"}, "python app.py") == shown.here("app", {"import x": "import y"})
    with pytest.raises(ValueError, match="neither the script 'app' nor a file says 'localhost'"):
        shown.here("app", {"localhost": "127.0.0.1"})
