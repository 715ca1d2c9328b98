"""Fills the tables of docs/validation.md: its words are written by people, its numbers by this."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from science import anchors, figures, media_tables, sensitivity, text_tables
from science.tables import table

if TYPE_CHECKING:
    from science.constants import Constants
    from science.text_tables import Validation

DOCS: Final = Path(__file__).parents[1] / "docs"
PATH: Final = DOCS / "validation.md"
_SLOT: Final = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def constants_table(c: Constants) -> str:
    """What was fitted."""
    decode = c.decode
    rows = [
        ["c0", "J per GPU and step, shared by the batch", f"{decode.step_j_per_gpu:g}"],
        ["c1", "J per GB of weights read, shared by the batch", f"{decode.weights_j_per_gb:g}"],
        ["k", "how a step is shared: 1 would be fully", f"{decode.batch_exponent:g}"],
        ["c4", "J per step and sqrt(1e9 active), fp8 experts only", f"{decode.fp8_experts_j:g}"],
        ["c2", "J per 1e9 active parameters", f"{decode.compute_j_per_b:g}"],
        ["c3", "J per 1,000 tokens of context and sqrt(1e9 active)", f"{decode.context_j_per_ktoken:g}"],
        ["g", "a B200 against an H100", f"{decode.b200_factor:g}"],
        ["sd, model", "log, a whole model", f"{c.general.between:.2f}; fp8 experts {c.fp8_experts.between:.2f}"],
        ["sd, state", "log, loads of one model", f"{c.general.within:.2f}; fp8 experts {c.fp8_experts.within:.2f}"],
        ["image", "J per step and megapixel", f"{c.image.coefficient:g} * P^{c.image.exponent:.2f}"],
        ["video", "J per step, megapixel and frame", f"{c.video.coefficient:g} * P^{c.video.exponent:.2f}"],
    ]
    return table(["constant", "what", "value"], rows)


def tables(v: Validation, c: Constants) -> dict[str, str]:
    """Each table by its name on the page."""
    return {
        "constants": constants_table(c),
        "side-by-side": text_tables.side_by_side(v),
        "families": text_tables.by_family(v),
        "coverage": text_tables.coverage(v, c),
        "candidates": text_tables.candidates(v.runs),
        "splits": text_tables.failing_splits(v.runs),
        "code": text_tables.code_completion(v.runs),
        "fit-sensitivity": sensitivity.fit_table(v.runs),
        "request-sensitivity": sensitivity.request_table(),
        "anchors": anchors.anchor_table(),
        "media": media_tables.media_table(),
        "media-models": media_tables.media_by_model(),
    }


def fill(text: str, found: dict[str, str]) -> str:
    """The page with its tables; a table that the page does not show, or does not know, is an error."""
    shown = [match[2] for match in _SLOT.finditer(text)]
    if sorted(shown) != sorted(found):
        raise ValueError(f"{PATH.name} shows {sorted(shown)}, and science/ makes {sorted(found)}; add or remove a slot")
    return _SLOT.sub(lambda match: f"{match[1]}\n{found[match[2]]}\n\n{match[3]}", text)


def outputs(v: Validation, c: Constants) -> dict[Path, str]:
    """The page and its figures."""
    return {
        PATH: fill(PATH.read_text("utf-8"), tables(v, c)),
        DOCS / "images" / "native-1-measured-predicted.svg": figures.measured_against_predicted(v),
        DOCS / "images" / "native-1-families.svg": figures.by_family(v),
    }
