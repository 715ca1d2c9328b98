"""The five impact criteria, and the units in which the model computes and telemetry reports each."""

from __future__ import annotations

from typing import Final, NamedTuple


class Criterion(NamedTuple):
    """One category of environmental impact.

    Attributes:
        key: its short name in attributes and metrics.
        name: what it stands for.
        model_unit: unit in which the impact model computes it.
        reported_unit: UCUM unit in which telemetry reports it.
        reported_per_model_unit: factor from the model's unit to the reported one.
    """

    key: str
    name: str
    model_unit: str
    reported_unit: str
    reported_per_model_unit: float


ENERGY: Final = Criterion(
    key="energy",
    name="facility energy, PUE included",
    model_unit="kWh",
    reported_unit="J",
    reported_per_model_unit=3.6e6,
)
GWP: Final = Criterion(
    key="gwp",
    name="global warming potential",
    model_unit="kgCO2eq",
    reported_unit="g",
    reported_per_model_unit=1e3,
)
ADPE: Final = Criterion(
    key="adpe",
    name="abiotic depletion potential, elements",
    model_unit="kgSbeq",
    reported_unit="g",
    reported_per_model_unit=1e3,
)
PE: Final = Criterion(
    key="pe",
    name="primary energy",
    model_unit="MJ",
    reported_unit="J",
    reported_per_model_unit=1e6,
)
WCF: Final = Criterion(
    key="wcf",
    name="water consumption footprint",
    model_unit="L",
    reported_unit="L",
    reported_per_model_unit=1.0,
)

CRITERIA: Final = (ENERGY, GWP, ADPE, PE, WCF)
