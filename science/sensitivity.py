"""One factor at a time: choices of the fit, and what a request does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from science.decode import energy_per_token_j, terms
from science.errors import factors
from science.fitting import METHOD, fit, held_out
from science.measurements import PROMPT_TOKENS
from science.request import BF16_BYTES, FP8_BYTES, Request, facility_wh
from science.tables import factor, pair, table, three

if TYPE_CHECKING:
    from science.measurements import TextRuns

# 70e9 dense in bf16, and 235e9 with 22e9 active in fp8: 1,000 tokens in, 300 out.
DENSE: Final = Request(total_b=70, active_b=70, new_tokens=1000, output_tokens=300)
EXPERTS: Final = Request(total_b=235, active_b=22, new_tokens=1000, output_tokens=300, bytes_per_weight=FP8_BYTES)


def request_table() -> str:
    """The energy of two requests, and the factor by which each choice changes it."""
    base = (facility_wh(DENSE), facility_wh(EXPERTS))
    rows = [["as assumed: batch 64, H100, PUE 1.1", f"{three(base[0])} Wh", f"{three(base[1])} Wh"]]
    changes: list[tuple[str, dict[str, float | str]]] = [
        ("batch 16", {"batch": 16.0}),
        ("batch 256", {"batch": 256.0}),
        ("the other precision (fp8, bf16)", {}),
        ("B200", {"gpu": "B200"}),
        ("H200", {"gpu": "H200"}),
        ("active parameters halved", {}),
        ("input read from a cache", {"new_tokens": 0.0, "cached_tokens": 1000.0}),
        (
            "... and a cached token costs nothing",
            {"new_tokens": 0.0, "cached_tokens": 1000.0, "cached_token_share": 0.0},
        ),
        (
            "... and a cached token costs a tenth",
            {"new_tokens": 0.0, "cached_tokens": 1000.0, "cached_token_share": 0.1},
        ),
        ("prefill 0.0008 J", {"prefill_j_per_b": 0.0008}),
        ("prefill 0.006 J", {"prefill_j_per_b": 0.006}),
        ("no attention in prefill", {"prefill_attention": 0.0}),
        ("host share 1.29", {"host_share": 1.29}),
        ("host share 1.79", {"host_share": 1.79}),
        ("idle share 1.0", {"idle_share": 1.0}),
        ("idle share 1.5", {"idle_share": 1.5}),
        ("PUE 1.3", {"pue": 1.3}),
        ("30,000 tokens of input", {"new_tokens": 30_000.0}),
        ("3,000 tokens of output", {"output_tokens": 3000.0}),
    ]
    for name, change in changes:
        cells = [
            factor(facility_wh(_changed(r, name, change)) / b) for r, b in zip((DENSE, EXPERTS), base, strict=True)
        ]
        rows.append([name, *cells])
    return table(["one change", "70e9, dense, bf16", "235e9, 22e9 active, fp8"], rows)


def _changed(request: Request, name: str, change: dict[str, float | str]) -> Request:
    if name.startswith("the other precision"):
        return request.but(bytes_per_weight=BF16_BYTES + FP8_BYTES - request.bytes_per_weight)
    if name.startswith("active"):
        return request.but(active_b=request.active_b / 2)
    return request.but(**change)


def fit_table(runs: TextRuns) -> str:
    """What choices of the fit do to its error, and to decode itself (prompts taken out) at batch 48-80."""
    columns = terms(runs, METHOD, prompts=False)
    shown = (runs.batch >= 48) & (runs.batch <= 80)  # noqa: PLR2004
    big = runs.total_b >= 60  # noqa: PLR2004
    kinds = (shown & ~runs.experts & ~big, shown & ~runs.experts & big, shown & runs.experts)

    def decode(fitted_on: TextRuns) -> list[float]:
        j = energy_per_token_j(fit(fitted_on).constants, columns)
        return [float(np.exp(np.mean(np.log(j[kind])))) for kind in kinds]

    base = decode(runs)
    choices = {
        "as shipped": runs,
        "prompts of 100 tokens in chat": runs.with_prompts(dict(PROMPT_TOKENS) | {"lm-arena-chat": 100.0}),
        "prompts of 250 tokens in chat": runs.with_prompts(dict(PROMPT_TOKENS) | {"lm-arena-chat": 250.0}),
        "no prompts (their prefill stays in decode)": runs.with_prompts(dict.fromkeys(PROMPT_TOKENS, 0.0)),
        "chat alone": runs.where(runs.task == "lm-arena-chat"),
        "H100 alone": runs.where(runs.gpu == "H100"),
        "batch of 16 and more": runs.where(runs.batch > 15),  # noqa: PLR2004
        "batch of 512 at most": runs.where(runs.batch < 520),  # noqa: PLR2004
        "without the hybrid models (Nemotron)": runs.where(runs.maker_line != "NVIDIA Nemotron"),
        "without Maverick": runs.where(np.char.find(runs.family, "Maverick") < 0),
    }
    rows: list[list[str]] = []
    for name, chosen in choices.items():
        moved = [factor(j / b) for j, b in zip(decode(chosen), base, strict=True)]
        rows.append([name, str(len(chosen)), *pair(factors(held_out(chosen, chosen.family))), *moved])
    head = ["fit", "runs", "held out", "90 %", "decode, dense below 60e9", "decode, dense above", "decode, experts"]
    return table(head, rows)
