"""Names of models as SDKs and price lists have them: model_ids.csv says what each means, checked by hand.

The list holds every name in the SDKs' own types, and every eighth of the price list's chat, embedding and image models of
the providers that the vocabulary knows; and a sample of the clouds and gateways in it and in genai-prices. When a test fails after a change of data or vocabulary, read the line first: either
the change is wrong, or the line is, and is then changed in review.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from otel_genai_impact.inventory.catalog import Catalog

KINDS = {"chat", "embedding", "image"}
SHARE_THAT_RESOLVES = 0.97


class Line(NamedTuple):
    origin: str
    provider: str
    name: str
    kind: str
    model: str
    step: str
    reason: str


def _lines() -> list[Line]:
    with Path(__file__).with_name("model_ids.csv").open(encoding="utf-8", newline="") as file:
        return [Line(**row) for row in csv.DictReader(file)]


LINES = _lines()
CATALOG = Catalog()


@pytest.mark.parametrize("origin", sorted({line.origin for line in LINES}))
def test_every_name_means_the_model_that_the_list_says(origin: str) -> None:
    """The model and the step that led to it; and no model at all for a name that should have none."""
    for line in LINES:
        if line.origin != origin:
            continue
        found = CATALOG.identify(line.provider, line.name)
        step = "" if found is None else found.codes[0].removeprefix("model.") if found.codes else "exact"
        assert (line.name, line.model, line.step) == (line.name, "" if found is None else found.id, step)


def test_at_least_97_percent_of_300_names_or_more_resolve() -> None:
    """Of the names of models for chat, embeddings and images."""
    counted = [line for line in LINES if line.kind in KINDS]
    resolved = sum(CATALOG.identify(line.provider, line.name) is not None for line in counted)
    print(f"{resolved} of {len(counted)} names resolve: {resolved / len(counted):.1%}")
    assert len(counted) >= 300
    assert resolved / len(counted) >= SHARE_THAT_RESOLVES


def test_what_does_not_resolve_has_a_reason() -> None:
    """Either a model or a reason, and each name of a provider once."""
    assert [line for line in LINES if bool(line.model) == bool(line.reason)] == []
    assert len({(line.provider, line.name) for line in LINES}) == len(LINES)


def test_every_text_model_of_the_list_can_be_estimated() -> None:
    """A chat model that is known has numbers."""
    for line in LINES:
        if line.kind == "chat" and line.model:
            assert CATALOG.serve(line.provider, line.name) is not None, line.name
