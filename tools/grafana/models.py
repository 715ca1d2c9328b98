"""Models compared: per request and per token, with their bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.grafana.board import board
from tools.grafana.panels import COUNT, GRAM, JOULE, LITRE, Column, Line, band, lines, listing, note, ranking
from tools.grafana.promql import (
    ENERGY,
    ENERGY_HIGH,
    ENERGY_LOW,
    GWP,
    MEASURED_AT_SERVER,
    MODEL,
    PROVIDER,
    REQUESTS,
    WCF,
    WHOLE_RANGE,
    increase,
    per_output_token,
    per_request,
)

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

_MODEL = f"{{{{{MODEL}}}}}"
_OF_MODEL = f"{PROVIDER}, {MODEL}"
_AT_THE_SERVER = f'{MEASURED_AT_SERVER}{{{MODEL}=~"$model"}}'
_MEASURED = f"1000 * {_AT_THE_SERVER}"
_ESTIMATED_THERE = f"{per_output_token(ENERGY, tokens=1000)} and on ({MODEL}) {_AT_THE_SERVER}"
_HOW_TO_COMPARE = """\
- **Per token** compares models on the same work. **Per request** compares what your users do with them.
- Where the bounds of two models overlap, neither is known to be better. Sizes that providers do not disclose make
  the widest bounds.
- Tokens are counted by the instrumentations (`gen_ai.client.token.usage`), without tenants: choose all tenants here.
  Two instrumentations of one SDK count them twice; energy is counted once.
- Only tokens of answers are in the method `ecologits-0.11`: long prompts look free, and are not.
"""


def models() -> Dashboard:
    """One table first; the courses in time below it."""
    dashboard = board(
        "models",
        "models compared",
        "Energy, emissions and water of models per request and per token, with the bounds of the estimate.",
        since="now-7d",
    )
    for panel in (
        listing(
            "All models", {PROVIDER: "Provider", MODEL: "Model"}, _columns(), "Averages over the whole time range."
        ),
        ranking(
            "Energy of a request",
            Line(f"sort_desc({per_request(ENERGY, over=WHOLE_RANGE, by=MODEL)})", _MODEL),
            JOULE,
            "On average.",
        ),
        ranking(
            "Energy of 1,000 tokens of answers",
            Line(f"sort_desc({per_output_token(ENERGY, over=WHOLE_RANGE, tokens=1000)})", _MODEL),
            JOULE,
            "On average.",
        ),
        band(
            "Energy of a request, with its bounds",
            per_request(ENERGY_LOW),
            per_request(ENERGY),
            per_request(ENERGY_HIGH),
            JOULE,
            "Of the models chosen above, together: choose one to see its bounds.",
        ),
        lines(
            "Emissions of 1,000 tokens of answers",
            [Line(per_output_token(GWP, tokens=1000), _MODEL)],
            GRAM,
            "CO2eq. Moves with the electricity zone as well as with the model.",
        ),
        lines("Energy of a request", [Line(per_request(ENERGY, by=MODEL), _MODEL)], JOULE, "By model, in time."),
        lines(
            "Energy of 1,000 tokens, measured at the server",
            [Line(_MEASURED, f"{_MODEL} measured"), Line(_ESTIMATED_THERE, f"{_MODEL} estimated")],
            JOULE,
            "Of models that you run yourself, if Prometheus has alerts/server.rules.yml: joules of GPUs and processors, "
            "without cooling, for the tokens that the servers generated; and what applications estimated for the same "
            "models, with cooling. docs/measured.md says what to scrape.",
        ),
        note("How to compare", _HOW_TO_COMPARE, width=24),
    ):
        dashboard.with_panel(panel)
    return dashboard


def _columns() -> list[Column]:
    def average(metric: str, requests: int = 1) -> str:
        return per_request(metric, over=WHOLE_RANGE, by=_OF_MODEL, requests=requests)

    return [
        Column("Requests", increase(REQUESTS, by=_OF_MODEL), COUNT),
        Column("Energy of a request", average(ENERGY), JOULE),
        Column("at least", average(ENERGY_LOW), JOULE),
        Column("at most", average(ENERGY_HIGH), JOULE),
        Column("Energy of 1,000 tokens", per_output_token(ENERGY, over=WHOLE_RANGE, by=_OF_MODEL, tokens=1000), JOULE),
        Column("Emissions of 1,000 requests", average(GWP, requests=1000), GRAM),
        Column("Water of 1,000 requests", average(WCF, requests=1000), LITRE),
    ]
