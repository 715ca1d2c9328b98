"""What is known of one request of a report, and how it is read from attributes that strangers wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.inventory.hosts import Server

_LONGEST_NAME: Final = 200
# More than mankind uses in a year, in J, g or L: no amount of one request, and no sum that overflows.
_MOST: Final = 1e21


class Amount(NamedTuple):
    """One impact of one request, in J, g or L. Bounds that were not recorded are None."""

    estimate: float
    low: float | None
    high: float | None


class Impacts(NamedTuple):
    """The impacts of one request. Energy and primary energy in J, masses in g, water in L; None where not recorded."""

    energy: Amount
    gwp: Amount | None
    gwp_embodied: Amount | None
    wcf: Amount | None
    adpe: Amount | None
    pe: Amount | None


class Evidence(NamedTuple):
    """What an estimate rests on, as far as the request's span, or the estimate made now, says so. None: it does not.

    Attributes:
        method, data_version: by which method, with which version of the data.
        source: `modelled`, `measured` on the machine, or reported by the `provider`.
        model: the inventory's entry.
        zone: the electricity zone.
        region: the codes that say how the zone is known.
        names: provider, the response's and the request's model: what the data centre is found by.
        served_by: who answered at the host that was called, and where, if that says more.
        recomputed: whether the estimate was made now.
    """

    method: str | None
    data_version: str | None
    source: str | None
    model: str | None
    zone: str | None
    region: tuple[str, ...]
    names: tuple[str | None, ...]
    served_by: Server | None
    recomputed: bool


class CountedRequest(NamedTuple):
    """One request of the report, counted once. None means not reported.

    Attributes:
        impacts: None where there is no estimate; then `reason` says why.
        recomputed: whether the impacts, or their absence, were worked out from the span now, by this version.
        assumptions: codes of what was assumed.
        basis: method and version of the data, of those that were recorded and those that were not.
        dimensions: what the report is grouped by.
        tokens_from: the attributes that say how many tokens went in, and how many were generated.
        task: what tells the task apart that the request is a part of; its trace if None.
        evidence: what the impacts rest on; None where there are none.
        images: how many images were generated, of a request for images.
    """

    ended_ns: int | None
    duration_s: float | None
    trace_id: int
    span_id: int
    provider: str | None
    model: str | None
    service: str | None
    input_tokens: int | None
    output_tokens: int | None
    impacts: Impacts | None
    reason: str | None
    recomputed: bool
    assumptions: tuple[str, ...]
    basis: str
    zone: str | None
    dimensions: tuple[str | None, ...]
    tokens_from: tuple[str | None, str | None] = (None, None)
    task: str | None = None
    evidence: Evidence | None = None
    images: int | None = None


class Outcome(NamedTuple):
    """What a span is: a request to count, or why it is not counted again; both None if it is no request.

    Attributes:
        instead_of: what was counted for the same request before, of a span that did not say what it used.
    """

    request: CountedRequest | None
    repetition: str | None
    instead_of: CountedRequest | None = None


TWIN: Final = "twin"
"""Another instrumentation's span of a request that is counted."""
SAME_SPAN: Final = "same span"
"""The very same span once more, as there is after an export was tried again."""


def recorded_impacts(attributes: Mapping[str, Any]) -> Impacts | None:
    """The impacts that a span carries; None if it has none that can be believed."""
    energy = amount(attributes, semconv.ENERGY)
    if energy is None:
        return None
    return Impacts(
        energy,
        *(
            amount(attributes, key)
            for key in (semconv.GWP, semconv.GWP_EMBODIED, semconv.WCF, semconv.ADPE, semconv.PE)
        ),
    )


def amount(attributes: Mapping[str, Any], key: str) -> Amount | None:
    """A quantity as it was recorded; bounds only where there are both, and in order."""
    estimate, low, high = (_quantity(attributes.get(name)) for name in (key, f"{key}_low", f"{key}_high"))
    if estimate is None:
        return None
    if low is None or high is None or not low <= estimate <= high:
        return Amount(estimate, None, None)
    return Amount(estimate, low, high)


def _quantity(value: object) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _MOST:
        return float(value)
    return None


def count(tokens: int | None) -> int | None:
    """Negative stands for what is no count."""
    return tokens if tokens is not None and tokens >= 0 else None


def codes_in(value: object) -> tuple[str, ...]:
    """A list of names, each once."""
    items = cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()
    return tuple(dict.fromkeys(code for item in items if (code := short(item)) is not None))


def short(value: object) -> str | None:
    """A name that can be printed, of a reasonable length: files come from strangers."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)) and value != "":
        name = str(value)[:_LONGEST_NAME]
        return (
            name if name.isprintable() else "".join(character if character.isprintable() else "?" for character in name)
        )
    return None
