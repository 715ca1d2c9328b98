"""How good the method has to be on models that it has not seen, and that the page shows what the code computes."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from science import anchors, page
from science.decode import Decode, Form
from science.errors import covered, factors, is_fp8_experts
from science.fitting import fit, held_out
from science.measurements import family_of
from science.media import IMAGE, VIDEO, fitted_runs, media_held_out

if TYPE_CHECKING:
    from science.constants import Constants
    from science.text_tables import Validation

_NUMBER = re.compile(r"\d[\d,]*(?:\.(\d+))?")


def test_unseen_families_are_predicted_within_the_targets(validation: Validation) -> None:
    """Held out by family: median error at most x1.25, nine of ten within x1.75."""
    found = factors(validation.by_family)
    assert (True, True) == (found.median <= 1.25, found.ninety <= 1.75), found


def test_a_makers_whole_line_unseen_is_predicted_within_the_targets(validation: Validation) -> None:
    """The harder split, in which no relative of a model was seen, keeps them too."""
    found = factors(validation.by_line)
    assert (True, True) == (found.median <= 1.25, found.ninety <= 1.75), found


def test_fp8_experts_are_within_their_target_by_the_term_made_for_them(validation: Validation) -> None:
    """Held out, their median error is at most x1.4, and without the term it is not."""
    runs, fp8 = validation.runs, is_fp8_experts(validation.runs)
    without = held_out(runs, runs.family, Form(fp8_experts=False))
    assert factors(validation.by_family[fp8]).median <= 1.4 < factors(without[fp8]).median


def test_every_run_is_predicted_by_a_fit_that_did_not_see_its_family(validation: Validation) -> None:
    """No family leaks: spoiling one family's measurements moves the predictions of all others, and its own not at all."""
    runs = validation.runs
    spoiled = runs.family == "Qwen 3 8B"
    factor = np.where(spoiled, 3.0, 1.0)
    changed = dataclasses.replace(runs, energy_per_token_j=runs.energy_per_token_j * factor)
    again = held_out(changed, changed.family)
    predicted = again + np.log(changed.energy_per_token_j)
    before = validation.by_family + np.log(runs.energy_per_token_j)
    assert np.max(np.abs(predicted - before)[spoiled]) < 1e-3
    assert np.max(np.abs(predicted - before)[~spoiled]) > 0.01


def test_where_both_know_the_batch_we_err_less(validation: Validation) -> None:
    """At batch 48 to 80, where EcoLogits' one batch is right, it errs more on either GPU, typically and at worst."""
    batch = (validation.runs.batch >= 48) & (validation.runs.batch <= 80)
    for gpu in ("H100", "B200"):
        chosen = batch & (validation.runs.gpu == gpu)
        ours, theirs = factors(validation.by_family[chosen]), factors(validation.ecologits[chosen])
        assert (True, True) == (ours.median < theirs.median, ours.ninety < theirs.ninety)


def test_ninety_percent_intervals_hold_nine_of_ten(validation: Validation, fitted: Constants) -> None:
    """Over all runs 85 to 95 % of the measurements lie in the interval, in both splits, and so for fp8 experts."""
    fp8 = is_fp8_experts(validation.runs)
    log_sd = np.where(fp8, fitted.fp8_experts.total, fitted.general.total)
    shares = [covered(errors, log_sd) for errors in (validation.by_family, validation.by_line)]
    shares += [covered(errors[fp8], log_sd[fp8]) for errors in (validation.by_family, validation.by_line)]
    assert all(0.85 <= share <= 0.95 for share in shares), shares


def test_the_fit_does_not_hang_on_where_it_starts(validation: Validation) -> None:
    """From far away it comes to the same constants: the loss has one bottom."""
    far = fit(validation.runs, start=Decode(0.3, 0.2, 0.004, 0.004, 0.5, 1.2, 3.0, 1.0)).constants
    assert list(far[:7]) == pytest.approx(list(fit(validation.runs).constants[:7]), rel=1e-3)


def test_images_and_videos_of_unseen_models(fitted: Constants) -> None:
    """Held out by model: x1.6 for images and x1.4 for videos; the shipped spread says so."""
    images, videos = (factors(media_held_out(fitted_runs(kind))) for kind in (IMAGE, VIDEO))
    assert (True, True) == (images.median <= 1.6, videos.median <= 1.4)
    assert fitted.image_log_sd > np.log(images.median)


def test_published_energies_are_met_but_for_those_named() -> None:
    """Within x3 at a batch of 64 or 256; gpt-oss on B200 with long input is the one that is not, and the page says why."""
    missed = [
        (anchor.name, anchor.tokens)
        for anchor in anchors.anchors()
        if not any(1 / 3 <= anchor.predicted_wh(batch) / anchor.published_wh <= 3 for batch in (64, 256))
    ]
    assert [("InferenceMAX, gpt-oss-120b B200", "8,192 / 1,024")] == missed
    assert "gpt-oss-120b on B200 is the one that we miss" in page.PATH.read_text("utf-8")


def test_a_family_is_an_architecture_not_a_number_format() -> None:
    """Else a model would be held out while its own fp8 twin is seen."""
    names = ["Qwen 3 235B A22B Instruct FP8", "Qwen 3 235B A22B Thinking", "Qwen 3 235B A22B Instruct"]
    assert ["Qwen 3 235B A22B"] * 3 == [family_of(name) for name in names]


def test_the_page_shows_what_the_code_computes(validation: Validation, fitted: Constants) -> None:
    """Every table of docs/validation.md is the computed one, but for the last digit."""
    shown = page.PATH.read_text("utf-8")
    computed = page.fill(shown, page.tables(validation, fitted))
    assert _NUMBER.sub("#", computed) == _NUMBER.sub("#", shown)
    for ours, theirs in zip(_NUMBER.finditer(computed), _NUMBER.finditer(shown), strict=True):
        last_digit = 10.0 ** -len(theirs[1] or "")
        assert _value(ours[0]) == pytest.approx(_value(theirs[0]), abs=1.5 * last_digit, rel=0.01)


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def test_a_table_without_a_place_is_an_error() -> None:
    """A table that is dropped from the page, or misspelt, is not lost silently."""
    with pytest.raises(ValueError, match="add or remove a slot"):
        page.fill("<!-- table: constants -->\n<!-- end -->", {"constants": "", "other": ""})
