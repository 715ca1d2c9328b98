"""What the size of a model was made from, if nobody says it: one of the rules of docs/inventory.md and its inputs.

The ranges stand beside it in the data; `tools/size_ranges.py` makes them again, and a test compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from otel_genai_impact.inventory.fields import POSITIVE

if TYPE_CHECKING:
    from otel_genai_impact.inventory.fields import Table

BASIS_KEY: Final = "basis"
_RULES: Final = ("output_usd_per_million_tokens", "same_as", "peers_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The inputs of one rule; of the first three, one is there.

    Attributes:
        output_usd_per_million_tokens: what its maker asks: models of known size at about this price give the range.
        same_as: the model that it is, or is built on.
        peers_of: the maker whose models of known size give the range, since no price is known.
        total_at_least_b: what the maker is reported to have said of all its parameters (1e9), beside a price.
    """

    output_usd_per_million_tokens: float | None
    same_as: str | None
    peers_of: str | None
    total_at_least_b: float | None

    def __str__(self) -> str:
        """For people, who read it beside a range."""
        if self.same_as is not None:
            return f"as {self.same_as}"
        if self.peers_of is not None:
            return f"other models of {self.peers_of}"
        floor = "" if self.total_at_least_b is None else f", and at least {self.total_at_least_b:g}e9 in all"
        return f"models at about {self.output_usd_per_million_tokens:g} USD for 1e6 output tokens{floor}"


def read_basis(table: Table) -> Basis | None:
    """The table `basis` of a model, if it has one.

    Raises:
        InventoryError: if it names no rule, or more than one.
    """
    if BASIS_KEY not in table.values:
        return None
    basis = table.table(BASIS_KEY)
    basis.allow(*_RULES, "total_at_least_b")
    if sum(rule in basis.values for rule in _RULES) != 1:
        raise basis.error("", f"expected one of {', '.join(_RULES)}")
    if "total_at_least_b" in basis.values and _RULES[0] not in basis.values:
        raise basis.error("total_at_least_b", f"expected only beside {_RULES[0]}")
    return Basis(
        output_usd_per_million_tokens=basis.optional_number("output_usd_per_million_tokens", POSITIVE),
        same_as=basis.optional_text("same_as"),
        peers_of=basis.optional_text("peers_of"),
        total_at_least_b=basis.optional_number("total_at_least_b", POSITIVE),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaBasis:
    """The input of the rule for a model of vectors, images or videos.

    Attributes:
        dimensions: how long its vectors are: open embedding models with vectors about as long give the range.
        open_models: the open models of the same file give the range, and the steps.
    """

    dimensions: float | None
    open_models: bool

    def __str__(self) -> str:
        """For people, who read it beside a range."""
        if self.dimensions is not None:
            return f"open models with vectors about as long as {self.dimensions:g}"
        return "open models that make the same"


def read_media_basis(table: Table) -> MediaBasis | None:
    """The table `basis` of a model in a file of `media/`, if it has one.

    Raises:
        InventoryError: if it names no rule, or both.
    """
    if BASIS_KEY not in table.values:
        return None
    basis = table.table(BASIS_KEY)
    basis.allow("dimensions", "open_models")
    read = MediaBasis(
        dimensions=basis.optional_number("dimensions", POSITIVE), open_models=basis.flag("open_models", default=False)
    )
    if read.open_models == (read.dimensions is not None):
        raise basis.error("", "expected either dimensions or open_models = true")
    return read
