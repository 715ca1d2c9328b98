"""Plans for requests whose energy was metered: what depends on their names alone, worked out once and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact import semconv
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.metered import NO_SHARE, EmbodiedShare, MeteredSystem
from otel_genai_impact.impacts.product_system import DataCenter
from otel_genai_impact.telemetry.attributes import fill, fill_full, fill_minimal, template
from otel_genai_impact.telemetry.plans import keep
from otel_genai_impact.telemetry.request import NAMES

if TYPE_CHECKING:
    from otel_genai_impact._config import Detail
    from otel_genai_impact.impacts.estimate import Estimate
    from otel_genai_impact.impacts.method import CompiledSystem, Method
    from otel_genai_impact.inventory.catalog import Catalog
    from otel_genai_impact.inventory.compiled import ZoneEntry
    from otel_genai_impact.inventory.resolved import Served
    from otel_genai_impact.telemetry.attributes import Attributes
    from otel_genai_impact.telemetry.ledger import Account, Row
    from otel_genai_impact.telemetry.metered import Metered
    from otel_genai_impact.telemetry.plans import ExtraAttributes, Plans
    from otel_genai_impact.telemetry.request import Request

# What is assumed of a model's size, or of a place that is known, says nothing of energy that was metered there.
_OF_THE_MODEL: Final = frozenset({semconv.MODEL_PARAMETERS_UNDISCLOSED, semconv.MODEL_MULTIMODAL})
_OF_THE_PLACE: Final = frozenset({semconv.DATA_CENTER_DEFAULT, semconv.DATA_CENTER_CLOUD})
_OF_THE_ZONE: Final = frozenset({semconv.ZONE_WORLD, semconv.ZONE_PROVIDER_DEFAULT})


class MeteredPlan(NamedTuple):
    """What is known of all requests with the same names whose energy was metered in the same way.

    Attributes:
        system: what a joule of theirs comes to.
        row: the ledger's row.
        attributes: template of the span's attributes.
        modelled: the method's product system; None where the inventory does not have the model, or tokens are not known.
        embodied: what making the hardware costs; a code of what was assumed, None where the machine's own figures are.
    """

    system: MeteredSystem
    row: Row
    attributes: Attributes
    modelled: CompiledSystem | None
    embodied: str | None


class MeteredPlans:
    """Makes plans for metered requests and keeps them, bounded. A model that the inventory does not have needs none."""

    def __init__(self, plans: Plans, catalog: Catalog, method: Method, detail: Detail, account: Account) -> None:
        self._of_names = plans
        self._catalog = catalog
        self._method = method
        self._detail: Detail = detail
        self._account = account
        self._plans: dict[Any, MeteredPlan] = {}

    def plan(self, request: Request, extra: ExtraAttributes, metered: Metered) -> MeteredPlan:
        """The plan for a request."""
        has_usage = request.output_tokens is not None and request.output_tokens >= 0
        key = (request[NAMES], extra, has_usage, metered.source, metered.is_facility, metered.codes)
        try:
            return self._plans[key]
        except KeyError:
            return keep(self._plans, key, self._make_plan(request, extra, metered, has_usage=has_usage))

    def assess(
        self, plan: MeteredPlan, metered: Metered, request: Request, latency_s: float
    ) -> tuple[Estimate, Attributes]:
        """The impacts of a request, and what is written of them. What is not known is not written, rather than 0."""
        modelled = None
        if plan.modelled is not None:
            received = max(request.input_tokens or 0, 0)
            modelled = plan.modelled.estimate(
                request.output_tokens or 0, latency_s, received, min(request.cached_tokens or 0, received)
            )
        embodied = self._embodied(plan, metered, modelled)
        estimate = plan.system.estimate(metered.energy_j, embodied)
        written = dict(plan.attributes)
        if self._detail == "minimal":
            fill_minimal(written, estimate)
            return estimate, written
        if self._detail == "full":
            fill_full(written, (estimate, plan.system.bounds(metered.energy_j, embodied)))
            if modelled is not None:
                written[semconv.MODELLED_ENERGY] = modelled.energy
        else:
            fill(written, estimate)
        if plan.embodied == semconv.EMBODIED_UNKNOWN:
            for key in (semconv.GWP_EMBODIED, semconv.ADPE_EMBODIED, semconv.PE_EMBODIED):
                written.pop(key, None)
        return estimate, written

    def _embodied(self, plan: MeteredPlan, metered: Metered, modelled: Estimate | None) -> EmbodiedShare:
        machine = self._catalog.machine
        if plan.embodied is None and machine is not None and metered.machine_s is not None:
            return EmbodiedShare(*(part * metered.machine_s for part in machine.embodied_per_s or NO_SHARE))
        if plan.embodied == semconv.EMBODIED_MODELLED and modelled is not None:
            return EmbodiedShare(modelled.gwp_embodied, modelled.adpe_embodied, modelled.pe_embodied)
        return NO_SHARE

    def _make_plan(self, request: Request, extra: ExtraAttributes, metered: Metered, *, has_usage: bool) -> MeteredPlan:
        served = self._of_names.served(request)
        center, zone, codes = self._place(request, served, metered)
        modelled = None
        if served is not None and has_usage:
            modelled = self._method.compile(
                served.entry.model, served.data_center.data_center, served.zone.electricity_mix
            )
        embodied = self._embodied_code(metered, modelled)
        said: Attributes = {semconv.METHOD: self._method.name, semconv.SOURCE: metered.source, semconv.ZONE: zone.code}
        if served is not None:
            said[semconv.MODEL] = served.entry.id
        known = served is not None and semconv.MODEL_FROM_REQUEST not in served.assumptions
        names = self._of_names.names(request, is_known=known)
        assumed = {*codes, *metered.codes, *([] if embodied is None else [embodied])} - _OF_THE_MODEL
        texts: Attributes = {
            **said,
            semconv.DATA_VERSION: self._catalog.data_version,
            semconv.ASSUMPTIONS: tuple(sorted(assumed)),
        }
        make = MeteredSystem.of_facility_energy if metered.is_facility else MeteredSystem.of_it_energy
        return MeteredPlan(
            system=make(center, zone.electricity_mix),
            row=self._account.row({**names, **said, **dict(extra)}),
            attributes=template(self._detail, texts),
            modelled=modelled,
            embodied=embodied,
        )

    def _embodied_code(self, metered: Metered, modelled: CompiledSystem | None) -> str | None:
        machine = self._catalog.machine
        if metered.machine_s is not None and machine is not None and machine.embodied_per_s is not None:
            return None
        return semconv.EMBODIED_UNKNOWN if modelled is None else semconv.EMBODIED_MODELLED

    def _place(
        self, request: Request, served: Served | None, metered: Metered
    ) -> tuple[DataCenter, ZoneEntry, set[str]]:
        """The building and the electricity where it was metered, and what was assumed of them."""
        if served is None:
            at = request.served_by
            who = (None if at is None else at.provider) or request.provider
            entry, zone, assumed = self._catalog.place(who)
            center, codes = entry.data_center, {*assumed}
        else:
            center, zone, codes = served.data_center.data_center, served.zone, {*served.assumptions}
        if metered.source != semconv.SOURCE_MEASURED:
            return center, zone, codes
        # On this machine, of which its owner says where it stands, not the inventory.
        machine = self._catalog.machine
        codes -= _OF_THE_PLACE
        pue = None if machine is None else machine.pue
        if pue is None:
            codes.add(semconv.PUE_ONE)
        if machine is not None and machine.zone is not None and not self._catalog.has_zone_for_all:
            codes -= _OF_THE_ZONE | {*zone.assumptions}
            zone = self._catalog.zone(machine.zone)
            codes |= {*zone.assumptions}
        return DataCenter(pue=pue or Interval.exactly(1.0), onsite_wue_l_per_kwh=Interval.exactly(0.0)), zone, codes
