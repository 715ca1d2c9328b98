"""Where the numbers of an entry come from: read from every table that has numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt

    from otel_genai_impact.inventory.fields import Table

_RELEASE: Final = re.compile(r"\d+(\.\d+)+")
SOURCE_KEYS: Final = ("sources", "checked", "unchecked")
PROVENANCE_KEYS: Final = (*SOURCE_KEYS, "reference", "retired_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the numbers of an entry come from.

    Attributes:
        sources: links to what says so.
        checked: when the entry was compared with its reference, or with its sources where it has none; None if nobody did yet.
        reference: the release of a reference data set that the numbers were taken from, if one was.
        retired_in: the first release of that reference that no longer knows the entry, if it was retired.
    """

    sources: tuple[str, ...]
    checked: dt.date | None
    reference: str | None
    retired_in: str | None


def read_provenance(table: Table, *, reference_is_source: bool = False) -> Provenance:
    """Where the numbers come from. No number without its source: a link, or for an alias at least a reference."""
    links_needed = "sources" in table.values or not reference_is_source
    retired = "retired_in" in table.values
    return Provenance(
        sources=table.urls("sources") if links_needed else (),
        checked=read_check_day(table),
        reference=table.optional_text("reference") if links_needed else table.text("reference"),
        retired_in=table.matching("retired_in", _RELEASE, 'a release such as "0.10.0"') if retired else None,
    )


def read_check_day(table: Table) -> dt.date | None:
    """When an entry was compared with its sources; None if it says that nobody did. It must say one or the other."""
    if "unchecked" not in table.values:
        return table.day("checked")
    if "checked" in table.values:
        raise table.error("unchecked", "expected either this or a day in checked, not both")
    if table.values["unchecked"] is not True:
        raise table.expected("unchecked", "true, or instead a day in checked")
    return None
