"""The telemetry contract: names and units of attributes and metrics. No logic.

From 1.0 on, these names and units follow semantic versioning.
"""

from __future__ import annotations

from typing import Final

SCOPE: Final = "otel_genai_impact"

# Read from spans: GenAI semantic conventions, and their older spellings.
GEN_AI_OPERATION_NAME: Final = "gen_ai.operation.name"
GEN_AI_PROVIDER_NAME: Final = "gen_ai.provider.name"
GEN_AI_SYSTEM: Final = "gen_ai.system"
GEN_AI_REQUEST_MODEL: Final = "gen_ai.request.model"
GEN_AI_RESPONSE_MODEL: Final = "gen_ai.response.model"
GEN_AI_RESPONSE_ID: Final = "gen_ai.response.id"
OPENAI_REQUEST_SERVICE_TIER: Final = "openai.request.service_tier"
OPENAI_RESPONSE_SERVICE_TIER: Final = "openai.response.service_tier"
# How much was asked of an image or a video model, where the conventions have no word for it yet.
REQUEST_SIZE: Final = "genai_impact.request.size"
REQUEST_STEPS: Final = "genai_impact.request.steps"
REQUEST_SECONDS: Final = "genai_impact.request.seconds"
GEN_AI_REQUEST_CHOICE_COUNT: Final = "gen_ai.request.choice.count"
SERVER_ADDRESS: Final = "server.address"
GEN_AI_USAGE_INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
GEN_AI_USAGE_OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
GEN_AI_USAGE_PROMPT_TOKENS: Final = "gen_ai.usage.prompt_tokens"
GEN_AI_USAGE_COMPLETION_TOKENS: Final = "gen_ai.usage.completion_tokens"
GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: Final = "gen_ai.usage.cache_write.input_tokens"
GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: Final = "gen_ai.usage.reasoning.output_tokens"

# Read from spans, too: the energy of a request as who served it tells it, in J; whether that is of the machines alone or of
# the facility (PUE included), if it says so; and in its own words how it divided what requests used together.
REPORTED_ENERGY: Final = "genai_impact.reported.energy"
REPORTED_BOUNDARY: Final = "genai_impact.reported.boundary"
REPORTED_ATTRIBUTION: Final = "genai_impact.reported.attribution"
BOUNDARY_IT: Final = "it"
BOUNDARY_FACILITY: Final = "facility"

# Written on the span of the inference itself, and as metrics of the same name.
ENERGY: Final = "genai_impact.energy"
ENERGY_LOW: Final = "genai_impact.energy_low"
ENERGY_HIGH: Final = "genai_impact.energy_high"
GWP: Final = "genai_impact.gwp"
GWP_LOW: Final = "genai_impact.gwp_low"
GWP_HIGH: Final = "genai_impact.gwp_high"
GWP_EMBODIED: Final = "genai_impact.gwp_embodied"
ADPE: Final = "genai_impact.adpe"
ADPE_LOW: Final = "genai_impact.adpe_low"
ADPE_HIGH: Final = "genai_impact.adpe_high"
ADPE_EMBODIED: Final = "genai_impact.adpe_embodied"
PE: Final = "genai_impact.pe"
PE_LOW: Final = "genai_impact.pe_low"
PE_HIGH: Final = "genai_impact.pe_high"
PE_EMBODIED: Final = "genai_impact.pe_embodied"
WCF: Final = "genai_impact.wcf"
WCF_LOW: Final = "genai_impact.wcf_low"
WCF_HIGH: Final = "genai_impact.wcf_high"
METHOD: Final = "genai_impact.method"
MODEL: Final = "genai_impact.model"
SOURCE: Final = "genai_impact.source"
ZONE: Final = "genai_impact.zone"
DATA_VERSION: Final = "genai_impact.data_version"
ASSUMPTIONS: Final = "genai_impact.assumptions"
NOT_ESTIMATED: Final = "genai_impact.not_estimated"
PHASE: Final = "genai_impact.phase"
# Where the energy was metered: what the method would have said.
MODELLED_ENERGY: Final = "genai_impact.modelled.energy"

# Written on the spans above: the local root, agents, workflows and tools.
ROLLUP_ENERGY: Final = "genai_impact.rollup.energy"
ROLLUP_GWP: Final = "genai_impact.rollup.gwp"
ROLLUP_WCF: Final = "genai_impact.rollup.wcf"
ROLLUP_REQUESTS: Final = "genai_impact.rollup.requests"
ROLLUP_NOT_ESTIMATED: Final = "genai_impact.rollup.not_estimated"

# Of budgets: metrics, and attributes of the event on the request that reaches a limit. The last is the event, too, and an
# attribute of the requests for which nothing is left.
BUDGET_ENERGY_USED: Final = "genai_impact.budget.energy.used"
BUDGET_ENERGY_USED_HIGH: Final = "genai_impact.budget.energy.used_high"
BUDGET_ENERGY_LIMIT: Final = "genai_impact.budget.energy.limit"
BUDGET_GWP_USED: Final = "genai_impact.budget.gwp.used"
BUDGET_GWP_USED_HIGH: Final = "genai_impact.budget.gwp.used_high"
BUDGET_GWP_LIMIT: Final = "genai_impact.budget.gwp.limit"
BUDGET_WCF_USED: Final = "genai_impact.budget.wcf.used"
BUDGET_WCF_USED_HIGH: Final = "genai_impact.budget.wcf.used_high"
BUDGET_WCF_LIMIT: Final = "genai_impact.budget.wcf.limit"
BUDGET_REQUESTS_USED: Final = "genai_impact.budget.requests.used"
BUDGET_REQUESTS_LIMIT: Final = "genai_impact.budget.requests.limit"
BUDGET_NAME: Final = "genai_impact.budget.name"
BUDGET_CRITERION: Final = "genai_impact.budget.criterion"
BUDGET_ACTION: Final = "genai_impact.budget.action"
BUDGET_EXCEEDED: Final = "genai_impact.budget.exceeded"
# In baggage, before the budget's name.
BUDGET_BAGGAGE: Final = "genai_impact.budget."

SOURCE_MODELLED: Final = "modelled"
SOURCE_MEASURED: Final = "measured"
SOURCE_PROVIDER: Final = "provider"
PHASE_USAGE: Final = "usage"
PHASE_EMBODIED: Final = "embodied"

# Metrics that are no span attribute.
REQUESTS: Final = "genai_impact.requests"
REQUEST_ENERGY: Final = "genai_impact.request.energy"
REQUEST_GWP: Final = "genai_impact.request.gwp"
LEDGER: Final = "genai_impact.ledger"

METRIC_OVERFLOW: Final = "otel.metric.overflow"
OTHER: Final = "_OTHER"

UNIT_ENERGY: Final = "J"
UNIT_MASS: Final = "g"
UNIT_WATER: Final = "L"
UNIT_REQUEST: Final = "{request}"
UNIT_EVENT: Final = "{event}"

REQUEST_ENERGY_BOUNDARIES_J: Final = (
    0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6,
)  # fmt: skip
REQUEST_GWP_BOUNDARIES_G: Final = tuple(boundary / 1e4 for boundary in REQUEST_ENERGY_BOUNDARIES_J)

# Why a request has no estimate: the values of `genai_impact.not_estimated`.
DUPLICATE: Final = "duplicate"
UNSUPPORTED_OPERATION: Final = "unsupported_operation"
ERROR: Final = "error"
INVALID_USAGE: Final = "invalid_usage"
NO_USAGE: Final = "no_usage"
UNKNOWN_MODEL: Final = "unknown_model"
UNKNOWN_ZONE: Final = "unknown_zone"
NOT_MEASURED: Final = "not_measured"

# What was assumed: the values in `genai_impact.assumptions`. Explained in docs/methodology.md.
MODEL_PARAMETERS_UNDISCLOSED: Final = "model.parameters.undisclosed"
MODEL_MULTIMODAL: Final = "model.multimodal"
MODEL_FROM_REQUEST: Final = "model.from_request"
PROVIDER_HOST: Final = "provider.host"
MODEL_NORMALIZED: Final = "model.normalized"
MODEL_ALIAS: Final = "model.alias"
MODEL_FALLBACK: Final = "model.fallback"
DATA_CENTER_DEFAULT: Final = "data_center.default"
DATA_CENTER_CLOUD: Final = "data_center.cloud"
ZONE_PROVIDER_DEFAULT: Final = "zone.provider_default"
ZONE_WORLD: Final = "zone.world"
MEDIA_COUNT: Final = "media.count.default"
MEDIA_DURATION: Final = "media.duration.default"
MEDIA_SIZE: Final = "media.size.default"
MEDIA_STEPS: Final = "media.steps.default"
LATENCY_UNKNOWN: Final = "latency.unknown"
INPUT_UNKNOWN: Final = "input.unknown"
MODEL_PRECISION: Final = "model.precision"
GRID_ADPE_WORLD: Final = "grid.adpe.world"
GRID_PE_WORLD: Final = "grid.pe.world"
GRID_WUE_WORLD: Final = "grid.wue.world"
ENERGY_BOUNDARY_ASSUMED: Final = "energy.boundary.assumed"
ENERGY_ATTRIBUTED: Final = "energy.attributed"
ENERGY_REPORTED_INVALID: Final = "energy.reported.invalid"
PUE_ONE: Final = "pue.one"
EMBODIED_MODELLED: Final = "embodied.modelled"
EMBODIED_UNKNOWN: Final = "embodied.unknown"

WORLD: Final = "WOR"
