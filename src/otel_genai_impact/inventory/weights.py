"""What model cards say of open weights beside their size: how they are stored, and under which licence."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from otel_genai_impact.inventory.fields import Table, read_toml
from otel_genai_impact.inventory.provenance import SOURCE_KEYS, read_provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from otel_genai_impact.inventory.provenance import Provenance

WEIGHTS_FILE: Final = "weights.toml"

PRECISIONS: Final[Mapping[str, float]] = {
    "fp32": 4.0, "bf16": 2.0, "fp16": 2.0, "fp8": 1.0, "int8": 1.0, "int4": 0.53, "mxfp4": 0.53, "nvfp4": 0.56,
}  # fmt: skip
"""Formats of weights, and the bytes that one takes in them. Formats of 4 bits have a scale of 8 bits for every 32 weights (MXFP4,
https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf) or 16 (NVFP4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsGroup:
    """Models whose cards say the same.

    Attributes:
        name: of the format, or of the licence.
        patterns: of `maker/name`.
    """

    name: str
    patterns: tuple[str, ...]
    provenance: Provenance

    def has(self, model_id: str) -> bool:
        """Whether a model is in it."""
        return any(fnmatchcase(model_id, pattern) for pattern in self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsRecords:
    """The groups, in the file's order: the first that has a model holds."""

    precisions: tuple[WeightsGroup, ...] = ()
    licences: tuple[WeightsGroup, ...] = ()

    def precision(self, model_id: str) -> WeightsGroup | None:
        """How the weights of a model are stored; None if that is not known."""
        return next((group for group in self.precisions if group.has(model_id)), None)

    def weight_bytes(self, model_id: str) -> float | None:
        """Memory of one parameter of a model; None if that is not known."""
        group = self.precision(model_id)
        return None if group is None else PRECISIONS[group.name]

    def licence(self, model_id: str) -> WeightsGroup | None:
        """Under which licence the weights of a model are; None if that is not known."""
        return next((group for group in self.licences if group.has(model_id)), None)


def read_precision(table: Table) -> float | None:
    """Memory of one parameter, by the key `precision` of a table; None if it is absent."""
    return PRECISIONS[table.choice("precision", tuple(PRECISIONS))] if "precision" in table.values else None


def load_weights(path: Path, model_ids: Iterable[str]) -> WeightsRecords:
    """Read the file, which may be missing: nothing is then known of weights but their number.

    Raises:
        InventoryError: on the first problem; a pattern that matches no model is one.
    """
    if not path.exists():
        return WeightsRecords()
    top, known = read_toml(path), frozenset(model_ids)
    top.allow("precision", "licence")
    for name, table in top.tables("precision"):
        if name not in PRECISIONS:
            raise table.error("", f"expected one of {', '.join(PRECISIONS)}")
    return WeightsRecords(
        precisions=tuple(_read_group(table, name, known) for name, table in top.tables("precision")),
        licences=tuple(_read_group(table, name, known) for name, table in top.tables("licence")),
    )


def _read_group(table: Table, name: str, known: frozenset[str]) -> WeightsGroup:
    table.allow("models", *SOURCE_KEYS)
    return WeightsGroup(
        name=name,
        patterns=_read_patterns(table, known),
        provenance=read_provenance(table),
    )


def _read_patterns(table: Table, known: frozenset[str]) -> tuple[str, ...]:
    patterns = table.values.get("models")
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):  # pyright: ignore[reportUnknownVariableType]
        raise table.expected("models", "a list of patterns of maker/name")
    texts = tuple(str(pattern) for pattern in patterns)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    for pattern in texts:
        if not any(fnmatchcase(model_id, pattern) for model_id in known):
            raise table.error("models", f"no model of the inventory matches {pattern!r}")
    return texts
