"""The same sums for spreadsheets and programs: CSV, one row a group, in the units of the telemetry (J, g, L)."""

from __future__ import annotations

import csv
from typing import IO, TYPE_CHECKING, Final

from otel_genai_impact.cli.report.sci import FUNCTIONAL_UNITS

if TYPE_CHECKING:
    from otel_genai_impact.cli.report.sci import Intensity
    from otel_genai_impact.cli.report.sums import Summary
    from otel_genai_impact.cli.report.totals import Sums, Total

_COUNTS: Final = (
    "requests",
    "estimated",
    "recomputed",
    "input_tokens",
    "output_tokens",
    "measured",
    "provider_reported",
)
_IMPACTS: Final = (
    ("energy", "j"),
    ("gwp", "g"),
    ("gwp_embodied", "g"),
    ("wcf", "l"),
    ("adpe", "g"),
    ("pe", "j"),
)
_WITHOUT_BOUNDS: Final = "gwp_embodied"
_SCORES: Final = tuple(FUNCTIONAL_UNITS)
# A spreadsheet takes a text that begins like this for a formula, and runs it. East Asian ones take wide characters, too.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_table(summary: Summary, file: IO[str]) -> None:
    """Write one row a group, that with the most energy first. What was not reported is an empty cell, never 0."""
    rows = csv.writer(file, lineterminator="\n")
    figures = [f"{name}{bound}_{unit}" for name, unit in _IMPACTS for bound in _bounds(name)]
    scores = [f"sci_gco2eq_per_{unit}" for unit in _SCORES]
    rows.writerow([*map(_cell, summary.by), *_COUNTS, *figures, *scores])
    for names, sums in sorted(summary.groups.items(), key=lambda item: -item[1].energy.estimate):
        rows.writerow([*map(_cell, names), *_numbers(sums), *_scores(summary.intensities.get(names))])


def _numbers(sums: Sums) -> list[int | float | None]:
    numbers: list[int | float | None] = [getattr(sums, name) for name in _COUNTS]
    for (name, _), total in zip(_IMPACTS, sums.totals, strict=True):
        numbers.extend(_figures(total)[: len(_bounds(name))])
    return numbers


def _scores(intensity: Intensity | None) -> list[float | None]:
    """The scores of ISO/IEC 21031 by each functional unit."""
    scores = [None if intensity is None else intensity.score(unit) for unit in _SCORES]
    return [None if score is None else score.gco2eq_per_unit for score in scores]


def _bounds(name: str) -> tuple[str, ...]:
    """The embodied part has no interval of its own in the telemetry."""
    return ("",) if name == _WITHOUT_BOUNDS else ("", "_low", "_high")


def _figures(total: Total) -> tuple[float | None, float | None, float | None]:
    if not total.reported:
        return (None, None, None)
    return (total.estimate, total.low, total.high) if total.has_interval else (total.estimate, None, None)


def _cell(name: str | None) -> str:
    text = name or ""
    return f"'{text}" if text.startswith(_FORMULA) else text
