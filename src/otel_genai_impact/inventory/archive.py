"""The data of then: one file a data version, read where a version is asked for by its name.

An archive has the files that the running program read then, names and media models included, and the tables with their sources.
Those called `ecologits-*` are older than this package: the models and the electricity that a release of the reference had, and one
origin for all of it. What code does with a name (`spelling.py`, `hosts.py`) is today's.
"""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

ARCHIVE_FOLDER: Final = Path(__file__).with_name("archive")
ORIGINS_FILE: Final = "origins.json"
"""In an archive of the reference: where `models` are from, and where `places` (electricity, data centres)."""
TABLES_FOLDER: Final = "tables"
"""In an archive of a release of ours: the TOML files that people edited, with source and day of each number."""

_SUFFIX: Final = ".zip"
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_NUMBER: Final = re.compile(r"\d+")


class DataVersionError(LookupError):
    """There are no data of such a version."""


def archived_versions(folder: Path | None = None) -> tuple[str, ...]:
    """The data versions that were kept, oldest first."""
    return tuple(sorted((path.stem for path in (folder or ARCHIVE_FOLDER).glob(f"*{_SUFFIX}")), key=_in_time))


def _in_time(version: str) -> tuple[int, ...]:
    return tuple(map(int, _NUMBER.findall(version)))


def archived(version: str, name: str) -> Any:
    """The content of a JSON file as it was in a version.

    Raises:
        DataVersionError: that version was not kept, or had no such file.
    """
    return json.loads(archived_path(version, name).read_text(encoding="utf-8"))


def archived_path(version: str, name: str) -> Path:
    """A file as it was in a version, to be read alone.

    Raises:
        DataVersionError: that version was not kept, or had no such file.
    """
    path = zipfile.Path(_path_of(version), name)
    if not path.exists():
        raise DataVersionError(
            f"the data of version {version!r} have no {name}: they can be used by the method ecologits-0.11, and by no other"
        )
    return cast("Path", path)


def has_archived(version: str, name: str) -> bool:
    """Whether a version had such a file.

    Raises:
        DataVersionError: that version was not kept.
    """
    return zipfile.Path(_path_of(version), name).exists()


@cache
def archived_tables(version: str) -> Path:
    """A folder with the tables of a version, with their sources, which is there until the program ends.

    Raises:
        DataVersionError: that version was not kept.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"genai-impact-{version}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with zipfile.ZipFile(_path_of(version)) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith(f"{TABLES_FOLDER}/")])
    return folder / TABLES_FOLDER


def _path_of(version: str) -> Path:
    if version not in archived_versions():
        from otel_genai_impact.inventory.compiled import inventory

        known = dict.fromkeys((*archived_versions(), inventory().data_version))
        raise DataVersionError(f"there are no data of version {version!r}; there are {', '.join(known)}")
    return ARCHIVE_FOLDER / f"{version}{_SUFFIX}"


def write_archive(folder: Path, version: str, files: Mapping[str, str]) -> Path:
    """Keep the files of a version by name: the same files give the same bytes, on every machine."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{version}{_SUFFIX}"
    with zipfile.ZipFile(path, "w", compresslevel=9) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), text, zipfile.ZIP_DEFLATED, 9)
    return path


def read_archive(folder: Path, version: str) -> dict[str, str] | None:
    """The files of a version by name; None if it was not kept."""
    path = folder / f"{version}{_SUFFIX}"
    if not path.exists():
        return None
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
