"""For those who run a service: what its requests take now, beside how fast they are, and the traces behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.grafana.board import board
from tools.grafana.panels import GRAM, JOULE, LITRE, PER_SECOND, SECONDS, WATT, Line, distribution, lines
from tools.grafana.promql import (
    AT_EACH_POINT,
    DURATION_BUCKETS,
    ENERGY,
    GWP,
    MODEL,
    REASON,
    REQUEST_ENERGY_BUCKETS,
    REQUESTS,
    TENANT,
    WCF,
    increase,
    per_request,
    quantile,
    rate,
)

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

_MODEL = f"{{{{{MODEL}}}}}"


def service() -> Dashboard:
    """Traffic, then what a request takes, then what drives it."""
    dashboard = board(
        "service",
        "service",
        "What the requests of a service take, now. The dots on the energy of requests are exemplars: they lead to traces.",
        since="now-3h",
    )
    for panel in (
        lines("Requests", [Line(rate(REQUESTS, by=MODEL), _MODEL)], PER_SECOND, "Each once, estimated or not."),
        lines("Power", [Line(rate(ENERGY, by=MODEL), _MODEL)], WATT, "Energy of the requests that end, per second."),
        lines(
            "Energy of a request",
            [
                Line(quantile(0.5, REQUEST_ENERGY_BUCKETS), "half are below"),
                Line(quantile(0.95, REQUEST_ENERGY_BUCKETS), "95 % are below"),
                Line(quantile(0.99, REQUEST_ENERGY_BUCKETS), "99 % are below"),
            ],
            JOULE,
            "Each dot is one request: click it for its trace.",
            exemplars=True,
        ),
        distribution(
            "Energy of requests",
            increase(REQUEST_ENERGY_BUCKETS, over=AT_EACH_POINT, by="le"),
            JOULE,
            "How many requests took how much. Two bands are mostly two models, or short and long answers.",
        ),
        lines(
            "Emissions of 1,000 requests",
            [Line(per_request(GWP, by=MODEL, requests=1000), _MODEL)],
            GRAM,
            "CO2eq. A step without a release is a model, a zone or longer answers.",
        ),
        lines(
            "Water of 1,000 requests",
            [Line(per_request(WCF, by=MODEL, requests=1000), _MODEL)],
            LITRE,
            "For cooling, and for generating the electricity.",
        ),
        lines(
            "Duration of a request, 95 % are below",
            [Line(quantile(0.95, DURATION_BUCKETS, by=MODEL), _MODEL)],
            SECONDS,
            "From `gen_ai.client.operation.duration`, which the instrumentations of the SDKs record.",
        ),
        lines(
            "Requests without an estimate",
            [Line(rate(REQUESTS, f'{REASON}!=""', by=REASON), f"{{{{{REASON}}}}}")],
            PER_SECOND,
            "By reason. They are in no figure of energy, emissions or water.",
        ),
        lines(
            "Power by tenant",
            [Line(rate(ENERGY, by=TENANT), f"{{{{{TENANT}}}}}")],
            WATT,
            "Where the application names tenants.",
        ),
    ):
        dashboard.with_panel(panel)
    return dashboard
