"""Fills the tables of docs/validation.md: its words are written by people, its numbers by this."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from science import anchors, figures, media_tables, sensitivity, text_tables
from science.fitting import constants_by_family_left_out
from science.tables import table, three

if TYPE_CHECKING:
    from science.constants import Constants
    from science.measurements import TextRuns
    from science.text_tables import Validation

DOCS: Final = Path(__file__).parents[1] / "docs"
PATH: Final = DOCS / "validation.md"
_SLOT: Final = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def constants_table(c: Constants, runs: TextRuns) -> str:
    """What was fitted, and between what each constant lies over the fits that leave one family out."""
    each = constants_by_family_left_out(runs)
    named = {
        "step_j_per_gpu": ["c0", "J per GPU and step, shared by the batch"],
        "weights_j_per_gb": ["c1", "J per GB of weights read, shared by the batch"],
        "batch_exponent": ["k", "how a step is shared: 1 would be fully"],
        "fp8_experts_j": ["c4", "J per step and sqrt(1e9 active), fp8 experts only"],
        "compute_j_per_b": ["c2", "J per 1e9 active parameters"],
        "context_j_per_ktoken": ["c3", "J per 1,000 tokens of context and sqrt(1e9 active)"],
        "b200_factor": ["g", "a B200 against an H100"],
    }
    rows: list[list[str]] = []
    for field, words in named.items():
        values = [getattr(one, field) for one in each]
        rows.append([*words, three(getattr(c.decode, field)), f"{three(min(values))} to {three(max(values))}"])
    rows += [
        ["sd, model", "log, a whole model", f"{c.general.between:.2f}; fp8 experts {c.fp8_experts.between:.2f}", ""],
        ["sd, state", "log, loads of one model", f"{c.general.within:.2f}; fp8 experts {c.fp8_experts.within:.2f}", ""],
        ["image", "J per step and megapixel", f"{c.image.coefficient:.1f} * P^{c.image.exponent:.2f}", ""],
        ["video", "J per step, megapixel and frame", f"{c.video.coefficient:.1f} * P^{c.video.exponent:.2f}", ""],
    ]
    return table(["constant", "what", "value", "one family left out"], rows)


def tables(v: Validation, c: Constants) -> dict[str, str]:
    """Each table by its name on the page."""
    return {
        "constants": constants_table(c, v.runs),
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
