"""Sums of requests: each impact with its interval, if all that was added has one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from otel_genai_impact.cli.report.records import Amount, CountedRequest


@dataclass(slots=True)
class Total:
    """The sum of one impact over requests. Its bounds are the sums of the requests' bounds.

    Attributes:
        reported: how many requests have the impact.
        bounded: how many of these have bounds. The sum has an interval only if all have.
    """

    estimate: float = 0.0
    low: float = 0.0
    high: float = 0.0
    reported: int = 0
    bounded: int = 0

    def add(self, amount: Amount | None) -> None:
        """Add one request."""
        if amount is None:
            return
        self.estimate += amount.estimate
        self.reported += 1
        if amount.low is not None and amount.high is not None:
            self.low += amount.low
            self.high += amount.high
            self.bounded += 1

    def merge(self, other: Total) -> None:
        """Add the sum of other requests."""
        self.estimate += other.estimate
        self.low += other.low
        self.high += other.high
        self.reported += other.reported
        self.bounded += other.bounded

    @property
    def has_interval(self) -> bool:
        """Whether low and high stand for all that was added."""
        return 0 < self.reported == self.bounded


@dataclass(slots=True)
class Sums:
    """Some requests, added up. Tokens are of those requests that reported them.

    Attributes:
        measured, provider_reported: of those with impacts, the ones whose energy was measured on the machine, or said by
            the provider; that of all others is modelled.
    """

    requests: int = 0
    estimated: int = 0
    recomputed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    measured: int = 0
    provider_reported: int = 0
    energy: Total = field(default_factory=Total)
    gwp: Total = field(default_factory=Total)
    gwp_embodied: Total = field(default_factory=Total)
    wcf: Total = field(default_factory=Total)
    adpe: Total = field(default_factory=Total)
    pe: Total = field(default_factory=Total)

    def add(self, request: CountedRequest) -> None:
        """Add one request."""
        self.requests += 1
        self.recomputed += request.recomputed
        self.input_tokens += request.input_tokens or 0
        self.output_tokens += request.output_tokens or 0
        impacts = request.impacts
        if impacts is not None:
            self.estimated += 1
            source = None if request.evidence is None else request.evidence.source
            self.measured += source == semconv.SOURCE_MEASURED
            self.provider_reported += source == semconv.SOURCE_PROVIDER
            for total, amount in zip(self.totals, impacts, strict=True):
                total.add(amount)

    def take_back(self, request: CountedRequest) -> None:
        """Take back a request without impacts that was added."""
        self.requests -= 1
        self.recomputed -= request.recomputed
        self.input_tokens -= request.input_tokens or 0
        self.output_tokens -= request.output_tokens or 0

    def merge(self, other: Sums) -> None:
        """Add other requests."""
        self.requests += other.requests
        self.estimated += other.estimated
        self.measured += other.measured
        self.provider_reported += other.provider_reported
        self.recomputed += other.recomputed
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        for mine, its in zip(self.totals, other.totals, strict=True):
            mine.merge(its)

    @property
    def modelled(self) -> int:
        """How many have impacts that nobody metered."""
        return self.estimated - self.measured - self.provider_reported

    @property
    def totals(self) -> tuple[Total, ...]:
        """The sums of all impacts, in the order of a request's."""
        return (self.energy, self.gwp, self.gwp_embodied, self.wcf, self.adpe, self.pe)
