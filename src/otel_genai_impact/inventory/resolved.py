"""What a name leads to."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.impacts.serving import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.serving import Serving
    from otel_genai_impact.inventory.compiled import DataCenterEntry, ModelEntry, ZoneEntry
    from otel_genai_impact.inventory.places import Place

TEXT: Final = "text"


class Resolution(NamedTuple):
    """What a name means.

    Attributes:
        id: `maker/name`.
        modality: what the model makes: `text`, `embedding`, `image`, `video`, `audio`, `ranking`.
        entry: its numbers; None where no method covers what it makes.
        codes: the steps that led to it, as codes of assumptions; none for an exact name.
        place: the region of a cloud that the name says; None if it says none.
    """

    id: str
    modality: str
    entry: ModelEntry | None
    codes: tuple[str, ...]
    place: Place | None = None


class Served(NamedTuple):
    """Which model serves a request, from which data centre, with which electricity; and what was assumed for it.

    Attributes:
        serving: GPUs and batch, if the user says them of a deployment.
        market_gwp_kgco2eq_per_kwh: of the contract for its electricity, to be shown beside the zone's; None without one.
    """

    entry: ModelEntry
    data_center: DataCenterEntry
    zone: ZoneEntry
    assumptions: tuple[str, ...]
    serving: Serving = UNKNOWN
    market_gwp_kgco2eq_per_kwh: float | None = None


class Deployment(NamedTuple):
    """What a name means that the user gave to a deployment of a model.

    Attributes:
        name: as telemetry has it.
        provider: in lower case; None: whoever serves it.
        table: of the model.
        model: its name there.
        data_center: where it runs; None: as for any other request.
        zone: where its electricity comes from; None: that of the data centre.
        weight_bytes: memory of one parameter as it is served; None: as the model's card says.
        serving: on which GPUs, and how many requests at a time.
        market_gwp_kgco2eq_per_kwh: what the contract for its electricity says; None: there is none.
    """

    name: str
    provider: str | None
    table: str
    model: str
    data_center: str | None
    zone: str | None
    weight_bytes: float | None = None
    serving: Serving = UNKNOWN
    market_gwp_kgco2eq_per_kwh: float | None = None


class Machine(NamedTuple):
    """What the user says of the machine that this process runs on.

    Attributes:
        pue: of the building around it; None: not said.
        zone: where its electricity comes from; None: not said.
        embodied_per_s: what making it costs for each second that it is used: g CO2eq, g Sbeq, J; None: not known.
    """

    pue: Interval | None
    zone: str | None
    embodied_per_s: tuple[float, float, float] | None


class OwnWords(NamedTuple):
    """What a file of the user's says beside the inventory.

    Attributes:
        deployments: names that telemetry has, and what they mean.
        machine: that which this process runs on; None: nothing is said of it.
        budgets: limits by the name of the budget and the keyword of `budget()`.
    """

    deployments: tuple[Deployment, ...] = ()
    machine: Machine | None = None
    budgets: Mapping[str, Mapping[str, float]] = MappingProxyType({})


NOTHING_OWN: Final = OwnWords()
