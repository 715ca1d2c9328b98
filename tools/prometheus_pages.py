"""Give an unpacked Prometheus its web pages.

Debian's Prometheus serves the pages of `/usr/share/prometheus/web`, a path that is compiled in, and takes their scripts from
packages of their own (3 MB). Root puts them there; others are told how to. A Prometheus of one's own has its pages built in.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tools.find_prometheus import CACHE, NoPrometheusError, download, programs

LIBRARIES: Final = (
    "fonts-glyphicons-halflings",
    "libjs-bootstrap4",
    "libjs-d3",
    "libjs-eonasdan-bootstrap-datetimepicker",
    "libjs-jquery",
    "libjs-jquery-hotkeys",
    "libjs-moment",
    "libjs-moment-timezone",
    "libjs-mustache",
    "libjs-popper.js",
    "libjs-rickshaw",
)
PAGES: Final = Path("/usr/share/prometheus/web")
LAST_TO_COME: Final = "static/rickshaw/rickshaw.min.js"


def put_pages(prometheus: Path, cache: Path = CACHE, pages: Path = PAGES) -> None:
    """Put the pages where Prometheus looks for them, if it is the one that was unpacked into the cache.

    Raises:
        NoPrometheusError: they cannot be had, or only root may put them there.
    """
    if not prometheus.is_relative_to(cache) or (pages / LAST_TO_COME).exists():
        return
    unpacked = cache / "usr" / "share" / "prometheus" / "web"
    if not (unpacked / LAST_TO_COME).exists():
        _fetch(cache)
    try:
        # Links are followed, for they lead into the cache; old time zones, 200 MB unpacked, are read by no page.
        shutil.copytree(unpacked, pages, dirs_exist_ok=True, ignore=shutil.ignore_patterns("data"))
    except OSError as error:
        advice = f"sudo cp --recursive --dereference {unpacked} {pages.parent}"
        raise NoPrometheusError(f"the pages of Prometheus belong to {pages} ({error}); try: {advice}") from error


def _fetch(cache: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        reason = download(Path(folder), LIBRARIES)
        if reason:
            raise NoPrometheusError(
                f"Prometheus has no pages: {reason}. Put a Prometheus of https://prometheus.io/download on the PATH, "
                "or point to it: PROMETHEUS=/path/prometheus"
            )
        for package in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", str(package), str(cache)], check=True)


def main() -> int:
    """0 once Prometheus has its pages; 1 and a plain reason if it cannot."""
    try:
        put_pages(programs().prometheus)
    except NoPrometheusError as error:
        print(f"prometheus: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
