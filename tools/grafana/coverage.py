"""How far the figures can be trusted: what was not estimated, and what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.grafana.board import board
from tools.grafana.panels import (
    COUNT,
    GRAM_PER_KWH,
    SHARE,
    Column,
    Line,
    bars,
    lines,
    listing,
    note,
    number,
    ranking,
    shares,
)
from tools.grafana.promql import (
    AT_EACH_POINT,
    EACH_BAR,
    ENERGY,
    ENERGY_HIGH,
    ENERGY_LOW,
    ESTIMATED,
    GWP,
    MODEL,
    PROVIDER,
    REASON,
    REQUESTS,
    SERVICE,
    WHOLE_RANGE,
    ZONE,
    estimated_share,
    increase,
)

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

_NOT_ESTIMATED = f'{REASON}!=""'
_WORLD = 'genai_impact_zone="WOR"'
_OVERFLOW = 'otel_metric_overflow="true"'
_METHOD = "genai_impact_method, genai_impact_source"
_JOULE_PER_KWH = 3_600_000
_WIDTH = (
    f"({increase(ENERGY_HIGH, over=WHOLE_RANGE, by=MODEL)} - {increase(ENERGY_LOW, over=WHOLE_RANGE, by=MODEL)})"
    f" / {increase(ENERGY, over=WHOLE_RANGE, by=MODEL)}"
)
_ASSUMPTIONS = """\
What was assumed for one request stands on its span, in `genai_impact.assumptions`; it would be too many series here.
In Tempo, the requests with an assumption, as a rate by code:

```
{ span.genai_impact.energy > 0 } | rate() by (span.genai_impact.assumptions)
```

What the codes and reasons mean, and what to do: `docs/methodology.md` of otel-genai-impact.
"""


def coverage() -> Dashboard:
    """First how many requests are in the figures, then how sure the figures are."""
    dashboard = board(
        "coverage",
        "coverage and assumptions",
        "Which requests have no estimate and why, and how much the estimates assume. Requests without an estimate have no tenant: choose all tenants.",
        since="now-24h",
    )
    overflow = f"sum(increase({REQUESTS}{{{_OVERFLOW}}}[{WHOLE_RANGE}])) or vector(0)"
    world = f"({increase(REQUESTS, _WORLD)} or vector(0)) / {increase(REQUESTS, ESTIMATED)}"
    for panel in (
        number("Estimated", estimated_share(over=WHOLE_RANGE), SHARE, "Requests with an estimate.", width=6),
        number(
            "Requests without an estimate", increase(REQUESTS, _NOT_ESTIMATED), COUNT, "In no other figure.", width=6
        ),
        number("World average electricity", world, SHARE, "Requests of which the place is not known.", width=6),
        number(
            "Requests without labels", overflow, COUNT, "More than 1,000 sets of attributes: drop one of them.", width=6
        ),
        lines(
            "Estimated, by service",
            [Line(estimated_share(over=AT_EACH_POINT, by=SERVICE), f"{{{{{SERVICE}}}}}")],
            SHARE,
            "A fall after a release is a new model, or a stream without token counts.",
        ).max(1),
        bars(
            "Without an estimate, by reason",
            Line(increase(REQUESTS, _NOT_ESTIMATED, over=EACH_BAR, by=REASON), f"{{{{{REASON}}}}}"),
            COUNT,
            "Requests in each stretch of time.",
        ),
        listing(
            "What to do something about",
            {SERVICE: "Service", PROVIDER: "Provider", MODEL: "Model", REASON: "Reason"},
            [
                Column(
                    "Requests",
                    f"sort_desc({increase(REQUESTS, _NOT_ESTIMATED, by=f'{SERVICE}, {PROVIDER}, {MODEL}, {REASON}')} > 0)",
                    COUNT,
                )
            ],
            "`unknown_model`: add it to the inventory. `no_usage`: ask the provider for token counts in streams.",
        ),
        ranking(
            "Width of the bounds",
            Line(f"sort_desc({_WIDTH})", f"{{{{{MODEL}}}}}"),
            SHARE,
            "(high - low) / estimate of the energy. 100 % means from half the estimate to one and a half times it.",
        ),
        ranking(
            "Carbon of the energy, by zone",
            Line(f"{_JOULE_PER_KWH} * {increase(GWP, by=ZONE)} / {increase(ENERGY, by=ZONE)}", f"{{{{{ZONE}}}}}"),
            GRAM_PER_KWH,
            "CO2eq of electricity and hardware for each kWh. `WOR` is the world's average.",
        ),
        shares(
            "Methods and sources",
            Line(increase(REQUESTS, ESTIMATED, by=_METHOD), "{{genai_impact_method}}, {{genai_impact_source}}"),
            COUNT,
            "Figures of different methods are not to be compared.",
            width=12,
        ),
        note("Assumptions", _ASSUMPTIONS),
    ):
        dashboard.with_panel(panel)
    return dashboard
