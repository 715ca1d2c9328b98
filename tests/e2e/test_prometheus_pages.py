"""The tool that gives an unpacked Prometheus its pages, with packages that are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.find_prometheus import NoPrometheusError
from tools.prometheus_pages import LAST_TO_COME, put_pages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Packages as they are unpacked: the pages' scripts are links to what other packages have."""
    folder = tmp_path / "cache"
    web, libraries = folder / "usr/share/prometheus/web/static", folder / "usr/share/javascript"
    (web / "css").mkdir(parents=True)
    (web / "css" / "graph.css").write_text("css")
    (libraries / "rickshaw" / "data").mkdir(parents=True)
    (libraries / "rickshaw" / "rickshaw.min.js").write_text("script")
    (libraries / "rickshaw" / "data" / "zones.json").write_text("large")
    (web / "rickshaw").symlink_to("../../../javascript/rickshaw")
    return folder


def test_pages_are_put_where_prometheus_looks_for_them(cache: Path, tmp_path: Path) -> None:
    """With their scripts, so that they stay whole when the cache is removed; without what no page reads."""
    pages = tmp_path / "pages"
    put_pages(cache / "usr/bin/prometheus", cache, pages)
    assert "script" == (pages / LAST_TO_COME).read_text()
    assert not (pages / "static/rickshaw").is_symlink()
    assert not (pages / "static/rickshaw/data").exists()


def test_a_prometheus_of_ones_own_is_left_alone(cache: Path, tmp_path: Path) -> None:
    """It has its pages built in: nothing is fetched, nothing is written."""
    put_pages(tmp_path / "bin/prometheus", cache, tmp_path / "pages")
    assert not (tmp_path / "pages").exists()


def test_who_may_not_put_them_there_is_told_what_to_type(cache: Path, tmp_path: Path) -> None:
    """One command for root, with the folders of this machine."""
    (tmp_path / "a file").write_text("")
    with pytest.raises(
        NoPrometheusError, match=r"try: sudo cp --recursive --dereference .*cache/usr/share/prometheus/web"
    ):
        put_pages(cache / "usr/bin/prometheus", cache, tmp_path / "a file" / "pages")
