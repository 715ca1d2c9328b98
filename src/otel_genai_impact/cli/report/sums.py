"""What a report says, added up in memory of a fixed size, however many requests there are."""

from __future__ import annotations

import heapq
from collections import Counter
from math import floor, log10
from typing import TYPE_CHECKING, Final

from otel_genai_impact.cli.report.records import TWIN
from otel_genai_impact.cli.report.sci import Intensity
from otel_genai_impact.cli.report.totals import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from otel_genai_impact.cli.report.records import CountedRequest, Evidence, Outcome

Group = tuple[str | None, ...]

OTHERS: Final = "(others)"
MOST_GROUPS: Final = 5000
MOST_TOP: Final = 20
_MOST_NAMES: Final = 200
_MOST_EVIDENCE: Final = 1000
BINS_PER_DECADE: Final = 5
_SMALLEST_J: Final = 1e-9

_MINUTE_S: Final = 60
PERIODS_S: Final = tuple(_MINUTE_S * minutes for minutes in (1, 5, 15, 60, 6 * 60, 24 * 60, 7 * 24 * 60, 28 * 24 * 60))
"""How much time one column of the chart over time may stand for."""
MOST_PERIODS: Final = 120
_NS_PER_S: Final = 10**9


class OverTime:
    """Sums by period. Where they become too many, the periods become longer: a minute at first, four weeks at last."""

    def __init__(self) -> None:
        self.periods: dict[int, Sums] = {}
        self.without_time = 0
        self._sizes = iter(PERIODS_S)
        self.period_s = next(self._sizes)

    def add(self, request: CountedRequest) -> None:
        """Add one request."""
        if request.ended_ns is None:
            self.without_time += 1
            return
        time_s = request.ended_ns // _NS_PER_S
        sums = self.periods.get(self._start_s(time_s))
        if sums is not None:
            sums.add(request)
            return
        self.periods[self._start_s(time_s)] = Sums()
        self.periods[self._start_s(time_s)].add(request)
        while (max(self.periods) - min(self.periods)) // self.period_s >= MOST_PERIODS and self._lengthen():
            pass

    def take_back(self, request: CountedRequest) -> None:
        """Take back a request without impacts that was added."""
        if request.ended_ns is None:
            self.without_time -= 1
        else:
            self.periods[self._start_s(request.ended_ns // _NS_PER_S)].take_back(request)

    def _start_s(self, time_s: int) -> int:
        return time_s - time_s % self.period_s

    def _lengthen(self) -> bool:
        longer = next(self._sizes, None)
        if longer is None:
            return False  # times are wild; even so there are no more than a few thousand of these
        self.period_s = longer
        shorter, self.periods = self.periods, {}
        for start_s, sums in shorter.items():
            self.periods.setdefault(self._start_s(start_s), Sums()).merge(sums)
        return True


class Distribution:
    """How many requests took how much energy, in bins of a fifth of a power of ten."""

    def __init__(self) -> None:
        self.bins: Counter[int] = Counter()
        self.largest_j = 0.0

    def add(self, energy_j: float) -> None:
        """Add one request."""
        self.bins[floor(log10(max(energy_j, _SMALLEST_J)) * BINS_PER_DECADE)] += 1
        self.largest_j = max(self.largest_j, energy_j)

    def quantile_j(self, share: float) -> float | None:
        """The energy that this share of the requests stays below: the upper end of its bin."""
        wanted, below = share * self.bins.total(), 0
        for position in sorted(self.bins):
            below += self.bins[position]
            if below >= wanted:
                return min(end_j(position), self.largest_j)
        return None


def end_j(position: int) -> float:
    """Where a bin ends, J; the next one begins there."""
    return 10 ** ((position + 1) / BINS_PER_DECADE)


class Names:
    """A count by names that strangers chose: the first ones keep theirs, all others are one."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()

    def add(self, *names: str) -> None:
        """Count one."""
        known = names in self.counts or len(self.counts) < _MOST_NAMES
        self.counts[names if known else (OTHERS,) * len(names)] += 1

    def take_back(self, *names: str) -> None:
        """Take back one that was counted."""
        counted = names if names in self.counts else (OTHERS,) * len(names)
        self.counts[counted] -= 1
        if not self.counts[counted]:
            del self.counts[counted]


class Summary:
    """Everything that a report says of its requests.

    Attributes:
        by: the names of the dimensions of `groups`.
        intensity, intensities: the scores of ISO/IEC 21031, of all requests and by group.
        evidence: what the estimates rest on, with the sums of the requests; under None what is not recorded, or too much.
        token_sources: which attributes the counts of input and of output tokens come from.
        top: the requests with the most energy, as a heap.
    """

    def __init__(self, by: tuple[str, ...], is_new_task: Callable[[Group, str], bool] | None = None) -> None:
        self.by = by
        self.total = Sums()
        self.groups: dict[Group, Sums] = {}
        self.intensity = Intensity()
        self.intensities: dict[Group, Intensity] = {}
        self.evidence: dict[Evidence | None, Sums] = {}
        self.token_sources = Names()
        self.first_ended_ns: int | None = None
        self.last_ended_ns: int | None = None
        self.over_time = OverTime()
        self.distribution = Distribution()
        self.reasons = Names()
        self.assumptions = Names()
        self.bases = Names()
        self.zones = Names()
        self.repetitions: Counter[str] = Counter()
        self.top: list[tuple[float, int, CountedRequest]] = []
        self._order = 0
        self._is_new_task = is_new_task or _remembered()

    def take(self, outcome: Outcome) -> None:
        """What a span turned out to be."""
        if outcome.request is not None:
            self.add(outcome.request)
            if outcome.instead_of is not None:
                self.take_back(outcome.instead_of)
                self.repetitions[TWIN] += 1
        elif outcome.repetition is not None:
            self.repetitions[outcome.repetition] += 1

    def add(self, request: CountedRequest) -> None:
        """Add one request."""
        group = self._group(request.dimensions)
        self.total.add(request)
        self.groups.setdefault(group, Sums()).add(request)
        self.over_time.add(request)
        if request.ended_ns is not None:
            self.first_ended_ns = min(request.ended_ns, self.first_ended_ns or request.ended_ns)
            self.last_ended_ns = max(request.ended_ns, self.last_ended_ns or request.ended_ns)
        self.bases.add(*_basis(request))
        if request.impacts is None:
            self.reasons.add(*_reason(request))
            return
        self._rest_on(request, group)
        energy_j = request.impacts.energy.estimate
        self.distribution.add(energy_j)
        self.zones.add(request.zone or "")
        for code in request.assumptions:
            self.assumptions.add(code)
        self._order -= 1
        entry = (energy_j, self._order, request)
        if len(self.top) < MOST_TOP:
            heapq.heappush(self.top, entry)
        elif entry > self.top[0]:
            heapq.heapreplace(self.top, entry)

    def take_back(self, request: CountedRequest) -> None:
        """Take back a request without impacts that was added: another span says what it used."""
        self.total.take_back(request)
        alone = request.dimensions in self.groups
        group = request.dimensions if alone else (OTHERS,) * len(request.dimensions)
        self.groups[group].take_back(request)
        if not self.groups[group].requests:
            del self.groups[group]
        self.over_time.take_back(request)
        self.bases.take_back(*_basis(request))
        self.reasons.take_back(*_reason(request))

    def _group(self, dimensions: Group) -> Group:
        """Where requests of these dimensions are added."""
        if dimensions not in self.groups and len(self.groups) >= MOST_GROUPS:
            return (OTHERS,) * len(dimensions)
        return dimensions

    def _rest_on(self, request: CountedRequest, group: Group) -> None:
        """What a request with an estimate adds to the scores, and to what an auditor asks."""
        task = request.task or f"{request.trace_id:032x}"
        self.intensity.add(request, new_task=self._is_new_task((), task))
        self.intensities.setdefault(group, Intensity()).add(request, new_task=self._is_new_task(group, task))
        for kind, key in zip(("input", "output"), request.tokens_from, strict=True):
            self.token_sources.add(kind, key or "")
        known = request.evidence in self.evidence or len(self.evidence) < _MOST_EVIDENCE
        self.evidence.setdefault(request.evidence if known else None, Sums()).add(request)

    def top_requests(self) -> list[CountedRequest]:
        """The requests with the most energy, the largest first; of equals, the one that came first."""
        return [request for _, _, request in sorted(self.top, key=lambda entry: entry[:2], reverse=True)]

    def by_dimension(self, dimension: str) -> list[tuple[str | None, Sums]]:
        """The sums by one dimension, that with the most energy first."""
        position = self.by.index(dimension)
        return largest_first((group[position], sums) for group, sums in self.groups.items())


def _remembered() -> Callable[[Group, str], bool]:
    """Which tasks of which groups were there: in memory, for a few."""
    seen: set[tuple[Group, str]] = set()

    def is_new(group: Group, task: str) -> bool:
        before = len(seen)
        seen.add((group, task))
        return len(seen) > before

    return is_new


def _basis(request: CountedRequest) -> tuple[str, str]:
    return ("estimated for this report" if request.recomputed else "recorded", request.basis)


def _reason(request: CountedRequest) -> tuple[str, str, str]:
    return (request.reason or "not said", request.provider or "", request.model or "")


def largest_first(parts: Iterable[tuple[str | None, Sums]]) -> list[tuple[str | None, Sums]]:
    """The sums by name, those of equal names together, that with the most energy first, then the most requests."""
    found: dict[str | None, Sums] = {}
    for name, sums in parts:
        found.setdefault(name, Sums()).merge(sums)
    return sorted(found.items(), key=lambda item: (-item[1].energy.estimate, -item[1].requests, item[0] or ""))
