"""Names that are no model's own: other spellings, meanings of the past, families, and models that make no text.

Read from one generated file when a name is not known as it stands; most programs never need it.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias, TypedDict

from otel_genai_impact.inventory.compiled import DATA_FOLDER

if TYPE_CHECKING:
    from otel_genai_impact.inventory.compiled import ModelRow

NAMES_FILE: Final = DATA_FOLDER / "names.json"

Place: TypeAlias = tuple[str, str]
"""Where a model stands: its table and its name there."""


class Family(TypedDict):
    """A family whose new members have its range: what their names match, in whose table it stands, and what is taken for them.

    `row` is null where the range follows from the size in the name, as these families write it.
    """

    pattern: str
    table: str
    maker: str
    name: str
    row: ModelRow | None


class Names(TypedDict):
    """What the generated file holds.

    `spellings` and `hyphened` lead from a key to the models that are written so; the second has the keys of names with dots
    as they are written without. `aliases` are other names, `earlier` what a name meant before a day, `others` the models
    that make no text: their id and what they make.
    """

    spellings: dict[str, list[Place]]
    hyphened: dict[str, list[Place]]
    aliases: dict[str, Place]
    earlier: dict[str, list[tuple[str, str, str]]]
    families: list[Family]
    others: dict[str, tuple[str, str]]


@cache
def names(archive: str | None = None) -> Names:
    """The names of today, or of a version in the archive. Two threads that come first together may both read them.

    A version that kept none, of the reference, has today's spellings of the models that it knew. It knew no families.
    """
    if archive is not None:
        from otel_genai_impact.inventory.archive import archived, has_archived

        if has_archived(archive, NAMES_FILE.name):
            return archived(archive, NAMES_FILE.name)
        return {**names(), "families": []}
    content: Names = json.loads(NAMES_FILE.read_bytes())
    return content
