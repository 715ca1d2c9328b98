"""The charts, as Vega-Lite specifications that vl-convert draws: SVG without scripts, in the colours of the page.

Each chart is drawn twice, for wide screens and paper, and for a phone, since what is scaled down cannot be read.
"""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact.cli.report.sums import end_j

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_genai_impact.cli.report.sums import Distribution, OverTime
    from otel_genai_impact.cli.report.totals import Sums

_VEGA_LITE: Final = "6.1"
_WIDE_PX: Final = 940
_NARROW_PX: Final = 330
_MOST_BARS: Final = 12
_LONGEST_LABEL_PX: Final = {_WIDE_PX: 220, _NARROW_PX: 120}
_J_PER_WH: Final = 3600.0
_UNITS_WH: Final = ((1e6, "MWh"), (1e3, "kWh"), (1.0, "Wh"), (1e-3, "mWh"), (1e-6, "\N{MICRO SIGN}Wh"))
_TIME_FORMAT: Final = "%-d %b %H:%M"
_DAY_S: Final = 24 * 3600
_FEW_DECADES: Final = 3
_ACCENT: Final = "var(--accent)"
_INK: Final = "var(--ink)"
_MUTED: Final = "var(--muted)"
_RULE: Final = "var(--rule)"
_SURFACE: Final = "var(--surface)"
_FONT: Final = "system-ui, sans-serif"

_AXIS: Final = {
    "labelColor": _MUTED, "labelFont": _FONT, "labelFontSize": 12, "titleColor": _MUTED, "titleFont": _FONT,
    "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 10, "gridColor": _RULE, "domainColor": _RULE,
    "tickColor": _RULE,
}  # fmt: skip
_CONFIG: Final = {
    "background": None,
    "padding": {"left": 16, "right": 16, "top": 6, "bottom": 2},
    "font": _FONT,
    "view": {"stroke": None},
    "axis": _AXIS,
    "axisY": {"domain": False, "ticks": False, "labelPadding": 8},
    "axisX": {"ticks": False, "labelPadding": 6},
}


class Chart(NamedTuple):
    """One chart in two widths: SVG texts."""

    wide: str
    narrow: str


def by_group(parts: Sequence[tuple[str, Sums]], label: str) -> Chart | None:
    """Energy of each part as a bar, with its interval; those beyond the first dozen are in the table alone."""
    shown = [(name, sums.energy) for name, sums in parts if sums.energy.reported][:_MOST_BARS]
    if not shown:
        return None
    size, unit = _unit(max(max(energy.estimate, energy.high if energy.has_interval else 0.0) for _, energy in shown))
    rows = [
        {
            "name": name,
            "estimate": energy.estimate / size,
            **({"low": energy.low / size, "high": energy.high / size} if energy.has_interval else {}),
        }
        for name, energy in shown
    ]
    whisker = {"color": _INK, "opacity": 0.75}

    def specification(width: int) -> dict[str, Any]:
        y = {
            "field": "name",
            "type": "nominal",
            "sort": None,
            "title": None,
            "axis": {"labelLimit": _LONGEST_LABEL_PX[width], "grid": False, "labelColor": _INK},
            "scale": {"paddingInner": 0.35},
        }
        x: dict[str, Any] = {"type": "quantitative", "title": f"energy, {unit}", "axis": _numbers(width)}
        known = {"filter": "isValid(datum.low)"}
        return {
            "data": {"values": rows},
            "height": {"step": 30},
            "encoding": {"y": y},
            "layer": [
                {
                    "mark": {"type": "bar", "color": _ACCENT, "cornerRadiusEnd": 3},
                    "encoding": {"x": {"field": "estimate", **x}},
                },
                {
                    "transform": [known],
                    "mark": {"type": "rule", "strokeWidth": 1.5, **whisker},
                    "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
                },
                *(
                    {
                        "transform": [known],
                        "mark": {"type": "tick", "thickness": 1.5, "size": 9, **whisker},
                        "encoding": {"x": {"field": bound, **x}},
                    }
                    for bound in ("low", "high")
                ),
            ],
        }

    return Chart(*(_draw(specification(width), width, label) for width in (_WIDE_PX, _NARROW_PX)))


def over_time(times: OverTime, label: str) -> Chart | None:
    """Energy in each period as a column, in UTC."""
    if not any(sums.energy.reported for sums in times.periods.values()):
        return None
    size, unit = _unit(max(sums.energy.estimate for sums in times.periods.values()))
    rows = [
        {"start": start_s * 1000, "end": (start_s + times.period_s) * 1000, "estimate": sums.energy.estimate / size}
        for start_s, sums in sorted(times.periods.items())
    ]
    time_format = "%-d %b %Y" if times.period_s >= _DAY_S else _TIME_FORMAT

    def specification(width: int) -> dict[str, Any]:
        axis = {
            "format": time_format,
            "grid": False,
            "tickCount": 3 if width == _NARROW_PX else 7,
            "labelOverlap": True,
        }
        return {
            "data": {"values": rows},
            "height": 220,
            "mark": {"type": "rect", "color": _ACCENT, "stroke": _SURFACE, "strokeWidth": 0.75},
            "encoding": {
                "x": {
                    "field": "start",
                    "type": "temporal",
                    "scale": {"type": "utc", "nice": False},
                    "title": "UTC",
                    "axis": axis,
                },
                "x2": {"field": "end"},
                "y": {
                    "field": "estimate",
                    "type": "quantitative",
                    "title": f"energy, {unit}",
                    "axis": {"tickCount": 5},
                },
            },
        }

    return Chart(*(_draw(specification(width), width, label) for width in (_WIDE_PX, _NARROW_PX)))


def distribution(energies: Distribution, label: str) -> Chart | None:
    """How many requests took how much energy: the energy axis is logarithmic."""
    if not energies.bins:
        return None
    size, unit = _unit(energies.largest_j)
    rows: list[dict[str, float]] = [
        {"start": end_j(position - 1) / size, "end": end_j(position) / size, "requests": count}
        for position, count in sorted(energies.bins.items())
    ]

    def specification(width: int) -> dict[str, Any]:
        x = {
            "field": "start",
            "type": "quantitative",
            "scale": {"type": "log", "nice": False},
            "title": f"energy of one request, {unit} (logarithmic)",
            "axis": {"grid": False, "values": _round_numbers(rows, fine=width == _WIDE_PX), "format": ",~r"},
        }
        counts = {"tickMinStep": 1, "tickCount": 5, "format": ",~r"}
        return {
            "data": {"values": rows},
            "height": 200,
            "mark": {"type": "rect", "color": _ACCENT, "stroke": _SURFACE, "strokeWidth": 0.75},
            "encoding": {
                "x": x,
                "x2": {"field": "end"},
                "y": {"field": "requests", "type": "quantitative", "title": "requests", "axis": counts},
                "y2": {"datum": 0},
            },
        }

    return Chart(*(_draw(specification(width), width, label) for width in (_WIDE_PX, _NARROW_PX)))


def bins(energies: Distribution) -> list[tuple[float, float, int]]:
    """The table beside that chart: from, to (J), requests."""
    return [(end_j(position - 1), end_j(position), count) for position, count in sorted(energies.bins.items())]


def _unit(largest_j: float) -> tuple[float, str]:
    """In which unit the largest of some energies is shown: how many J it has, and its name."""
    largest_wh = largest_j / _J_PER_WH
    size, name = next((known for known in _UNITS_WH if largest_wh >= known[0]), _UNITS_WH[-1])
    return size * _J_PER_WH, name


def _round_numbers(rows: Sequence[dict[str, float]], *, fine: bool) -> list[float]:
    """Powers of ten within the bins; where there is room and they are few, what lies between them, too."""
    first, last = floor(log10(rows[0]["start"])), ceil(log10(rows[-1]["end"]))
    steps = (1, 2, 5) if last - first <= (_FEW_DECADES if fine else 1) else (1,)
    numbers = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    return [number for number in numbers if rows[0]["start"] * 0.999 <= number <= rows[-1]["end"] * 1.001]


def _numbers(width: int) -> dict[str, Any]:
    return {"tickCount": 4 if width == _NARROW_PX else 8, "format": ",~r"}


def _draw(specification: dict[str, Any], width: int, label: str) -> str:
    """Draw it, and say to screen readers that it is one picture, of which the table has the figures."""
    import vl_convert
    from markupsafe import escape

    full = {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}, "config": _CONFIG, **specification}
    svg: str = vl_convert.vegalite_to_svg(full, vl_version=_VEGA_LITE)  # pyright: ignore[reportUnknownMemberType]
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
