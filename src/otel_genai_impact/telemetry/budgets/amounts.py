"""What requests used, the criteria that a budget can limit, and a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact import semconv
from otel_genai_impact.impacts.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otel_genai_impact.telemetry.budgets.block import Action


class Amounts(NamedTuple):
    """What requests used: the estimates, and the sums of their upper bounds (`high`).

    Energy in J, greenhouse gases in g CO2eq, water in L. Requests that could not be estimated are in `requests` and in
    `not_estimated`, and in nothing else: what they used is unknown.
    """

    energy_j: float
    energy_high_j: float
    gwp_g: float
    gwp_high_g: float
    wcf_l: float
    wcf_high_l: float
    requests: int
    not_estimated: int
    output_tokens: int

    @classmethod
    def of_requests(cls, requests: Sequence[tuple[Any, Estimate, int, int]]) -> Amounts:
        """Those of requests together, as the ledger has them: of each the estimate, input and output tokens.

        The upper bound of water is none of an estimate: in its place is the estimate of water.
        """
        energy_j = energy_high_j = gwp_g = gwp_high_g = wcf_l = 0.0
        output_tokens = 0
        # Written out, as an estimate has its fields: quicker than sums of columns, of which half are not asked for.
        for _, (energy, _, energy_high, gwp, _, gwp_high, _, _, _, _, _, wcf), _, tokens in requests:
            energy_j += energy
            energy_high_j += energy_high
            gwp_g += gwp
            gwp_high_g += gwp_high
            wcf_l += wcf
            output_tokens += tokens
        return _new(cls, (
            energy_j, energy_high_j, gwp_g, gwp_high_g, wcf_l, wcf_l, len(requests), 0, output_tokens,
        ))  # fmt: skip

    def plus(self, other: Amounts) -> Amounts:
        """Both together."""
        # Written out: on the hot path a loop takes more than twice as long.
        energy, energy_high, gwp, gwp_high, wcf, wcf_high, requests, not_estimated, tokens = self
        energy_2, energy_high_2, gwp_2, gwp_high_2, wcf_2, wcf_high_2, requests_2, not_estimated_2, tokens_2 = other
        return _new(Amounts, (
            energy + energy_2, energy_high + energy_high_2, gwp + gwp_2, gwp_high + gwp_high_2, wcf + wcf_2,
            wcf_high + wcf_high_2, requests + requests_2, not_estimated + not_estimated_2, tokens + tokens_2,
        ))  # fmt: skip

    def minus(self, other: Amounts) -> Amounts:
        """These without others."""
        return _new(Amounts, [mine - its for mine, its in zip(self, other, strict=True)])


_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

NOTHING: Final = Amounts(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0)
WITHOUT_ESTIMATE: Final = NOTHING._replace(requests=1, not_estimated=1)
TAKEN_BACK: Final = NOTHING._replace(requests=-1, not_estimated=-1)
REQUESTS: Final = Amounts._fields.index("requests")
# In the place of a field of an `Estimate`: each request is one.
ONE_EACH: Final = -1
# Where an `Estimate` has what a column of `Amounts` sums up; what is not here, it has not.
IN_ESTIMATE: Final[Mapping[int, int]] = {
    **{
        Amounts._fields.index(column): Estimate._fields.index(field)
        for column, field in (
            ("energy_j", "energy"),
            ("energy_high_j", "energy_high"),
            ("gwp_g", "gwp"),
            ("gwp_high_g", "gwp_high"),
            ("wcf_l", "wcf"),
        )
    },
    REQUESTS: ONE_EACH,
}
NOT_ESTIMATED: Final = Amounts._fields.index("not_estimated")


class Criterion(NamedTuple):
    """What a budget can limit.

    Attributes:
        keyword: as the user gives the limit.
        name: as telemetry says it.
        unit: of the limit and of telemetry.
        column: of the estimate, in `Amounts`.
        high: of the upper bound.
        used_name: of the metric and attribute that says what was used.
        used_high_name: of the attribute with its upper bound.
        limit_name: of the metric and attribute that says what may be used.
    """

    keyword: str
    name: str
    unit: str
    column: int
    high: int
    used_name: str
    used_high_name: str
    limit_name: str


def _criterion(keyword: str, unit: str, used_name: str, used_high_name: str, limit_name: str) -> Criterion:
    """The criterion whose sum is in `Amounts` as the user gives its limit: `energy_j`, and `energy_high_j` its bound."""
    name, _, its_unit = keyword.partition("_")
    return Criterion(
        keyword=keyword,
        name=name,
        unit=unit,
        column=Amounts._fields.index(keyword),
        # The number of requests is known: it has no bounds.
        high=Amounts._fields.index(f"{name}_high_{its_unit}") if its_unit else REQUESTS,
        used_name=used_name,
        used_high_name=used_high_name,
        limit_name=limit_name,
    )


CRITERIA: Final[Mapping[str, Criterion]] = {
    criterion.keyword: criterion
    for criterion in (
        _criterion(
            "energy_j", semconv.UNIT_ENERGY,
            semconv.BUDGET_ENERGY_USED, semconv.BUDGET_ENERGY_USED_HIGH, semconv.BUDGET_ENERGY_LIMIT,
        ),
        _criterion(
            "gwp_g", semconv.UNIT_MASS,
            semconv.BUDGET_GWP_USED, semconv.BUDGET_GWP_USED_HIGH, semconv.BUDGET_GWP_LIMIT,
        ),
        _criterion(
            "wcf_l", semconv.UNIT_WATER,
            semconv.BUDGET_WCF_USED, semconv.BUDGET_WCF_USED_HIGH, semconv.BUDGET_WCF_LIMIT,
        ),
        _criterion(
            "requests", semconv.UNIT_REQUEST,
            semconv.BUDGET_REQUESTS_USED, semconv.BUDGET_REQUESTS_USED, semconv.BUDGET_REQUESTS_LIMIT,
        ),
    )
}  # fmt: skip


_ACTING: Final = frozenset[str]({"hand_over", "refuse"})


class Limit(NamedTuple):
    """How much of a criterion may be used, and by which column of `Amounts` that is judged."""

    criterion: Criterion
    amount: float
    column: int

    @classmethod
    def of(cls, criterion: Criterion, amount: float, action: Action) -> Limit:
        """One that acts is judged by the upper bound of what was used, another by the estimate."""
        return cls(criterion, amount, criterion.high if action in _ACTING else criterion.column)

    def is_used_up(self, used: Amounts) -> bool:
        """Whether nothing is left: the limit is what may be used, and no more."""
        return used[self.column] >= self.amount
