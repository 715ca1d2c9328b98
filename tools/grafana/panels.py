"""The panels that dashboards are made of: one function a kind, so that each looks the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    heatmap,
    piechart,
    prometheus,
    stat,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueGraphMode,
    GraphDrawStyle,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DataSourceRef, DataTransformerConfig, DynamicConfigValue
from grafana_foundation_sdk.models.prometheus import PromQueryFormat
from grafana_foundation_sdk.models.text import TextMode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JOULE: Final = "joule"
WATT: Final = "watt"
GRAM: Final = "massg"
LITRE: Final = "litre"
SECONDS: Final = "s"
SHARE: Final = "percentunit"
PER_SECOND: Final = "reqps"
COUNT: Final = "short"
TIMES: Final = "suffix:x"
GRAM_PER_KWH: Final = "suffix: g/kWh"

PROMETHEUS: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
_FULL_WIDTH: Final = 24
_LOW, _HIGH = "low", "high"


class Line(NamedTuple):
    """One query, and how its series are called."""

    expression: str
    legend: str = ""


class Column(NamedTuple):
    """One query of a table, its heading and unit."""

    heading: str
    expression: str
    unit: str


def number(title: str, expression: str, unit: str, description: str, *, width: int = 4) -> stat.Panel:
    """One figure over the whole time range."""
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .unit(unit)
        .decimals(2)
        .no_value("no data")
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(_last_value())
        .with_target(_instant(expression))
        .height(4)
        .span(width)
    )


def lines(
    title: str, of: Sequence[Line], unit: str, description: str, *, width: int = 12, exemplars: bool = False
) -> timeseries.Panel:
    """A course in time."""
    panel = _course(title, unit, description, width).fill_opacity(8)
    for letter, line in zip("ABCDEFGH", of, strict=False):
        panel.with_target(_range(line, letter).exemplar(exemplars))
    return panel


def bars(title: str, of: Line, unit: str, description: str, *, width: int = 12) -> timeseries.Panel:
    """How much in each stretch of time, stacked: the heights add up to the total."""
    return (
        _course(title, unit, description, width)
        .draw_style(GraphDrawStyle.BARS)
        .fill_opacity(80)
        .line_width(0)
        .stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
        .interval("1m")
        .with_target(_range(of, "A"))
    )


def band(
    title: str, low: str, estimate: str, high: str, unit: str, description: str, *, width: int = 12
) -> timeseries.Panel:
    """An estimate inside its bounds: the space between them is filled."""
    panel = lines(
        title, [Line(low, _LOW), Line(estimate, "estimate"), Line(high, _HIGH)], unit, description, width=width
    )
    faint = [DynamicConfigValue("custom.lineWidth", 1), DynamicConfigValue("custom.fillOpacity", 0)]
    filled = [
        DynamicConfigValue("custom.lineWidth", 1),
        DynamicConfigValue("custom.fillOpacity", 15),
        DynamicConfigValue("custom.fillBelowTo", _LOW),
    ]
    return panel.fill_opacity(0).line_width(2).override_by_name(_LOW, faint).override_by_name(_HIGH, filled)


def ranking(title: str, of: Line, unit: str, description: str, *, width: int = 12) -> bargauge.Panel:
    """Groups side by side, over the whole time range."""
    return (
        bargauge.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .unit(unit)
        .min(0)
        .no_value("no data")
        .display_mode(BarGaugeDisplayMode.BASIC)
        .orientation(VizOrientation.HORIZONTAL)
        .reduce_options(_last_value())
        .with_target(_instant(of.expression).legend_format(of.legend))
        .height(8)
        .span(width)
    )


def shares(title: str, of: Line, unit: str, description: str, *, width: int = 6) -> piechart.Panel:
    """Parts of a whole."""
    return (
        piechart.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .unit(unit)
        .no_value("no data")
        .reduce_options(_last_value())
        .with_target(_instant(of.expression).legend_format(of.legend))
        .height(8)
        .span(width)
    )


def distribution(title: str, expression: str, unit: str, description: str, *, width: int = 12) -> heatmap.Panel:
    """The buckets of a histogram in time, with exemplars."""
    return (
        heatmap.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .calculate(calculate=False)
        .y_axis(heatmap.YAxisConfig().unit(unit))
        .exemplars_color("rgba(255,120,10,0.9)")
        .with_target(_range(Line(expression, "{{le}}"), "A").format(PromQueryFormat.HEATMAP).exemplar(exemplar=True))
        .height(8)
        .span(width)
    )


def listing(
    title: str, groups: Mapping[str, str], columns: Sequence[Column], description: str, *, width: int = _FULL_WIDTH
) -> table.Panel:
    """A table: one row a group, one column a query. The groups are the labels, with their headings."""
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .no_value("none")
        .height(9)
        .span(width)
    )
    headings = {**groups}
    for letter, column in zip("ABCDEFGHIJ", columns, strict=False):
        panel.with_target(_instant(column.expression).format(PromQueryFormat.TABLE).ref_id(letter))
        panel.override_by_name(column.heading, [DynamicConfigValue("unit", column.unit)])
        headings["Value" if len(columns) == 1 else f"Value #{letter}"] = column.heading
    order = {name: position for position, name in enumerate(headings)}
    return panel.with_transformation(DataTransformerConfig(id_val="merge", options={})).with_transformation(
        DataTransformerConfig(
            id_val="organize",
            options={"excludeByName": {"Time": True}, "indexByName": order, "renameByName": headings},
        )
    )


def note(title: str, markdown: str, *, width: int = 12) -> text.Panel:
    """A few sentences where they are needed."""
    return text.Panel().title(title).mode(TextMode.MARKDOWN).content(markdown).height(8).span(width)


def _course(title: str, unit: str, description: str, width: int) -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    tooltip = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
    return (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .unit(unit)
        .min(0)
        .no_value("no data")
        .legend(legend.show_legend(show_legend=True))
        .tooltip(tooltip)
        .height(8)
        .span(width)
    )


def _instant(expression: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().datasource(PROMETHEUS).expr(expression).instant().ref_id("A")


def _range(line: Line, letter: str) -> prometheus.Dataquery:
    query = prometheus.Dataquery().datasource(PROMETHEUS).expr(line.expression).range().ref_id(letter)
    return query.legend_format(line.legend or "__auto")


def _last_value() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(values=False)
