"""From a span to the request that it reports, in the GenAI semantic conventions or in another dialect."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact.inventory.hosts import OWN_HOSTS, server_at
from otel_genai_impact.semconv import (
    GEN_AI_OPERATION_NAME,
    GEN_AI_PROVIDER_NAME,
    GEN_AI_REQUEST_MODEL,
    GEN_AI_RESPONSE_ID,
    GEN_AI_RESPONSE_MODEL,
    GEN_AI_SYSTEM,
    GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
    GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
    GEN_AI_USAGE_COMPLETION_TOKENS,
    GEN_AI_USAGE_INPUT_TOKENS,
    GEN_AI_USAGE_OUTPUT_TOKENS,
    GEN_AI_USAGE_PROMPT_TOKENS,
    GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
    OPENAI_REQUEST_SERVICE_TIER,
    OPENAI_RESPONSE_SERVICE_TIER,
    SERVER_ADDRESS,
)
from otel_genai_impact.telemetry import dialects
from otel_genai_impact.telemetry.dialects import (
    CACHE_APART,
    INFERENCE,
    NEVER_COUNTED,
    NO_PROVIDERS,
    SPECIAL_PROVIDERS,
    THOUGHTS_APART,
    UNSUPPORTED,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    from otel_genai_impact.inventory.hosts import Server

# Spans that say what the requests below them came to: operations, and kinds in the conventions of others.
ROLLED_UP: Final[Mapping[str, frozenset[str]]] = {
    GEN_AI_OPERATION_NAME: frozenset({"invoke_agent", "invoke_workflow", "create_agent", "plan", "execute_tool"}),
    "openinference.span.kind": frozenset({"AGENT", "CHAIN", "TOOL"}),
    "traceloop.span.kind": frozenset({"workflow", "task", "agent", "tool"}),
    "langfuse.observation.type": frozenset({"agent", "chain", "tool"}),
}

# A span that has none of these is no GenAI span.
MARKS: Final = dialects.MARKS | {
    GEN_AI_OPERATION_NAME, GEN_AI_PROVIDER_NAME, GEN_AI_SYSTEM, GEN_AI_REQUEST_MODEL, GEN_AI_RESPONSE_MODEL,
    GEN_AI_USAGE_OUTPUT_TOKENS, GEN_AI_USAGE_COMPLETION_TOKENS, GEN_AI_USAGE_INPUT_TOKENS, GEN_AI_USAGE_PROMPT_TOKENS,
}  # fmt: skip
INFERENCE_KIND: Final = "inference"
# Service tiers that are served in larger or smaller batches than others.
SPECIAL_TIERS: Final = frozenset({"batch", "flex", "priority"})
_USAGE: Final = (GEN_AI_USAGE_OUTPUT_TOKENS, GEN_AI_USAGE_INPUT_TOKENS)

MOST_TOKENS: Final = 10**8
_LONGEST_NUMBER: Final = 32
_LONGEST_NAME: Final = 200
_MOST_NAMES: Final = 1024
_INVALID: Final = -1

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
        found = _in_other_words(name, attributes, scope)
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
        input_tokens = _tokens(input_tokens)
    if type(output_tokens) is not int or not 0 <= output_tokens <= MOST_TOKENS:
        output_tokens = _tokens(output_tokens)
    cached_tokens = get(GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS)
    if cached_tokens is not None:
        cached_tokens = _part(cached_tokens)
        written_tokens = _part(get(GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS))
        is_apart = scope is not None and scope.name in CACHE_APART
        input_tokens = _with_cache(input_tokens, cached_tokens, written_tokens, is_apart=is_apart)
    if provider in SPECIAL_PROVIDERS:
        in_our_words = False
        output_tokens = _with_thoughts(provider, attributes, input_tokens, output_tokens)
        provider = None if provider in NO_PROVIDERS else provider
    reasoning_tokens = get(GEN_AI_USAGE_REASONING_OUTPUT_TOKENS)
    if reasoning_tokens is not None:
        reasoning_tokens = _part(reasoning_tokens)
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
        if len(_plain_names) >= _MOST_NAMES:
            _plain_names.clear()  # rare: it takes thousands of names, and what is needed comes back at once
        _plain_names[names] = OWN_HOSTS.get(names[1], "")


def _served_by(provider: str | None, attributes: Mapping[str, Any]) -> Server | None:
    """Who answers at the host that was called, and where, as far as that says more than the provider."""
    address = attributes.get(SERVER_ADDRESS) or attributes.get(dialects.BASE_URL)
    return None if address is None or address == OWN_HOSTS.get(provider) else server_at(provider, address)


def _in_other_words(
    name: str, attributes: Mapping[str, Any], scope: InstrumentationScope | None
) -> tuple[str, Mapping[str, Any]] | None:
    """The kind of a request, and its attributes in the words of the conventions; None if it is none."""
    said = dialects.in_the_words_of_the_conventions(attributes)
    operation = said.get(GEN_AI_OPERATION_NAME)
    if operation is None:
        operation = _operation_in(name)
        _say_what_was_dropped(said, name, operation, scope)
    known = operation in INFERENCE or operation in UNSUPPORTED
    if not known and (operation in NEVER_COUNTED or not any(key in said for key in _USAGE)):
        return None
    if operation is not None:
        said[GEN_AI_OPERATION_NAME] = operation
    # What generates tokens under a name that nobody knows is text inference; anything else is a kind of its own.
    generates = GEN_AI_USAGE_OUTPUT_TOKENS in said
    if operation in UNSUPPORTED or (operation is not None and operation not in INFERENCE and not generates):
        return operation, said
    return None if dialects.is_no_request(name, attributes) else (INFERENCE_KIND, said)


def _say_what_was_dropped(
    said: dict[str, Any], name: str, operation: str | None, scope: InstrumentationScope | None
) -> None:
    """Some samplers drop what a span started with: its name and its instrumentation say some of it once more."""
    if scope is not None and GEN_AI_PROVIDER_NAME not in said:
        provider = dialects.provider_of_scope(scope.name)
        if provider is not None:
            said[GEN_AI_PROVIDER_NAME] = provider
    model = name.partition(" ")[2]
    if operation is not None and model and " " not in model:
        said.setdefault(GEN_AI_REQUEST_MODEL, model)


def _with_thoughts(
    provider: str | None, attributes: Mapping[str, Any], received: int | None, generated: int | None
) -> int | None:
    """The output tokens with the thoughts, which were left out where input and output do not come up to the total."""
    in_all = _tokens(dialects.total_tokens(attributes)) if provider in THOUGHTS_APART else None
    if in_all is None or received is None or generated is None or received < 0 or generated < 0:
        return generated
    return max(generated, in_all - received)


def _with_cache(received: int | None, cached: int | None, written: int | None, *, is_apart: bool) -> int | None:
    """The input tokens with those of the cache: less input than its parts means that they were left out."""
    of_the_cache = (cached or 0) + (written or 0)
    if received is None or received < 0 or (received >= of_the_cache and not is_apart):
        return received
    return received + of_the_cache


def _part(value: object) -> int | None:
    """A part of a count: None if it is none, because the count itself may still be good."""
    tokens = _tokens(value)
    return tokens if tokens is None or tokens >= 0 else None


def reports_genai(attributes: Mapping[str, Any]) -> bool:
    """Whether a span with these attributes may report a request."""
    return not MARKS.isdisjoint(attributes)


def names_an_operation(name: str) -> bool:
    """Whether the name of a span says that it is a request: `{operation} {model}`."""
    return _operation_in(name) is not None


def starts_request(name: str, attributes: Mapping[str, Any]) -> bool:
    """Whether a span that starts with this name and these attributes is that of a request, as far as can be told then."""
    operation = dialects.operation_of(attributes) or _operation_in(name)
    return operation in INFERENCE or operation in UNSUPPORTED


def service_tier(attributes: Mapping[str, Any]) -> str | None:
    """The service tier that served the request, or else was asked for; None where that is the usual one or unknown."""
    tier = attributes.get(OPENAI_RESPONSE_SERVICE_TIER) or attributes.get(OPENAI_REQUEST_SERVICE_TIER)
    known = tier.lower() if isinstance(tier, str) else None
    return known if known in SPECIAL_TIERS else None


def is_rolled_up(attributes: Mapping[str, Any]) -> bool:
    """Whether a span is that of an agent, a workflow or a tool."""
    return any(text(attributes.get(key)) in kinds for key, kinds in ROLLED_UP.items())


def _operation_in(name: str) -> str | None:
    """Samplers may drop what a span started with; its name, `{operation} {model}`, says it once more."""
    first_word = name.partition(" ")[0]
    return first_word if first_word in INFERENCE or first_word in UNSUPPORTED else None


def text(value: object) -> str | None:
    """The value if it is a text that says something."""
    return value if isinstance(value, str) and value else None


def _tokens(value: object) -> int | None:
    """The count in an attribute; negative if it is none.

    Some SDKs report floats or numeric strings: 12.0 and "12" are counts; True, 12.5, nan and "a lot" are none.
    """
    number = value
    if number is None:
        return None
    if isinstance(number, str) and len(number) <= _LONGEST_NUMBER:
        try:
            number = float(number)
        except ValueError:
            return _INVALID
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return _INVALID
    if not (0 <= number <= MOST_TOKENS and number == int(number)):
        return _INVALID
    return int(number)
