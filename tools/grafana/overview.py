"""For leaders: what all requests came to, where, and whether it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.grafana.board import board
from tools.grafana.panels import (
    COUNT,
    GRAM,
    JOULE,
    LITRE,
    SHARE,
    Column,
    Line,
    band,
    bars,
    listing,
    number,
    ranking,
    shares,
)
from tools.grafana.promql import (
    EACH_BAR,
    ENERGY,
    ENERGY_HIGH,
    ENERGY_LOW,
    GWP,
    GWP_HIGH,
    GWP_LOW,
    MODEL,
    PHASE,
    PROVIDER,
    REQUESTS,
    SERVICE,
    TENANT,
    WCF,
    WHOLE_RANGE,
    ZONE,
    estimated_share,
    increase,
    per_request,
)

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

_BOUNDS = "The bounds are sums of the requests' bounds: the errors of many requests partly cancel out, these do not."


def overview() -> Dashboard:
    """The totals first, then who causes them."""
    dashboard = board(
        "overview",
        "overview",
        "Energy, greenhouse gases and water of all requests to language models. Modelled, not measured.",
        since="now-7d",
    )
    for panel in (
        number("Energy", increase(ENERGY), JOULE, "Of the data centres, PUE included."),
        number("Emissions", increase(GWP), GRAM, "CO2eq, of electricity and of making the hardware."),
        number("Water", increase(WCF), LITRE, "For cooling, and for generating the electricity."),
        number("Requests", increase(REQUESTS), COUNT, "Each once, estimated or not."),
        number(
            "Estimated",
            estimated_share(over=WHOLE_RANGE),
            SHARE,
            "The part of the requests that the figures are about.",
        ),
        number(
            "Emissions of 1,000 requests", per_request(GWP, over=WHOLE_RANGE, requests=1000), GRAM, "CO2eq, on average."
        ),
        band(
            "Emissions and their bounds",
            increase(GWP_LOW, over=EACH_BAR),
            increase(GWP, over=EACH_BAR),
            increase(GWP_HIGH, over=EACH_BAR),
            GRAM,
            f"CO2eq in each stretch of time. {_BOUNDS}",
        ).interval("1m"),
        band(
            "Energy and its bounds",
            increase(ENERGY_LOW, over=EACH_BAR),
            increase(ENERGY, over=EACH_BAR),
            increase(ENERGY_HIGH, over=EACH_BAR),
            JOULE,
            f"In each stretch of time. {_BOUNDS}",
        ).interval("1m"),
        bars("Emissions by service", _by(GWP, SERVICE), GRAM, "CO2eq in each stretch of time."),
        bars("Emissions by provider", _by(GWP, PROVIDER), GRAM, "CO2eq in each stretch of time."),
        ranking(
            "The ten models that emit most",
            Line(f"topk(10, {increase(GWP, by=MODEL)})", f"{{{{{MODEL}}}}}"),
            GRAM,
            "CO2eq over the whole time range.",
        ),
        shares(
            "Use and hardware",
            Line(increase(GWP, by=PHASE), f"{{{{{PHASE}}}}}"),
            GRAM,
            "CO2eq: `usage` is the electricity, `embodied` the requests' share of making the hardware.",
        ),
        shares("Emissions by electricity zone", Line(increase(GWP, by=ZONE), f"{{{{{ZONE}}}}}"), GRAM, "CO2eq."),
        listing(
            "Tenants and services",
            {TENANT: "Tenant", SERVICE: "Service"},
            [
                Column("Requests", increase(REQUESTS, by=f"{TENANT}, {SERVICE}"), COUNT),
                Column("Energy", increase(ENERGY, by=f"{TENANT}, {SERVICE}"), JOULE),
                Column("Emissions", increase(GWP, by=f"{TENANT}, {SERVICE}"), GRAM),
                Column("Water", increase(WCF, by=f"{TENANT}, {SERVICE}"), LITRE),
            ],
            "The tenant is empty unless the application says it: `GENAI_IMPACT_METRIC_ATTRIBUTES=tenant`.",
        ),
    ):
        dashboard.with_panel(panel)
    return dashboard


def _by(metric: str, label: str) -> Line:
    return Line(increase(metric, over=EACH_BAR, by=label), f"{{{{{label}}}}}")
