"""The tables of docs/validation.md about text: errors side by side, candidates, splits that fail, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from science.conditions import conditions
from science.decode import Decode, Form
from science.errors import Factors, covered, factors, is_fp8_experts
from science.fitting import METHOD, fit, held_out, log_errors
from science.measurements import CODE_TASK, load_text
from science.reference import ecologits_log_errors
from science.tables import factor, pair, percent, table

if TYPE_CHECKING:
    from science.constants import Constants
    from science.measurements import Flags, Floats, TextRuns

CANDIDATES: Final = {
    "first published form, prompts not taken out": (Form(fp8_experts=False), False),
    "the same, prompts taken out": (Form(fp8_experts=False), True),
    "**+ a step's time with fp8 experts, by sqrt(active): shipped**": (Form(), True),
    "... the same for every model": (Form(fp8_experts_scale="one"), True),
    "... by active parameters": (Form(fp8_experts_scale="active"), True),
    "... by GPUs": (Form(fp8_experts_scale="gpus"), True),
    "shipped + routed experts counted apart": (Form(routing=True), True),
    "shipped + compute by active^(1-m) * total^m, m fitted": (Form(expert_compute=True), True),
    "shipped + both": (Form(routing=True, expert_compute=True), True),
    "shipped, with the GPUs that were used instead of the rule's": (Form(measured_gpus=True), True),
}


class Validation(NamedTuple):
    """The runs and each method's log errors of them: ours held out by family and by maker's line."""

    runs: TextRuns
    by_family: Floats
    by_line: Floats
    ecologits: Floats
    ecologits_with_batch: Floats


def validate() -> Validation:
    """Hold out, and compare."""
    runs = load_text()
    return Validation(
        runs=runs,
        by_family=held_out(runs, runs.family),
        by_line=held_out(runs, runs.maker_line),
        ecologits=ecologits_log_errors(runs, batch_known=False),
        ecologits_with_batch=ecologits_log_errors(runs, batch_known=True),
    )


def side_by_side(v: Validation) -> str:
    """Errors by condition, beside EcoLogits on the same runs."""
    head = ["runs of", "runs", "native-1", "90 %", "EcoLogits", "90 %", "EcoLogits, batch given", "90 %"]

    def row(name: str, chosen: Flags) -> list[str]:
        ours = factors(v.by_family[chosen])
        theirs = (factors(v.ecologits[chosen]), factors(v.ecologits_with_batch[chosen]))
        return [name, str(ours.runs), *pair(ours), *pair(theirs[0]), *pair(theirs[1])]

    return table(head, [row(name, chosen) for name, chosen in conditions(v.runs).items()])


def by_family(v: Validation) -> str:
    """Errors of each family, unseen."""
    head = ["family held out", "runs", "native-1", "90 %", "predicted / measured", "EcoLogits, batch given", "90 %"]
    rows: list[list[str]] = []
    for family in np.unique(v.runs.family):
        chosen = v.runs.family == family
        ours, theirs = factors(v.by_family[chosen]), factors(v.ecologits_with_batch[chosen])
        rows.append([str(family), str(ours.runs), *pair(ours), factor(ours.predicted_over_measured), *pair(theirs)])
    return table(head, [*rows, _median_row(rows)])


def _median_row(rows: list[list[str]]) -> list[str]:
    """Each family counts once: the median of each column."""
    columns = list(zip(*rows, strict=True))[2:]
    medians = [factor(float(np.median([float(cell.removeprefix("x")) for cell in column]))) for column in columns]
    return ["median of the families", str(len(rows)), *medians]


def candidates(runs: TextRuns) -> str:
    """What each term is worth: loss on all runs, information criterion, and errors held out."""
    head = ["form", "constants", "loss", "AIC", "held out", "90 %", "fp8 experts", "90 %"]
    fp8 = is_fp8_experts(runs)
    rows: list[list[str]] = []
    for name, (form, prompts) in CANDIDATES.items():
        fitted = fit(runs, form, prompts=prompts)
        errors = held_out(runs, runs.family, form, prompts=prompts)
        in_sample = log_errors(fitted.constants, runs, form, prompts=prompts)
        aic = _aic(in_sample, form.parameter_count)
        cells = [str(form.parameter_count), f"{fitted.loss:.2f}", f"{aic:.0f}"]
        rows.append([name, *cells, *pair(factors(errors)), *pair(factors(errors[fp8]))])
    return table(head, rows)


def _aic(errors: Floats, parameter_count: int) -> float:
    """Akaike's criterion with Laplace errors, since a robust loss takes none of the tails for normal."""
    scale = float(np.mean(np.abs(errors)))
    return 2 * parameter_count + 2 * len(errors) * (np.log(2 * scale) + 1)


def coverage(v: Validation, c: Constants) -> str:
    """How often the 90 % interval (batch, precision and GPU known) holds the measurement of a model that was not seen."""
    fp8 = is_fp8_experts(v.runs)
    log_sd = np.where(fp8, c.fp8_experts.total, c.general.total)
    rows = [
        [
            name,
            str(int(chosen.sum())),
            percent(covered(v.by_family[chosen], log_sd[chosen])),
            percent(covered(v.by_line[chosen], log_sd[chosen])),
        ]
        for name, chosen in conditions(v.runs).items()
    ]
    return table(["runs of", "runs", "family held out", "maker's line held out"], rows)


def _split(runs: TextRuns, seen: Flags, asked: Flags, form: Form = METHOD, b200: float | None = None) -> Factors:
    constants = fit(runs.where(seen), form).constants
    if b200 is not None:
        constants = Decode(*constants[:5], b200, *constants[6:])
    return factors(log_errors(constants, runs.where(asked), form))


def failing_splits(runs: TextRuns) -> str:
    """Fits that see one kind of runs, asked about another kind."""
    bf16, fp8, chat = runs.precision == "bfloat16", is_fp8_experts(runs), runs.task == "lm-arena-chat"
    low, high = runs.batch <= 64, runs.batch > 256  # noqa: PLR2004
    plain = Form(fp8_experts=False)
    # A fit that has seen H100 alone knows nothing of a B200: taken as an H100.
    splits = {
        "bf16 -> fp8, dense": _split(runs, bf16, (runs.precision == "fp8") & ~runs.experts, plain),
        "bf16 -> fp8, mixture of experts": _split(runs, bf16, fp8, plain),
        "bf16 -> mxfp4": _split(runs, bf16, runs.precision == "mxfp4", plain),
        "dense -> mixture of experts, bf16": _split(runs, ~runs.experts, runs.experts & bf16, plain),
        "chat -> long reasoning": _split(runs, chat, ~chat),
        "long reasoning -> chat": _split(runs, ~chat, chat),
        "batch up to 64 -> above 256": _split(runs, low, high),
        "batch above 256 -> up to 64": _split(runs, high, low, b200=None),
        "H100 -> B200": _split(runs, runs.gpu == "H100", runs.gpu == "B200", b200=1.0),
    }
    rows = [
        [name, str(f.runs), *pair(f), factor(f.worst), factor(f.predicted_over_measured)] for name, f in splits.items()
    ]
    return table(["fitted on -> asked about", "runs asked", "error", "90 %", "worst", "predicted / measured"], rows)


def code_completion(runs: TextRuns) -> str:
    """A task that the fit never sees: long prompts, short output; each with all of the fit's runs seen."""
    code = load_text([CODE_TASK])
    errors = log_errors(fit(runs).constants, code)
    rows: list[list[str]] = []
    for name, chosen in (("bf16", code.precision == "bfloat16"), ("fp8, mixture of experts", is_fp8_experts(code))):
        f = factors(errors[chosen])
        rows.append([name, str(f.runs), *pair(f), factor(f.predicted_over_measured)])
    return table(["code completion", "runs", "error", "90 %", "predicted / measured"], rows)
