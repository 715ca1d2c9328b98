"""Two figures, written as SVG by hand: small, and readable as text when they change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from science.measurements import Flags, Floats
    from science.text_tables import Validation

_STYLE: Final = (
    "<style>text{font:11px sans-serif;fill:#333}.t{font-weight:600}.f{fill:none;stroke:#bbb}"
    ".g{stroke:#eee}.d{stroke:#888;stroke-dasharray:3 3}.H100{fill:#1b6ca8}.B200{fill:#d1495b}"
    "polyline{fill:none;stroke-width:1}.lH100{stroke:#1b6ca8}.lB200{stroke:#d1495b}circle{fill-opacity:.55}</style>"
)


class Axis(NamedTuple):
    """A logarithmic axis: from and to in data, and in pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def decades(self) -> list[float]:
        """Powers of ten in between."""
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        return [10.0**power for power in range(first, last + 1)]


def _svg(width: int, height: int, title: str, parts: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"><title>{title}</title>'
    return "\n".join([head, _STYLE, f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>"]) + "\n"


def _frame(x: Axis, y: Axis, title: str) -> list[str]:
    width, height = x.end - x.start, y.start - y.end
    parts = [f'<rect class="f" x="{x.start}" y="{y.end}" width="{width}" height="{height}"/>']
    parts += [f'<line class="g" x1="{x.at(v)}" x2="{x.at(v)}" y1="{y.start}" y2="{y.end}"/>' for v in x.decades()]
    parts += [f'<line class="g" x1="{x.start}" x2="{x.end}" y1="{y.at(v)}" y2="{y.at(v)}"/>' for v in y.decades()]
    parts += [f'<text x="{x.at(v)}" y="{y.start + 13}" text-anchor="middle">{v:g}</text>' for v in x.decades()]
    parts += [f'<text x="{x.start - 4}" y="{y.at(v) + 4}" text-anchor="end">{v:g}</text>' for v in y.decades()]
    return [*parts, f'<text class="t" x="{x.start + 4}" y="{y.end - 5}">{title}</text>']


def _dot(x: float, y: float, gpu: str) -> str:
    return f'<circle class="{gpu}" cx="{x}" cy="{y}" r="2.4"/>'


def measured_against_predicted(v: Validation) -> str:
    """Each run of a model that the fit had not seen, and EcoLogits' formula with the run's batch beside it."""
    parts: list[str] = []
    columns = (("native-1, family held out", v.by_family), ("EcoLogits 0.11, batch given", v.ecologits_with_batch))
    for index, (title, errors) in enumerate(columns):
        left = 50 + index * 330
        x, y = Axis(0.02, 60, left, left + 280), Axis(0.02, 60, 310, 30)
        parts += _frame(x, y, title)
        parts.append(f'<line class="d" x1="{x.start}" y1="{y.start}" x2="{x.end}" y2="{y.end}"/>')
        for measured, error, gpu in zip(v.runs.energy_per_token_j, errors, v.runs.gpu, strict=True):
            predicted = min(max(measured * math.exp(error), 0.02), 60.0)
            parts.append(_dot(x.at(float(measured)), y.at(predicted), str(gpu)))
        parts.append(f'<text x="{left + 140}" y="340" text-anchor="middle">measured, GPU J per output token</text>')
    parts.append('<text transform="translate(12 170) rotate(-90)" text-anchor="middle">predicted</text>')
    parts += _legend(470)
    return _svg(680, 350, "Predicted against measured energy of each run", parts)


def _legend(left: float) -> list[str]:
    names = (("H100", 0.0), ("B200", 60.0))
    return [
        part
        for gpu, offset in names
        for part in (_dot(left + 90 + offset, 12, gpu), f'<text x="{left + 97 + offset}" y="16">{gpu}</text>')
    ]


def _curves(v: Validation, family: Flags) -> Iterator[Flags]:
    """The runs of one sweep over batches: everything but the batch is the same."""
    r = v.runs
    keys = np.char.add(np.char.add(r.gpu, r.precision), np.char.add(r.task, r.gpu_count.astype(str)))
    for key in np.unique(keys[family]):
        yield family & (keys == key)


def by_family(v: Validation) -> str:
    """Energy against batch for each family: dots are measured, lines predicted by a fit that had not seen the family."""
    families = [str(name) for name in np.unique(v.runs.family)]
    parts: list[str] = []
    for index, name in enumerate(families):
        left, top = 40 + (index % 4) * 215, 40 + (index // 4) * 160
        x, y = Axis(6, 5000, left, left + 170), Axis(0.02, 60, top + 110, top)
        parts += _frame(x, y, name)
        for curve in _curves(v, v.runs.family == name):
            parts += _curve(v, curve, x, y)
    parts.append('<text x="450" y="820" text-anchor="middle">requests in a batch</text>')
    parts.append('<text transform="translate(10 400) rotate(-90)" text-anchor="middle">GPU J per output token</text>')
    parts += _legend(560)
    return _svg(900, 830, "Energy per output token against batch, measured and predicted, by family", parts)


def _curve(v: Validation, chosen: Flags, x: Axis, y: Axis) -> list[str]:
    order = np.argsort(v.runs.batch[chosen])
    batch: Floats = v.runs.batch[chosen][order]
    measured: Floats = v.runs.energy_per_token_j[chosen][order]
    predicted: Floats = measured * np.exp(v.by_family[chosen][order])
    gpu = str(v.runs.gpu[chosen][0])
    line = " ".join(f"{x.at(float(b))},{y.at(float(j))}" for b, j in zip(batch, predicted, strict=True))
    dots = [_dot(x.at(float(b)), y.at(float(j)), gpu) for b, j in zip(batch, measured, strict=True)]
    return [f'<polyline class="l{gpu}" points="{line}"/>', *dots]
