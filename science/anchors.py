"""Published energies of a request, and the method's at stated tokens and batches. Nothing here is calibrated to them."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from science.request import FP4_BYTES, FP8_BYTES, J_PER_WH, Request, facility_wh, gpu_j
from science.tables import factor, table, three

WITHIN: Final = 3.0

# GPT-4o as Epoch takes it (400e9 total, 100e9 active); Gemini and ChatGPT with the inventory's guess (440e9, 44 to 132e9
# active: 76e9 is its geometric mean). None of the makers says.
_UNDISCLOSED: Final = Request(total_b=440, active_b=76, new_tokens=200, output_tokens=300, bytes_per_weight=FP8_BYTES)
_GPT_4O: Final = Request(total_b=400, active_b=100, new_tokens=0, output_tokens=500, pue=1.2)
_R1: Final = Request(total_b=671, active_b=37, new_tokens=500, output_tokens=300, bytes_per_weight=FP8_BYTES, pue=1.2)
_LLAMA_405B: Final = _R1.but(total_b=405, active_b=405)
_ULTRA_253B: Final = _R1.but(total_b=253, active_b=253)
_R1_FP4: Final = _R1.but(gpu="B200", bytes_per_weight=FP4_BYTES)
_OSS: Final = _R1_FP4.but(total_b=116.8, active_b=5.1, bytes_per_weight=0.53)

_GOOGLE: Final = "https://arxiv.org/abs/2508.15734"
_ALTMAN: Final = "https://blog.samaltman.com/the-gentle-singularity"
_MICROSOFT: Final = "https://arxiv.org/abs/2509.20241"
_EPOCH: Final = "https://epoch.ai/gradient-updates/how-much-energy-does-chatgpt-use"
_INFERENCEMAX: Final = "https://inferencemax.semianalysis.com"

# What InferenceMAX charges a GPU, everything in, over what such a GPU drew in the measurements here (W/W).
_ALL_IN: Final = {"H200": 3.15, "B200": 2.71}


class Anchor(NamedTuple):
    """A published figure: Wh, what it is about, and the requests to put beside it (their geometric mean counts)."""

    name: str
    source: str
    published_wh: float
    requests: tuple[Request, ...]
    all_in: bool = False

    @property
    def tokens(self) -> str:
        """Input and output tokens."""
        return f"{self.requests[0].new_tokens:,.0f} / {self.requests[0].output_tokens:,.0f}"

    def predicted_wh(self, batch: float) -> float:
        """Ours, with the boundary of the published figure."""
        each = [_wh(request.but(batch=batch), all_in=self.all_in) for request in self.requests]
        return math.exp(sum(map(math.log, each)) / len(each))


def _wh(request: Request, *, all_in: bool) -> float:
    if all_in:
        return gpu_j(request) * _ALL_IN[request.gpu] / J_PER_WH
    return facility_wh(request)


def _tokens(request: Request, new: float, out: float) -> Request:
    return request.but(new_tokens=new, output_tokens=out)


def anchors() -> list[Anchor]:
    """All published figures that a boundary like ours can be put to."""
    frontier = (_R1, _LLAMA_405B, _ULTRA_253B)
    long = tuple(_tokens(request, 500, 5000) for request in frontier)
    found = [
        Anchor("Google, median Gemini prompt", _GOOGLE, 0.24, (_UNDISCLOSED.but(pue=1.09),)),
        Anchor("OpenAI, average ChatGPT query", _ALTMAN, 0.34, (_UNDISCLOSED.but(pue=1.2),)),
        Anchor("Microsoft, models above 200e9", _MICROSOFT, 0.31, frontier),
        Anchor("Microsoft, long reasoning", _MICROSOFT, 3.91, long),
        Anchor("Epoch, GPT-4o", _EPOCH, 0.30, (_GPT_4O,)),
        Anchor("Epoch, GPT-4o, 10k of input", _EPOCH, 2.5, (_GPT_4O.but(new_tokens=10_000.0),)),
        Anchor("Epoch, GPT-4o, 100k of input", _EPOCH, 40.0, (_GPT_4O.but(new_tokens=100_000.0),)),
    ]
    points = (
        ("DeepSeek-R1 fp8 H200", _R1.but(gpu="H200"), 3.39, 15.9),
        ("DeepSeek-R1 fp4 B200", _R1_FP4, 0.93, 4.79),
        ("gpt-oss-120b B200", _OSS, 0.11, 0.49),
    )
    for name, request, long_input_wh, long_output_wh in points:
        title = f"InferenceMAX, {name}"
        found += [
            Anchor(title, _INFERENCEMAX, long_input_wh, (_tokens(request, 8192, 1024),), all_in=True),
            Anchor(title, _INFERENCEMAX, long_output_wh, (_tokens(request, 1024, 8192),), all_in=True),
        ]
    return found


def anchor_table() -> str:
    """Published and predicted, with the ratio at two batches."""
    head = [
        "figure",
        "tokens in / out",
        "published, Wh",
        "batch 64, Wh",
        "ratio",
        "batch 256, Wh",
        "ratio",
        "within x3",
    ]
    rows: list[list[str]] = []
    for anchor in anchors():
        small, large = anchor.predicted_wh(64), anchor.predicted_wh(256)
        ratios = [small / anchor.published_wh, large / anchor.published_wh]
        good = [1 / WITHIN <= ratio <= WITHIN for ratio in ratios]
        verdict = "yes" if all(good) else "at 256" if good[1] else "at 64" if good[0] else "no"
        cells = [three(small), factor(ratios[0]), three(large), factor(ratios[1]), verdict]
        rows.append([f"[{anchor.name}]({anchor.source})", anchor.tokens, f"{anchor.published_wh:g}", *cells])
    return table(head, rows)
