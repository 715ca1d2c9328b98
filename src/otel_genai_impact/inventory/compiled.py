"""The shipped inventory as the running program uses it: read once, on first use, from one generated file.

Everything about a request's model, zone and data centre comes from here. An entry becomes an object only when it is
asked for, so what nobody asks for costs little; callers on the hot path keep what they got.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, NotRequired, TypeAlias, TypedDict

from otel_genai_impact import semconv
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, Model

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA_FOLDER: Final = Path(__file__).with_name("data")
COMPILED_FILE: Final = DATA_FOLDER / "compiled.json"

DATA_CENTER_DEFAULT: Final = "default"
"""The entry among the data centres that stands for providers that nobody knows."""

OPEN_WEIGHTS: Final = "huggingface_hub"
WITHOUT_SERVICE: Final = "others"
"""Tables for makers that the reference has no table for: of models whose weights are open, and of all others."""

MODEL_ASSUMPTIONS: Final = (semconv.MODEL_MULTIMODAL, semconv.MODEL_PARAMETERS_UNDISCLOSED)
ZONE_ASSUMPTIONS: Final = (semconv.GRID_ADPE_WORLD, semconv.GRID_PE_WORLD, semconv.GRID_WUE_WORLD)
"""What may be assumed about a model or a zone. Bit i of a row's flags stands for code i."""

ModelRow: TypeAlias = tuple[float, float, float, float, float | None, float | None, int, float | None]
"""Active parameters (low, high), total ones (low, high), tokens per second, time to first token, flags, bytes of a weight."""
ZoneRow: TypeAlias = tuple[float, float, float, float, int]
"""GWP, ADPe, PE and water of one kWh, flags."""
DataCenterRow: TypeAlias = tuple[float, float, float, float, str]
"""PUE (low, high), on-site WUE (low, high), zone."""
CloudRow: TypeAlias = tuple[float, float, float, float, dict[str, str]]
"""PUE (low, high), on-site WUE (low, high), and the zone of each region."""


class CompiledInventory(TypedDict):
    """What the generated file holds. Makers: null where a model's name is `maker/name` already.

    archive: the version that this was read from the archive as; absent in what is shipped as today's.
    """

    data_version: str
    makers: dict[str, str | None]
    models: dict[str, dict[str, ModelRow]]
    aliases: dict[str, dict[str, str]]
    zones: dict[str, ZoneRow]
    data_centers: dict[str, DataCenterRow]
    clouds: NotRequired[dict[str, CloudRow]]
    archive: NotRequired[str]


class ModelEntry(NamedTuple):
    """A model as the inventory knows it.

    Attributes:
        id: `maker/name`, which telemetry reports.
        provider: key of the table that it stands in.
        name: its own name there, not the alias by which it may have been found.
        model: its numbers.
        assumptions: codes of what is assumed about it, sorted.
    """

    id: str
    provider: str
    name: str
    model: Model
    assumptions: tuple[str, ...]


class ZoneEntry(NamedTuple):
    """An electricity zone: its code, its factors, and codes of those that are the world's, sorted."""

    code: str
    electricity_mix: ElectricityMix
    assumptions: tuple[str, ...]


class DataCenterEntry(NamedTuple):
    """The data centre of a provider, and the zone that its electricity comes from unless something better is known."""

    provider: str
    data_center: DataCenter
    zone: str


class Inventory:
    """Looks entries up. A name that is not there gives None, never a guess."""

    __slots__ = ("_content",)

    def __init__(self, content: CompiledInventory) -> None:
        self._content = content

    @property
    def content(self) -> CompiledInventory:
        """All rows, for making another inventory of them."""
        return self._content

    @property
    def data_version(self) -> str:
        """Year and month of the numbers, `2026.11`."""
        return self._content["data_version"]

    @property
    def archive(self) -> str | None:
        """The version in the archive that this is from; None for today's."""
        return self._content.get("archive")

    @property
    def providers(self) -> tuple[str, ...]:
        """Keys of the tables of models that are a provider's own, which has a data centre; sorted."""
        return tuple(table for table in self._content["models"] if table in self._content["data_centers"])

    @property
    def tables(self) -> tuple[str, ...]:
        """Keys of all tables of models, sorted: the providers', and that of models which others serve."""
        return tuple(self._content["models"])

    @property
    def zone_codes(self) -> tuple[str, ...]:
        """All electricity zones, sorted."""
        return tuple(self._content["zones"])

    def model_names(self, provider: str) -> Iterable[str]:
        """The names of a provider's models, aliases included; none for a provider that is not known."""
        return (*self._content["models"].get(provider, ()), *self._content["aliases"].get(provider, ()))

    def providers_with(self, name: str) -> tuple[str, ...]:
        """The providers that have a model or an alias of this very name."""
        models, aliases = self._content["models"], self._content["aliases"]
        return tuple(provider for provider in models if name in models[provider] or name in aliases[provider])

    def model(self, provider: str, name: str) -> ModelEntry | None:
        """The model of exactly this name, or the one that has it as an alias."""
        rows = self._content["models"].get(provider)
        if rows is None:
            return None
        own_name = self._content["aliases"][provider].get(name, name)
        row = rows.get(own_name)
        if row is None:
            return None
        active_low, active_high, total_low, total_high, tokens_per_s, first_token_s, flags, weight_bytes = row
        maker = self._content["makers"][provider]
        assumptions = _flagged(MODEL_ASSUMPTIONS, flags)
        return ModelEntry(
            id=own_name if maker is None else f"{maker}/{own_name}",
            provider=provider,
            name=own_name,
            model=Model(
                active_parameters_b=Interval(active_low, active_high),
                total_parameters_b=Interval(total_low, total_high),
                output_tokens_per_s=tokens_per_s,
                time_to_first_token_s=first_token_s,
                weight_bytes=weight_bytes,
                is_disclosed=semconv.MODEL_PARAMETERS_UNDISCLOSED not in assumptions,
            ),
            assumptions=assumptions,
        )

    def place(self, model_id: str) -> tuple[str, str] | None:
        """Table and name of the model of this `maker/name`."""
        for table, maker in self._content["makers"].items():
            name = model_id if maker is None else model_id.removeprefix(f"{maker}/")
            if name in self._content["models"][table] and (maker is None or name != model_id):
                return table, name
        return None

    def exact(self, provider: str | None, name: str) -> ModelEntry | None:
        """The model of this very name, or with this very name as its alias: the provider's own first, then anybody's."""
        own = None if provider is None else self.model(provider, name)
        if own is not None:
            return own
        tables = self.providers_with(name)
        return self.model(tables[0], name) if tables else None

    def zone(self, code: str) -> ZoneEntry | None:
        """The electricity zone of exactly this code."""
        row = self._content["zones"].get(code)
        if row is None:
            return None
        gwp, adpe, pe, wue, flags = row
        mix = ElectricityMix(gwp_kgco2eq_per_kwh=gwp, adpe_kgsbeq_per_kwh=adpe, pe_mj_per_kwh=pe, wue_l_per_kwh=wue)
        return ZoneEntry(code=code, electricity_mix=mix, assumptions=_flagged(ZONE_ASSUMPTIONS, flags))

    def data_center(self, provider: str) -> DataCenterEntry | None:
        """The data centre of a provider. For one that is not known, ask for `DATA_CENTER_DEFAULT` and say so."""
        row = self._content["data_centers"].get(provider)
        if row is None:
            return None
        pue_low, pue_high, wue_low, wue_high, zone = row
        center = DataCenter(pue=Interval(pue_low, pue_high), onsite_wue_l_per_kwh=Interval(wue_low, wue_high))
        return DataCenterEntry(provider=provider, data_center=center, zone=zone)

    def region(self, cloud: str, region: str) -> DataCenterEntry | None:
        """The data centres of a cloud in one of its regions, with the figures of all of them together."""
        row = self._content.get("clouds", {}).get(cloud)
        zone = None if row is None else row[4].get(region)
        if row is None or zone is None:
            return None
        pue_low, pue_high, wue_low, wue_high, _ = row
        center = DataCenter(pue=Interval(pue_low, pue_high), onsite_wue_l_per_kwh=Interval(wue_low, wue_high))
        return DataCenterEntry(provider=f"{cloud}/{region}", data_center=center, zone=zone)


@cache
def inventory() -> Inventory:
    """The shipped inventory. Two threads that come first together may both read it, which does no harm."""
    content: CompiledInventory = json.loads(COMPILED_FILE.read_bytes())
    return Inventory(content)


def _flagged(codes: tuple[str, ...], flags: int) -> tuple[str, ...]:
    """The codes whose bit is set."""
    return tuple(code for bit, code in enumerate(codes) if flags >> bit & 1)
