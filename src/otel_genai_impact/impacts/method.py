"""What a method is, for type checkers alone: nothing imports this at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from otel_genai_impact.impacts.assessment import Impacts
    from otel_genai_impact.impacts.estimate import Bounds, Estimate
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model


class CompiledSystem(Protocol):
    """One product system with everything computed that does not depend on the request."""

    def estimate(self, output_tokens: float, latency_s: float) -> Estimate:
        """The impacts of one request; `latency_s` is infinite if unknown."""
        ...

    def bounds(self, output_tokens: float, latency_s: float) -> Bounds:
        """The bounds that `estimate` leaves out."""
        ...


class Method(Protocol):
    """A way to get from a functional unit and its product system to impacts, in a readable and a compiled form."""

    @property
    def name(self) -> str:
        """What telemetry reports as `genai_impact.method`."""
        ...

    @property
    def electricity(self) -> str:
        """The set of electricity data that it is to be given, one of those in `electricity.py`."""
        ...

    def assess(
        self, functional_unit: FunctionalUnit, model: Model, data_center: DataCenter, electricity_mix: ElectricityMix
    ) -> Impacts:
        """The readable form: the specification."""
        ...

    def compile(self, model: Model, data_center: DataCenter, electricity_mix: ElectricityMix) -> CompiledSystem:
        """The compiled form: equal to `assess` for every functional unit."""
        ...
