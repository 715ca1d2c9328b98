"""Distributions that are nothing but their metadata: what a tool sees that imports nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def install(
    folder: Path,
    name: str,
    version: str,
    *,
    instrumentor: str | None = None,
    instruments: Sequence[str] = (),
    url: str = "https://example.org",
) -> None:
    """Puts a distribution into a folder, which then has to be on the path.

    Args:
        folder: where to.
        name: of the distribution.
        version: of it.
        instrumentor: its entry point in `opentelemetry_instrumentor`, `name = module:Class`.
        instruments: requirements of its extra `instruments`.
        url: of its repository.
    """
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    requires = "".join(f"Requires-Dist: {requirement}; extra == 'instruments'\n" for requirement in instruments)
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProject-URL: Repository, {url}\n"
        f"Provides-Extra: instruments\n{requires}"
    )
    if instrumentor is not None:
        (metadata / "entry_points.txt").write_text(f"[opentelemetry_instrumentor]\n{instrumentor}\n")
