"""The queries that dashboards share: names of the telemetry contract as Prometheus has them, and how to sum them up."""

from __future__ import annotations

from typing import Final

ENERGY: Final = "genai_impact_energy_joules_total"
ENERGY_LOW: Final = "genai_impact_energy_low_joules_total"
ENERGY_HIGH: Final = "genai_impact_energy_high_joules_total"
GWP: Final = "genai_impact_gwp_grams_total"
GWP_LOW: Final = "genai_impact_gwp_low_grams_total"
GWP_HIGH: Final = "genai_impact_gwp_high_grams_total"
WCF: Final = "genai_impact_wcf_L_total"
REQUESTS: Final = "genai_impact_requests_total"
REQUEST_ENERGY_BUCKETS: Final = "genai_impact_request_energy_joules_bucket"
# Of the official instrumentations, beside our own: tokens and duration of each call.
TOKENS_SUM: Final = "gen_ai_client_token_usage_sum"
DURATION_BUCKETS: Final = "gen_ai_client_operation_duration_seconds_bucket"
# Of alerts/server.rules.yml.
MEASURED_AT_SERVER: Final = "model:genai_server_energy_joules_per_output_token:ratio_rate5m"

SERVICE: Final = "service_name"
PROVIDER: Final = "gen_ai_provider_name"
MODEL: Final = "gen_ai_response_model"
TENANT: Final = "tenant"
ZONE: Final = "genai_impact_zone"
PHASE: Final = "genai_impact_phase"
REASON: Final = "genai_impact_not_estimated"

ESTIMATED: Final = f'{REASON}=""'
OUTPUT_TOKENS: Final = 'gen_ai_token_type="output"'

CHOSEN_SERVICE: Final = f'{SERVICE}=~"$service"'
CHOSEN: Final = f'{CHOSEN_SERVICE}, {PROVIDER}=~"$provider", {MODEL}=~"$model", {TENANT}=~"$tenant"'
WHOLE_RANGE: Final = "$__range"
EACH_BAR: Final = "$__interval"
AT_EACH_POINT: Final = "$__rate_interval"


def series(metric: str, *conditions: str) -> str:
    """The series that the dashboard's variables leave."""
    return f"{metric}{{{', '.join((CHOSEN, *conditions))}}}"


def increase(metric: str, *conditions: str, over: str = WHOLE_RANGE, by: str = "") -> str:
    """How much was added in a time, summed up."""
    return _summed(f"increase({series(metric, *conditions)}[{over}])", by)


def rate(metric: str, *conditions: str, by: str = "") -> str:
    """How much is added a second, summed up."""
    return _summed(f"rate({series(metric, *conditions)}[{AT_EACH_POINT}])", by)


def per_request(metric: str, *, over: str = AT_EACH_POINT, by: str = "", requests: int = 1) -> str:
    """What so many estimated requests came to, on average. Requests without an estimate are in neither sum."""
    times = "" if requests == 1 else f"{requests} * "
    return f"{times}{increase(metric, over=over, by=by)} / {increase(REQUESTS, ESTIMATED, over=over, by=by)}"


def per_output_token(metric: str, *, over: str = AT_EACH_POINT, by: str = MODEL, tokens: int = 1) -> str:
    """What so many tokens of answers came to. The instrumentations count the tokens, also those of requests without an estimate."""
    times = "" if tokens == 1 else f"{tokens} * "
    return f"{times}{increase(metric, over=over, by=by)} / {increase(TOKENS_SUM, OUTPUT_TOKENS, over=over, by=by)}"


def estimated_share(*, over: str = AT_EACH_POINT, by: str = "") -> str:
    """How many of the requests have an estimate: 0 to 1, and 0 where none has one."""
    every = increase(REQUESTS, over=over, by=by)
    return f"({increase(REQUESTS, ESTIMATED, over=over, by=by)} or 0 * {every}) / {every}"


def quantile(share: float, buckets: str, *, by: str = "") -> str:
    """A quantile of a histogram: of each group, or of everything."""
    groups = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({groups}) (rate({series(buckets)}[{AT_EACH_POINT}])))"


def _summed(expression: str, by: str) -> str:
    return f"sum by ({by}) ({expression})" if by else f"sum({expression})"
