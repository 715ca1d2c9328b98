"""The inventory holds exactly what EcoLogits 0.11.3 holds, and everything that its releases since 0.8.0 forgot."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from ecologits.electricity_mix_repository import electricity_mixes
from ecologits.model_repository import ParametersMoE, models
from ecologits.tracers.utils import PROVIDER_CONFIG_MAP
from ecologits.utils.range_value import RangeValue

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, Model
from otel_genai_impact.inventory.compiled import DataCenterEntry, ZoneEntry, inventory

if TYPE_CHECKING:
    from ecologits.model_repository import Model as ReferenceModel

CODES = {
    "model-arch-not-released": "model.parameters.undisclosed",
    "model-arch-multimodal": "model.multimodal",
    "electricity-mix-adpe-world": "grid.adpe.world",
    "electricity-mix-pe-world": "grid.pe.world",
    "electricity-mix-wue-world": "grid.wue.world",
}


class RetiredModel(TypedDict):
    provider: str
    name: str
    last_release: str
    active_parameters_b: list[float]
    total_parameters_b: list[float]
    output_tokens_per_s: float | None
    time_to_first_token_s: float | None


class RetiredAlias(TypedDict):
    provider: str
    name: str
    last_release: str
    model: str


class Retired(TypedDict):
    models: list[RetiredModel]
    aliases: list[RetiredAlias]


RETIRED: Retired = json.loads(Path(__file__).with_name("retired_models.json").read_text(encoding="utf-8"))


def _interval(value: float | RangeValue) -> Interval:
    return Interval(value.min, value.max) if isinstance(value, RangeValue) else Interval.exactly(value)


def _model(reference: ReferenceModel) -> Model:
    parameters, deployment = reference.architecture.parameters, reference.deployment
    active, total = (
        (parameters.active, parameters.total) if isinstance(parameters, ParametersMoE) else (parameters, parameters)
    )
    return Model(
        active_parameters_b=_interval(active),
        total_parameters_b=_interval(total),
        output_tokens_per_s=deployment.tps if deployment else None,
        time_to_first_token_s=deployment.ttft if deployment else None,
    )


def _as_the_reference_has_it(model: Model) -> Model:
    """What the reference knows of a model: another method knows more, and warnings are compared on their own."""
    return replace(model, weight_bytes=None, is_disclosed=True)


def test_every_model_and_alias_equals_the_reference() -> None:
    """342 models and 9 aliases: the same parameters, speeds and warnings under the same provider and name."""
    assert version("ecologits") == "0.11.3"
    references = models.list_models()
    for reference in references:
        entry = inventory().model(reference.provider.value, reference.name)
        assert entry is not None, reference.name
        assert (reference.name, _model(reference)) == (reference.name, _as_the_reference_has_it(entry.model))
        codes = tuple(sorted(CODES[warning.code] for warning in reference.warnings))
        assert (reference.name, codes) == (reference.name, entry.assumptions)
    print(f"{len(references)} names equal to EcoLogits 0.11.3")
    assert len(references) == 342 + 9


def test_every_zone_equals_the_reference() -> None:
    """215 zones: the same four factors and the same warnings, and no zone more or less."""
    references = electricity_mixes.list_electricity_mixes()
    for reference in references:
        mix = ElectricityMix(
            gwp_kgco2eq_per_kwh=reference.gwp,
            adpe_kgsbeq_per_kwh=reference.adpe,
            pe_mj_per_kwh=reference.pe,
            wue_l_per_kwh=reference.wue,
        )
        codes = tuple(sorted(CODES[warning.code] for warning in reference.warnings))
        assert ZoneEntry(code=reference.zone, electricity_mix=mix, assumptions=codes) == inventory().zone(
            reference.zone
        )
    assert sorted(reference.zone for reference in references) == list(inventory().zone_codes)
    assert len(references) == 215


def test_every_data_center_equals_the_reference() -> None:
    """The same six providers, each with the same PUE, on-site WUE and zone."""
    for provider, reference in PROVIDER_CONFIG_MAP.items():
        center = DataCenter(
            pue=_interval(reference.datacenter_pue), onsite_wue_l_per_kwh=_interval(reference.datacenter_wue)
        )
        expected = DataCenterEntry(provider=provider, data_center=center, zone=reference.datacenter_location)
        assert expected == inventory().data_center(provider)
    assert sorted(PROVIDER_CONFIG_MAP) == list(inventory().providers)


def test_models_that_the_reference_forgot_keep_their_last_numbers() -> None:
    """Traces outlive models: each of the 124 retired ones still resolves, with the numbers of the last release."""
    for retired in RETIRED["models"]:
        entry = inventory().model(retired["provider"], retired["name"])
        assert entry is not None, retired["name"]
        expected = Model(
            active_parameters_b=Interval(*retired["active_parameters_b"]),
            total_parameters_b=Interval(*retired["total_parameters_b"]),
            output_tokens_per_s=retired["output_tokens_per_s"],
            time_to_first_token_s=retired["time_to_first_token_s"],
        )
        assert (retired["name"], expected) == (retired["name"], _as_the_reference_has_it(entry.model))
        assert models.find_model(retired["provider"], retired["name"]) is None
    assert len(RETIRED["models"]) == 124


def test_aliases_that_the_reference_forgot_still_lead_to_their_models() -> None:
    """The three retired aliases give the models that they stood for."""
    for retired in RETIRED["aliases"]:
        entry = inventory().model(retired["provider"], retired["name"])
        assert entry is not None, retired["name"]
        assert retired["model"] == entry.name
    assert len(RETIRED["aliases"]) == 3
