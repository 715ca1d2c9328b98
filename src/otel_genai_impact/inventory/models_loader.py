"""Reads the TOML files of models: each maker's models, their other names, and where their numbers come from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv
from otel_genai_impact.impacts.product_system import Model
from otel_genai_impact.inventory.basis import BASIS_KEY, Basis, read_basis
from otel_genai_impact.inventory.compiled import WITHOUT_SERVICE, ModelEntry
from otel_genai_impact.inventory.fields import NOT_NEGATIVE, POSITIVE, InventoryError, Table, read_toml, shown
from otel_genai_impact.inventory.provenance import PROVENANCE_KEYS, Provenance, read_provenance
from otel_genai_impact.inventory.weights import read_precision

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.inventory.weights import WeightsRecords

_OPTIONAL_MODEL_KEYS: Final = (
    "parameters_disclosed",
    "multimodal",
    "output_tokens_per_s",
    "time_to_first_token_s",
    "precision",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """A model and where its numbers come from; a basis, if its size follows from one of our rules."""

    entry: ModelEntry
    provenance: Provenance
    basis: Basis | None = None

    @property
    def evidence(self) -> str:
        """How good its parameters are: A, the maker says them; B, a third party estimates them; C, nobody says anything."""
        if semconv.MODEL_PARAMETERS_UNDISCLOSED not in self.entry.assumptions:
            return "A"
        return "C" if self.provenance.reference is None else "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRecord:
    """Another name of a model of the same provider."""

    model: str
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRecord:
    """The models of one provider by name, and the other names that they go by."""

    provider: str
    maker: str | None
    models: Mapping[str, ModelRecord]
    aliases: Mapping[str, AliasRecord]


def load_providers(folder: Path) -> dict[str, ProviderRecord]:
    """The models of the reference, one file a provider."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise InventoryError(f"{folder.name}: expected at least one TOML file of models, found none")
    providers: dict[str, ProviderRecord] = {}
    for path in paths:
        top = read_toml(path)
        top.allow("provider", "maker", "models", "aliases")
        provider = top.choice("provider", (path.stem,))
        providers[provider] = read_models(top, provider=provider, maker=top.optional_text("maker"))
    return providers


def add_makers(providers: dict[str, ProviderRecord], folder: Path) -> None:
    """Models that the reference does not know, one file a maker. In tables of many makers, names are `maker/name`."""
    for path in sorted(folder.glob("*.toml")):
        top = read_toml(path)
        top.allow("provider", "maker", "models")
        provider = top.choice("provider", (*providers, WITHOUT_SERVICE))
        maker = top.text("maker")
        known = providers.get(provider)
        own = None if known is None else known.maker
        if own not in {None, maker}:
            raise top.expected("maker", f"{shown(own)}, as in {provider}.toml")
        models = dict(read_models(top, provider=provider, maker=maker).models)
        if own is None:
            models = {
                f"{maker}/{name}": replace(record, entry=record.entry._replace(name=f"{maker}/{name}"))
                for name, record in models.items()
            }
        have: dict[str, ModelRecord] = {} if known is None else dict(known.models)
        for name in models.keys() & have.keys():
            raise top.error(f"models.{shown(name)}", "duplicate, another file has this model")
        aliases: Mapping[str, AliasRecord] = {} if known is None else known.aliases
        providers[provider] = ProviderRecord(provider=provider, maker=own, models={**have, **models}, aliases=aliases)


def with_weights(provider: ProviderRecord, weights: WeightsRecords) -> ProviderRecord:
    """The models with the precision of their weights, where that is known."""

    def with_precision(record: ModelRecord) -> ModelRecord:
        if record.entry.model.weight_bytes is not None:
            return record  # the entry says it itself
        model = replace(record.entry.model, weight_bytes=weights.weight_bytes(record.entry.id))
        return replace(record, entry=record.entry._replace(model=model))

    return replace(provider, models={name: with_precision(record) for name, record in provider.models.items()})


def read_models(top: Table, *, provider: str, maker: str | None) -> ProviderRecord:
    """The tables `models` and `aliases`. Without a maker, each name is `maker/name` already."""
    models = {name: _read_model(table, provider, maker, name) for name, table in top.tables("models")}
    aliases: dict[str, AliasRecord] = {}
    for name, table in top.tables("aliases"):
        if name in models:
            raise table.error("", "duplicate, a model of this file has the same name")
        aliases[name] = _read_alias(table, models)
    return ProviderRecord(provider=provider, maker=maker, models=models, aliases=aliases)


def _read_model(table: Table, provider: str, maker: str | None, name: str) -> ModelRecord:
    """A model and where its numbers come from."""
    entry = read_model(table, provider, maker, name, BASIS_KEY)
    return ModelRecord(entry=entry, provenance=read_provenance(table), basis=read_basis(table))


def read_model(table: Table, provider: str, maker: str | None, name: str, *more_keys: str) -> ModelEntry:
    """One model's numbers; `more_keys` are those that somebody else reads."""
    if maker is None and not re.fullmatch(r"[^/\s]+/\S+", name):
        raise table.error("", "expected a name of the form maker/name, since the file names no maker")
    architecture = table.choice("architecture", ("dense", "moe"))
    parameter_keys = ("parameters_b",) if architecture == "dense" else ("total_parameters_b", "active_parameters_b")
    table.allow("architecture", *parameter_keys, *_OPTIONAL_MODEL_KEYS, *more_keys, *PROVENANCE_KEYS)
    active, total = _read_parameters(table, dense=architecture == "dense")
    is_disclosed = table.flag("parameters_disclosed", default=True)
    assumptions = (
        (semconv.MODEL_MULTIMODAL, table.flag("multimodal", default=False)),
        (semconv.MODEL_PARAMETERS_UNDISCLOSED, not is_disclosed),
    )
    return ModelEntry(
        id=name if maker is None else f"{maker}/{name}",
        provider=provider,
        name=name,
        model=Model(
            active_parameters_b=active,
            total_parameters_b=total,
            output_tokens_per_s=table.optional_number("output_tokens_per_s", POSITIVE),
            time_to_first_token_s=table.optional_number("time_to_first_token_s", NOT_NEGATIVE),
            weight_bytes=read_precision(table),
            is_disclosed=is_disclosed,
        ),
        assumptions=tuple(code for code, holds in assumptions if holds),
    )


def _read_parameters(table: Table, *, dense: bool) -> tuple[Interval, Interval]:
    """Active and total parameters; in a dense model all are active."""
    if dense:
        parameters = table.interval("parameters_b", POSITIVE)
        return parameters, parameters
    active = table.interval("active_parameters_b", POSITIVE)
    total = table.interval("total_parameters_b", POSITIVE)
    if active.low > total.low or active.high > total.high:
        raise table.expected(
            "active_parameters_b", f"at most total_parameters_b ({shown(table.values['total_parameters_b'])})"
        )
    return active, total


def _read_alias(table: Table, models: Mapping[str, ModelRecord]) -> AliasRecord:
    table.allow("model", *PROVENANCE_KEYS)
    model = table.text("model")
    if model not in models:
        raise table.expected("model", "the name of a model of this file")
    return AliasRecord(model=model, provenance=read_provenance(table, reference_is_source=True))
