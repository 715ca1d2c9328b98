"""Which attributes are written on the span of an estimated request, by detail, in the order of the contract.

Where a span has no room for all of them, the last ones are left out. What depends on the names in a request alone is in
a template that is made once; a request copies it and fills in its numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact.semconv import (
    ADPE,
    ADPE_EMBODIED,
    ADPE_HIGH,
    ADPE_LOW,
    ASSUMPTIONS,
    DATA_VERSION,
    ENERGY,
    ENERGY_HIGH,
    ENERGY_LOW,
    GWP,
    GWP_EMBODIED,
    GWP_HIGH,
    GWP_LOW,
    METHOD,
    MODEL,
    PE,
    PE_EMBODIED,
    PE_HIGH,
    PE_LOW,
    SOURCE,
    WCF,
    WCF_HIGH,
    WCF_LOW,
    ZONE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.util.types import AttributeValue

    from otel_genai_impact._config import Detail
    from otel_genai_impact.impacts.estimate import Bounds, Estimate

Attributes = dict[str, "AttributeValue"]

_STANDARD: Final = (
    *(ENERGY, ENERGY_LOW, ENERGY_HIGH, GWP, GWP_LOW, GWP_HIGH, METHOD, MODEL, SOURCE, ZONE),
    *(WCF, GWP_EMBODIED, ADPE, PE, DATA_VERSION, ASSUMPTIONS),
)
KEYS: Final[Mapping[Detail, tuple[str, ...]]] = {
    "minimal": (ENERGY, GWP, METHOD),
    "standard": _STANDARD,
    "full": (
        *_STANDARD,
        *(ADPE_LOW, ADPE_HIGH, ADPE_EMBODIED, PE_LOW, PE_HIGH, PE_EMBODIED, WCF_LOW, WCF_HIGH),
    ),
}
_TEXTS: Final = frozenset({METHOD, MODEL, SOURCE, ZONE, DATA_VERSION, ASSUMPTIONS})


def template(detail: Detail, texts: Mapping[str, AttributeValue]) -> Attributes:
    """The attributes of a request with these texts, its numbers still to be filled in. An empty text is left out."""
    return {key: texts.get(key, 0.0) for key in KEYS[detail] if key not in _TEXTS or texts.get(key)}


def fill(written: Attributes, estimate: Estimate) -> None:
    """Fill in the numbers of a request."""
    # One step for all numbers, in the order of the fields of `Estimate`.
    (
        written[ENERGY], written[ENERGY_LOW], written[ENERGY_HIGH],
        written[GWP], written[GWP_LOW], written[GWP_HIGH], written[GWP_EMBODIED],
        written[ADPE], _, written[PE], _, written[WCF],
    ) = estimate  # fmt: skip


def fill_minimal(written: Attributes, estimate: Estimate) -> None:
    """Fill in the numbers of minimal detail."""
    written[ENERGY], written[GWP] = estimate.energy, estimate.gwp


def fill_full(written: Attributes, numbers: tuple[Estimate, Bounds]) -> None:
    """Fill in the numbers of full detail."""
    estimate, bounds = numbers
    fill(written, estimate)
    written[ADPE_EMBODIED], written[PE_EMBODIED] = estimate.adpe_embodied, estimate.pe_embodied
    (
        written[ADPE_LOW], written[ADPE_HIGH], written[PE_LOW], written[PE_HIGH], written[WCF_LOW], written[WCF_HIGH],
    ) = bounds  # fmt: skip
