"""The five lines of CONTRIBUTING.md, done as they say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.inventory import resolution
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.compiled import DATA_FOLDER, Inventory
from otel_genai_impact.inventory.loader import load_inventory
from otel_genai_impact.inventory.names_loader import load_names
from tools.compile_inventory import compiled, compiled_text
from tools.compile_names import compiled_names

if TYPE_CHECKING:
    from otel_genai_impact.inventory.names import Names

PAGE = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
(FIVE_LINES,) = re.findall(r"<!-- five lines -->\n```toml\n(.*?)```", PAGE, re.DOTALL)
HEAD = 'provider = "huggingface_hub"\nmaker = "example"\n\n'


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """The inventory after the five lines and `make inventory`, in a folder of its own."""
    folder = tmp_path / "data"
    shutil.copytree(DATA_FOLDER, folder)
    (folder / "makers" / "example.toml").write_text(HEAD + FIVE_LINES, encoding="utf-8")
    records = load_inventory(folder)
    names = cast("Names", json.loads(compiled_text(compiled_names(records, load_names(records, folder)))))

    def names_of(_archive: str | None) -> Names:
        return names

    monkeypatch.setattr(resolution, "names", names_of)
    return Catalog(entries=Inventory(compiled(records)))


def test_there_are_five() -> None:
    """No more than the page promises."""
    assert 5 == len(FIVE_LINES.strip().splitlines())


@pytest.mark.parametrize(
    "name",
    [
        "example/Example-9B-Instruct",
        "Example-9B-Instruct",
        "example-9b-instruct",
        "example-9b-instruct:free",
        "example-9b-instruct-fp8",
    ],
)
def test_a_model_is_known_by_them_under_every_spelling(name: str, catalog: Catalog) -> None:
    """And has the parameters that they say."""
    served = catalog.serve("somebody", name)
    assert served is not None
    assert ("example/Example-9B-Instruct", Interval(9.1, 9.1)) == (
        served.entry.id,
        served.entry.model.total_parameters_b,
    )


def test_without_them_it_is_unknown() -> None:
    """The shipped inventory does not have it, so that the test above cannot pass without the page."""
    assert Catalog().serve("somebody", "example/Example-9B-Instruct") is None
