"""Uncertainty that many requests share: named sources of error, and sums and ratios that know them.

A source of error is one unknown number that many estimates rest on: how large a provider's batches are, say. It does not
average out. A million requests to one model are known no better than one; but a comparison of two models in one data
centre does not care how much that wastes. So each quantity says how much of its error comes from which source, as the
standard deviation of its logarithm ("log-sd"); errors of different sources are independent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from otel_genai_impact.impacts.error_kinds import OF_MODEL, OF_PROVIDER, OF_ZONE
from otel_genai_impact.impacts.interval import Interval

Z_90: Final = 1.6448536269514722
"""Standard deviations between the median of a normal distribution and its 95th percentile: 90 % lie within two of these."""

Errors = Mapping[str, float]
"""The log-sd that each source of error gives a quantity; positive where more of the source is more of the quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """A positive quantity of which the logarithm is about normal.

    Attributes:
        median: the estimate.
        errors: log-sd by source.
    """

    median: float
    errors: Errors = field(default_factory=dict[str, float])

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm, by all sources."""
        return math.sqrt(sum(log_sd * log_sd for log_sd in self.errors.values()))

    @property
    def interval(self) -> Interval:
        """The median, and the bounds between which the quantity is with a probability of 90 %."""
        factor = math.exp(Z_90 * self.log_sd)
        return Interval(self.median / factor, self.median * factor, self.median)

    def __mul__(self, other: Uncertain | float) -> Uncertain:
        """A product of log-normal quantities is log-normal: log-sds add, source by source."""
        if isinstance(other, Uncertain):
            sources = {**self.errors, **other.errors}
            errors = {name: self.errors.get(name, 0.0) + other.errors.get(name, 0.0) for name in sources}
            return Uncertain(median=self.median * other.median, errors=errors)
        return Uncertain(median=self.median * other, errors=self.errors)

    def __add__(self, other: Uncertain) -> Uncertain:
        """A sum of them is nearly so: each part brings its errors by its share, as a small change of a source would."""
        median = self.median + other.median
        if not median:
            return Uncertain(median=0.0)
        mine, its = self.median / median, other.median / median
        sources = {**self.errors, **other.errors}
        errors = {name: mine * self.errors.get(name, 0.0) + its * other.errors.get(name, 0.0) for name in sources}
        return Uncertain(median=median, errors=errors)

    def shares(self) -> dict[str, float]:
        """The part of the variance that each source has, the largest first: what to find out next."""
        variance = self.log_sd**2
        if not variance:
            return {}
        found = {name: log_sd * log_sd / variance for name, log_sd in self.errors.items() if log_sd}
        return dict(sorted(found.items(), key=lambda item: -item[1]))


class Sum:
    """A sum over requests whose errors are shared. Sums merge by addition, in any order.

    Kept are the mean of the sum, its error by source (the mean times the log-sd, added up), and the variance of what is
    random in each request, which alone averages out.
    """

    __slots__ = ("_by_source", "_mean", "_random_variance")

    def __init__(self) -> None:
        self._mean = 0.0
        self._random_variance = 0.0
        self._by_source: dict[str, float] = {}

    def add(self, quantity: Uncertain, *, times: float = 1.0, random_log_sd: float = 0.0) -> None:
        """Add so many requests of this quantity each, of which every one has a random error of its own besides."""
        # The mean of a log-normal distribution lies above its median.
        mean = quantity.median * math.exp((quantity.log_sd**2 + random_log_sd**2) / 2)
        self._mean += times * mean
        self._random_variance += times * mean * mean * math.expm1(random_log_sd**2)
        for name, log_sd in quantity.errors.items():
            self._by_source[name] = self._by_source.get(name, 0.0) + times * mean * log_sd

    def merge(self, other: Sum) -> None:
        """Add all requests of another sum."""
        self._mean += other._mean
        self._random_variance += other._random_variance
        for name, error in other._by_source.items():
            self._by_source[name] = self._by_source.get(name, 0.0) + error

    @property
    def errors(self) -> dict[str, float]:
        """The log-sd of the sum by source."""
        return {name: error / self._mean for name, error in self._by_source.items()} if self._mean else {}

    @property
    def log_sd(self) -> float:
        """The log-sd of the sum."""
        return math.sqrt(self._variance)

    @property
    def total(self) -> Interval:
        """The median of the sum and its 90 % interval."""
        median = self._mean * math.exp(-self._variance / 2)
        return _interval(median, self.log_sd)

    def over(self, other: Sum) -> Interval:
        """How many times the other sum this one is: median and 90 % interval. What both share cancels.

        Raises:
            ZeroDivisionError: the other sum is 0.
        """
        mine, its = self.errors, other.errors
        shared = sum((mine.get(name, 0.0) - its.get(name, 0.0)) ** 2 for name in {**mine, **its})
        random = self._random + other._random
        return _interval(self.total.estimate / other.total.estimate, math.sqrt(shared + random))

    @property
    def _random(self) -> float:
        return self._random_variance / self._mean**2 if self._mean else 0.0

    @property
    def _variance(self) -> float:
        return sum(log_sd * log_sd for log_sd in self.errors.values()) + self._random


def _interval(median: float, log_sd: float) -> Interval:
    factor = math.exp(Z_90 * log_sd)
    return Interval(median / factor, median * factor, median)


class Scope(NamedTuple):
    """What requests must have in common to share an error."""

    model: str
    provider: str
    zone: str


def scoped(quantity: Uncertain, scope: Scope) -> Uncertain:
    """The quantity with its kinds of error as sources: `fit` as `fit:openai/gpt-4o`, which other models do not share."""
    return Uncertain(
        median=quantity.median, errors={_source(kind, scope): log_sd for kind, log_sd in quantity.errors.items()}
    )


def _source(kind: str, scope: Scope) -> str:
    if kind in OF_MODEL:
        return f"{kind}:{scope.model}"
    if kind in OF_PROVIDER:
        return f"{kind}:{scope.provider}"
    return f"{kind}:{scope.zone}" if kind in OF_ZONE else kind
