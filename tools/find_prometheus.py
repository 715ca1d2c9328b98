"""Find or fetch Prometheus and Alertmanager: `python tools/find_prometheus.py` prints where each program is.

In this order: the environment variables PROMETHEUS, PROMTOOL and ALERTMANAGER, the PATH, what was fetched before, and
Debian's packages, which are unpacked under `.cache/prometheus` and not installed: no service is started. Debian's Alertmanager
reads its templates from `/usr/share` wherever it is itself: root puts them there, others are told how to.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
CACHE: Final = ROOT / ".cache" / "prometheus"
PACKAGES: Final = ("prometheus", "prometheus-alertmanager")
DOWNLOAD_LIMIT_S: Final = 300
# Where Debian's Alertmanager looks for its templates: a path that is compiled in.
TEMPLATES = Path("/usr/share/prometheus/alertmanager")
# The variable that points to a program, and its names: Debian's Alertmanager has one of its own.
PROGRAMS: Final = {
    "PROMETHEUS": ("prometheus",),
    "PROMTOOL": ("promtool",),
    "ALERTMANAGER": ("alertmanager", "prometheus-alertmanager"),
}


class NoPrometheusError(RuntimeError):
    """The programs cannot be had on this machine; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where the programs are."""

    prometheus: Path
    promtool: Path
    alertmanager: Path


def programs(cache: Path = CACHE) -> Programs:
    """The three programs; fetched if they are nowhere.

    Raises:
        NoPrometheusError: they are nowhere and cannot be fetched, or a variable points to nothing.
    """
    found = _found(cache)
    missing = sorted(name for name, path in found.items() if path is None)
    if missing:
        _fetch(cache, missing)
        found = _found(cache)
    paths = {name.lower(): path for name, path in found.items() if path is not None}
    if len(paths) < len(PROGRAMS):
        raise NoPrometheusError(_advice(missing, f"the packages {' and '.join(PACKAGES)} do not have them"))
    if paths["alertmanager"].is_relative_to(cache):
        _put_templates(cache)
    return Programs(**paths)


def _put_templates(cache: Path) -> None:
    """Put Alertmanager's templates where it looks for them.

    Raises:
        NoPrometheusError: they are not there, and only root may put them there.
    """
    unpacked = cache / "usr" / "share" / "prometheus" / "alertmanager"
    missing = [template for template in unpacked.glob("*.tmpl") if not (TEMPLATES / template.name).exists()]
    try:
        for template in missing:
            TEMPLATES.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(template, TEMPLATES / template.name)
    except OSError as error:
        advice = f"sudo install -D -m 644 -t {TEMPLATES} {' '.join(map(str, missing))}"
        raise NoPrometheusError(f"Alertmanager needs its templates in {TEMPLATES} ({error}); try: {advice}") from error


def _found(cache: Path) -> dict[str, Path | None]:
    return {variable: _find(variable, names, cache) for variable, names in PROGRAMS.items()}


def _find(variable: str, names: tuple[str, ...], cache: Path) -> Path | None:
    told = os.environ.get(variable)
    if told:
        path = shutil.which(told)
        if path is None:
            raise NoPrometheusError(f"{variable}={told} is not a program that can be run; correct it or unset it")
        return Path(path)
    folders = (None, str(cache / "usr" / "bin"))
    paths = (shutil.which(name, path=folder) for folder in folders for name in names)
    return next((Path(path) for path in paths if path), None)


def _fetch(cache: Path, missing: list[str]) -> None:
    """Unpack Debian's packages into the cache.

    Raises:
        NoPrometheusError: there is no apt-get, or it did not get them.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NoPrometheusError(_advice(missing, "this system has no apt-get"))
    _say(f"fetching {' and '.join(PACKAGES)} from the system's package mirror (30 MB), once")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        reason = download(Path(folder), PACKAGES)
        if reason:
            raise NoPrometheusError(_advice(missing, reason))
        for package in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", str(package), str(cache)], check=True)


def download(folder: Path, packages: tuple[str, ...]) -> str | None:
    """Why the packages could not be downloaded. A new system knows of no packages before the first update."""
    command = ["apt-get", "download", *packages]
    result = _run(command, folder)
    if result.returncode != 0 and os.geteuid() == 0:
        _run(["apt-get", "update", "-qq"], folder)
        result = _run(command, folder)
    return None if result.returncode == 0 else f"`{' '.join(command)}` said: {result.stderr.strip()}"


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # apt-get gives up root's rights for a download, and may then not write here: keep them.
    as_is = [command[0], "-o", "APT::Sandbox::User=root", *command[1:]]
    return subprocess.run(
        as_is,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=DOWNLOAD_LIMIT_S,
    )


def _advice(missing: list[str], reason: str) -> str:
    return (
        f"not found: {', '.join(name.lower() for name in missing)}, and {reason}. Install Prometheus 2.42 or newer and "
        "Alertmanager (https://prometheus.io/download), put them on the PATH or point to them: "
        "PROMETHEUS=/path/prometheus PROMTOOL=/path/promtool ALERTMANAGER=/path/alertmanager"
    )


def _say(line: str) -> None:
    print(f"prometheus: {line}", file=sys.stderr, flush=True)


def main() -> int:
    """Print the path of each program; 1 and a plain reason if they cannot be had."""
    try:
        found = programs()
    except NoPrometheusError as error:
        _say(str(error))
        return 1
    print(found.prometheus, found.promtool, found.alertmanager, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
