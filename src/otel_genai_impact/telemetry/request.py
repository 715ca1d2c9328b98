"""From a span to the request that it reports, in the GenAI semantic conventions or in another dialect."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact._room import make_room
from otel_genai_impact.inventory.hosts import OWN_HOSTS, server_at
from otel_genai_impact.semconv import (
    GEN_AI_OPERATION_NAME,
    GEN_AI_PROVIDER_NAME,
    GEN_AI_REQUEST_MODEL,
    GEN_AI_RESPONSE_ID,
    GEN_AI_RESPONSE_MODEL,
    GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
    GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
    GEN_AI_USAGE_INPUT_TOKENS,
    GEN_AI_USAGE_OUTPUT_TOKENS,
    GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
    OPENAI_REQUEST_SERVICE_TIER,
    OPENAI_RESPONSE_SERVICE_TIER,
    SERVER_ADDRESS,
)
from otel_genai_impact.telemetry import dialects
from otel_genai_impact.telemetry.dialects import CACHE_APART, NO_PROVIDERS, SPECIAL_PROVIDERS, THOUGHTS_APART
from otel_genai_impact.telemetry.operations import INFERENCE, INFERENCE_KIND, is_rolled_up
from otel_genai_impact.telemetry.translation import translated
from otel_genai_impact.telemetry.values import MOST_TOKENS, part_in, text, tokens_in, with_cache, with_thoughts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    from otel_genai_impact.inventory.hosts import Server

__all__ = [
    "INFERENCE_KIND", "MOST_TOKENS", "NAMES", "Request", "What",
    "is_rolled_up", "read", "service_tier", "what_of",
]  # fmt: skip

# Service tiers that are served in larger or smaller batches than others.
SPECIAL_TIERS: Final = frozenset({"batch", "flex", "priority"})

_LONGEST_NAME: Final = 200
_MOST_NAMES: Final = 1024

_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class Request(NamedTuple):
    """One request to a model, as its span reports it. None means not reported.

    Attributes:
        kind: `inference` for what the methods cover, also if the operation is not named; else the operation.
        served_by: who answers at the host that was called, and where, as far as that says more than the provider.
        input_tokens: with those read from and written to a cache; negative if what was reported is no count of tokens.
        output_tokens: with those of reasoning; negative if what was reported is no count of tokens.
        cached_tokens: of the input, those read from a cache.
        reasoning_tokens: of the output, those of reasoning.
    """

    kind: str
    operation: str | None
    provider: str | None
    response_model: str | None
    request_model: str | None
    served_by: Server | None
    response_id: str | None
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None


What = tuple[str, "str | None", "str | None", "int | None", "int | None"]
"""Of a request: its kind, the model asked for, the id of the response, input and output tokens."""
what_of: Final[Callable[[Request], What]] = itemgetter(
    *(Request._fields.index(name) for name in ("kind", "request_model", "response_id", "input_tokens", "output_tokens"))
)
"""In C: a plain tuple of five is unpacked in a fraction of the time that one with names and eleven takes."""

NAMES: Final = slice(1, 6)
"""The part of a request that its plan depends on: operation, provider, response and request model, who served it."""


# Operation, provider, response and request model that spans of inferences had together: texts in the words of the
# conventions, in which there is nothing to be put right. And the provider's own host, empty where it has no others.
_plain_names: Final[dict[object, str]] = {}
# In C: looking them up one by one takes longer than all that is done with them.
_names_in: Final = itemgetter(GEN_AI_OPERATION_NAME, GEN_AI_PROVIDER_NAME, GEN_AI_RESPONSE_MODEL, GEN_AI_REQUEST_MODEL)
_answer_in: Final = itemgetter(GEN_AI_RESPONSE_ID, GEN_AI_USAGE_INPUT_TOKENS, GEN_AI_USAGE_OUTPUT_TOKENS)


def read(name: str, attributes: Mapping[str, Any], scope: InstrumentationScope | None = None) -> Request | None:
    """The request that a span of this name, with these attributes and of this instrumentation reports; None if none.

    This runs for every GenAI span. Nearly every one has names that were read before and plain counts: then there is
    nothing to put right.
    """
    try:
        names = _names_in(attributes)
        own_host = _plain_names.get(names)
        if own_host is not None:
            response_id, input_tokens, output_tokens = _answer_in(attributes)
            if (
                type(response_id) is str
                and type(input_tokens) is type(output_tokens) is int
                and 0 <= input_tokens <= MOST_TOKENS >= output_tokens >= 0
                and response_id
                and GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS not in attributes
                and GEN_AI_USAGE_REASONING_OUTPUT_TOKENS not in attributes
            ):
                served_by = None
                if own_host and attributes.get(SERVER_ADDRESS) != own_host:
                    served_by = _served_by(names[1], attributes)
                return _new(
                    Request, (INFERENCE_KIND, *names, served_by, response_id, input_tokens, output_tokens, None, None)
                )
    except (KeyError, TypeError):
        pass  # one is missing, or a list
    return _read(name, attributes, scope)


def _read(  # noqa: C901 -- what is common, is looked at in place
    name: str, attributes: Mapping[str, Any], scope: InstrumentationScope | None
) -> Request | None:
    """What `read` gives, whatever there may be to put right."""
    get = attributes.get
    operation, output_tokens = get(GEN_AI_OPERATION_NAME), get(GEN_AI_USAGE_OUTPUT_TOKENS)
    provider = get(GEN_AI_PROVIDER_NAME)
    kind = INFERENCE_KIND
    in_our_words = (
        type(operation) is str and operation in INFERENCE and type(output_tokens) is int and provider is not None
    )
    if not in_our_words:
        found = translated(name, attributes, scope)
        if found is None:
            return None
        kind, attributes = found
        get = attributes.get
        operation, output_tokens = get(GEN_AI_OPERATION_NAME), get(GEN_AI_USAGE_OUTPUT_TOKENS)
        provider = get(GEN_AI_PROVIDER_NAME)
    if type(provider) is not str or not provider:
        provider = text(provider)
    response_model = get(GEN_AI_RESPONSE_MODEL)
    if type(response_model) is not str or not response_model:
        response_model = text(response_model)
    request_model = get(GEN_AI_REQUEST_MODEL)
    if type(request_model) is not str or not request_model:
        request_model = text(request_model)
    served_by = _served_by(provider, attributes) if provider in OWN_HOSTS else None
    response_id = get(GEN_AI_RESPONSE_ID)
    if type(response_id) is not str or not response_id:
        response_id = text(response_id)
    input_tokens = get(GEN_AI_USAGE_INPUT_TOKENS)
    if type(input_tokens) is not int or not 0 <= input_tokens <= MOST_TOKENS:
        input_tokens = tokens_in(input_tokens)
    if type(output_tokens) is not int or not 0 <= output_tokens <= MOST_TOKENS:
        output_tokens = tokens_in(output_tokens)
    cached_tokens = get(GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS)
    if cached_tokens is not None:
        cached_tokens = part_in(cached_tokens)
        written_tokens = part_in(get(GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS))
        is_apart = scope is not None and scope.name in CACHE_APART
        input_tokens = with_cache(input_tokens, cached_tokens, written_tokens, is_apart=is_apart)
    if provider in SPECIAL_PROVIDERS:
        in_our_words = False
        in_all = tokens_in(dialects.total_tokens(attributes)) if provider in THOUGHTS_APART else None
        output_tokens = with_thoughts(in_all, input_tokens, output_tokens)
        provider = None if provider in NO_PROVIDERS else provider
    reasoning_tokens = get(GEN_AI_USAGE_REASONING_OUTPUT_TOKENS)
    if reasoning_tokens is not None:
        reasoning_tokens = part_in(reasoning_tokens)
    if in_our_words and provider is not None:
        _remember_plain(operation, provider, response_model, request_model)
    return _new(
        Request,
        (
            kind, operation, provider, response_model, request_model, served_by, response_id,
            input_tokens, output_tokens, cached_tokens, reasoning_tokens,
        ),
    )  # fmt: skip


def _remember_plain(*names: str | None) -> None:
    """Names that `read` need not look at again. Names come from strangers: bounded in length and number."""
    if all(name is None or len(name) <= _LONGEST_NAME for name in names):
        make_room(_plain_names, _MOST_NAMES)
        _plain_names[names] = OWN_HOSTS.get(names[1], "")


def _served_by(provider: str | None, attributes: Mapping[str, Any]) -> Server | None:
    """Who answers at the host that was called, and where, as far as that says more than the provider."""
    address = attributes.get(SERVER_ADDRESS) or attributes.get(dialects.BASE_URL)
    return None if address is None or address == OWN_HOSTS.get(provider) else server_at(provider, address)


def service_tier(attributes: Mapping[str, Any]) -> str | None:
    """The service tier that served the request, or else was asked for; None where that is the usual one or unknown."""
    tier = attributes.get(OPENAI_RESPONSE_SERVICE_TIER) or attributes.get(OPENAI_REQUEST_SERVICE_TIER)
    known = tier.lower() if isinstance(tier, str) else None
    return known if known in SPECIAL_TIERS else None
