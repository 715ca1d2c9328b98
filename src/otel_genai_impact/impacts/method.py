"""What a method is, for type checkers alone: nothing imports this at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from otel_genai_impact.impacts.assessment import Impacts
    from otel_genai_impact.impacts.estimate import Bounds, Estimate
    from otel_genai_impact.impacts.media import Asked, MediaModel
    from otel_genai_impact.impacts.native_1_facility import Uncertainties
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
    from otel_genai_impact.impacts.serving import Serving
    from otel_genai_impact.impacts.uncertainty import Errors


class CompiledSystem(Protocol):
    """One product system with everything computed that does not depend on the request."""

    def estimate(
        self, output_tokens: float, latency_s: float, input_tokens: float = 0, cached_tokens: float = 0, /
    ) -> Estimate:
        """The impacts of one request; `latency_s` is infinite if unknown, `input_tokens` has those from a cache."""
        ...

    def bounds(
        self, output_tokens: float, latency_s: float, input_tokens: float = 0, cached_tokens: float = 0, /
    ) -> Bounds:
        """The bounds that `estimate` leaves out."""
        ...

    def energy_errors(self, output_tokens: float, input_tokens: float, cached_tokens: float, /) -> Errors | None:
        """The log-sd of energy by kind of error; None if low and high are limits, of which nobody knows the likelihood."""
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

    @property
    def counts_input(self) -> bool:
        """Whether input tokens, those from a cache and how a request is served matter; else its latency does."""
        ...

    def assumptions(self, model: Model) -> tuple[str, ...]:
        """Codes of what this method assumes about a model, beyond what the inventory does."""
        ...

    def assess(
        self,
        functional_unit: FunctionalUnit,
        model: Model,
        data_center: DataCenter,
        electricity_mix: ElectricityMix,
        serving: Serving = ...,
    ) -> Impacts:
        """The readable form: the specification."""
        ...

    def uncertainties(
        self,
        functional_unit: FunctionalUnit,
        model: Model,
        data_center: DataCenter,
        electricity_mix: ElectricityMix,
        serving: Serving = ...,
    ) -> Uncertainties | None:
        """What `assess` says, with the errors by kind; None if low and high are limits."""
        ...

    def compile(
        self, model: Model, data_center: DataCenter, electricity_mix: ElectricityMix, serving: Serving = ...
    ) -> CompiledSystem:
        """The compiled form: equal to `assess` for every functional unit."""
        ...


class CompiledMedia(Protocol):
    """The same as a compiled system, for requests that make no text."""

    def estimate(self, asked: Asked, /) -> Estimate:
        """The impacts of one request."""
        ...

    def bounds(self, asked: Asked, /) -> Bounds:
        """The bounds that `estimate` leaves out."""
        ...

    def energy_errors(self, asked: Asked, /) -> Errors:
        """The log-sd of energy by kind of error."""
        ...


class MediaMethod(Protocol):
    """The part of a method that covers vectors, images and videos, in both forms."""

    @property
    def name(self) -> str:
        """That of the method."""
        ...

    def assess(
        self, asked: Asked, model: MediaModel, data_center: DataCenter, electricity_mix: ElectricityMix
    ) -> Impacts:
        """The readable form: the specification."""
        ...

    def compile(self, model: MediaModel, data_center: DataCenter, electricity_mix: ElectricityMix) -> CompiledMedia:
        """The compiled form: equal to `assess` for every request."""
        ...
