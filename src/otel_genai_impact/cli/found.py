"""What an explanation says of the model and the place that stand for a request: how they were found, and how good their numbers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv
from otel_genai_impact.cli.calculation import Factor, Step
from otel_genai_impact.cli.provenance import EVIDENCE, OWN_DATA, about_media_model, about_model
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.inventory.compiled import DATA_CENTER_DEFAULT

if TYPE_CHECKING:
    from otel_genai_impact.cli.provenance import AboutModel
    from otel_genai_impact.impacts.media import Modality
    from otel_genai_impact.inventory.assessing import Assessment
    from otel_genai_impact.inventory.catalog import Served

_STEPS: Final = {
    semconv.MODEL_FALLBACK: "a family: the name is that of a new member of it, by a declared pattern",
    semconv.MODEL_ALIAS: "another name of it, by a declared alias",
    semconv.MODEL_NORMALIZED: "its name, without what stands around it",
}
_EXACT: Final = "its exact name"
_DEPLOYMENT: Final = "a deployment, in data of your own"
_OF_YOURS: Final = "yours"
_MEANINGS: Final = {**EVIDENCE, _OF_YOURS: "its parameters are data of your own"}


def how(served: Served, name: str) -> str:
    """By which step a name led to the model."""
    for code, words in _STEPS.items():
        if code in served.assumptions:
            return words
    return _EXACT if name in {served.entry.name, served.entry.id} else _DEPLOYMENT


def place(served: Served) -> str:
    """Whose data centre it is, in words."""
    center = served.data_center.provider
    return "a usual data centre" if center == DATA_CENTER_DEFAULT else f"data centre of {center}"


def evidence(served: Served, about: AboutModel | None) -> tuple[str, str]:
    """How good the numbers of the model are, and what that means."""
    if about is not None:
        grade = about.evidence
    elif semconv.MODEL_PARAMETERS_UNDISCLOSED in served.entry.assumptions:
        grade = "C"
    else:
        grade = "A" if semconv.MODEL_FALLBACK in served.assumptions else _OF_YOURS
    return grade, _MEANINGS[grade]


def about(served: Served, archive: str | None, modality: Modality | None = None) -> AboutModel | None:
    """What is known of the model; nothing of a family's member, whatever model has the family's name.

    Args:
        served: what stands for it.
        archive: the version of the data; None for today's.
        modality: what it makes, if that is no text.
    """
    if semconv.MODEL_FALLBACK in served.assumptions:
        return None
    if modality is not None:
        return about_media_model(served.entry, modality, archive)
    return about_model(served.entry, archive)


def contract(served: Served, assessment: Assessment, energy_kwh: str) -> tuple[list[Factor], list[Step]]:
    """The electricity of a contract, and what the same request comes to with it; nothing without one."""
    gwp, market = served.market_gwp_kgco2eq_per_kwh, assessment.market_gwp_kgco2eq
    if gwp is None or market is None:
        return [], []
    factor = Factor("contract_gwp", "electricity of your contract", Interval.exactly(gwp), "kgCO2eq/kWh", OWN_DATA)
    formula = f"{energy_kwh} * contract_gwp + gwp_embodied"
    return [factor], [Step("gwp_market", "with your contract, beside gwp", formula, market, "kgCO2eq")]
