"""The tool that finds Prometheus, with an apt-get that only pretends: quick, and the same on every machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tools import find_prometheus
from tools.find_prometheus import NoPrometheusError, programs

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("prometheus", "promtool", "prometheus-alertmanager")
APT_GET = """#!/bin/sh
echo "$@" >> "$ASKED"
case "$*" in *download*) [ -e "$ASKED.updated" ] || { echo "E: Unable to locate package" >&2; exit 100; }
  touch both.deb ;;
*update*) touch "$ASKED.updated" ;;
esac
"""
DPKG_DEB = """#!/bin/sh
mkdir -p "$3/usr/bin" "$3/usr/share/prometheus/alertmanager"
echo template > "$3/usr/share/prometheus/alertmanager/default.tmpl"
for name in prometheus promtool prometheus-alertmanager; do cp "$0" "$3/usr/bin/$name"; done
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, with nothing of ours in it; the only other one on the PATH has the system's basics."""
    basics, folder = tmp_path / "basics", tmp_path / "bin"
    basics.mkdir()
    folder.mkdir()
    for name in ("sh", "touch", "mkdir", "cp"):
        (basics / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{basics}")
    monkeypatch.setenv("ASKED", str(tmp_path / "asked"))
    monkeypatch.setattr(find_prometheus, "TEMPLATES", tmp_path / "share")
    for variable in ("PROMETHEUS", "PROMTOOL", "ALERTMANAGER"):
        monkeypatch.delenv(variable, raising=False)
    return folder


def put(folder: Path, name: str, text: str = "#!/bin/sh\n") -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_programs_on_the_path_are_taken(machine: Path, tmp_path: Path) -> None:
    """Also under the name that Debian gives Alertmanager. Nothing is fetched."""
    prometheus, promtool, alertmanager = (put(machine, name) for name in NAMES)
    found = programs(tmp_path / "cache")
    assert (prometheus, promtool, alertmanager) == (found.prometheus, found.promtool, found.alertmanager)


def test_a_variable_wins(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has several says which."""
    for name in NAMES:
        put(machine, name)
    mine = put(tmp_path, "my-own-prometheus")
    monkeypatch.setenv("PROMETHEUS", str(mine))
    assert mine == programs(tmp_path / "cache").prometheus


def test_a_variable_that_leads_nowhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelled path is not passed over for another program."""
    monkeypatch.setenv("PROMTOOL", str(tmp_path / "nothing"))
    with pytest.raises(NoPrometheusError, match=r"PROMTOOL=.*nothing is not a program that can be run"):
        programs(tmp_path / "cache")


def test_packages_are_unpacked_into_the_cache_once(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new system is updated first, if this is root; the second call fetches nothing."""
    put(machine, "apt-get", APT_GET)
    put(machine, "dpkg-deb", DPKG_DEB)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    first = programs(tmp_path / "cache")
    asked = (tmp_path / "asked").read_text()
    assert tmp_path / "cache" / "usr" / "bin" / "prometheus-alertmanager" == first.alertmanager
    assert first == programs(tmp_path / "cache")
    assert asked == (tmp_path / "asked").read_text()


def test_where_they_cannot_be_had_it_says_what_to_do(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without apt-get, or without root on a system that knows no packages: what is missing, why, and the variables."""
    put(machine, "prometheus")
    advice = r"not found: alertmanager, promtool, and {}.* PROMTOOL=/path/promtool"
    with pytest.raises(NoPrometheusError, match=advice.format("this system has no apt-get")):
        programs(tmp_path / "cache")
    put(machine, "apt-get", APT_GET)
    put(machine, "dpkg-deb", DPKG_DEB)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoPrometheusError, match=advice.format("`apt-get download .*Unable to locate package")):
        programs(tmp_path / "cache")


def test_the_templates_of_alertmanager_are_put_where_it_looks_for_them(machine: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, Debian's Alertmanager does not start without them."""
    put(machine, "apt-get", APT_GET)
    put(machine, "dpkg-deb", DPKG_DEB)
    programs(tmp_path / "cache")
    assert "template\n" == (tmp_path / "share" / "default.tmpl").read_text()


def test_templates_that_cannot_be_put_there(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is not root is told what to type."""
    put(machine, "apt-get", APT_GET)
    put(machine, "dpkg-deb", DPKG_DEB)
    monkeypatch.setattr(find_prometheus, "TEMPLATES", put(tmp_path, "a file") / "share")
    with pytest.raises(NoPrometheusError, match=r"try: sudo install -D -m 644 -t .*default\.tmpl"):
        programs(tmp_path / "cache")
