"""The machine's Chromium, and pictures of what it shows."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser, Locator, Page, Route

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# A sandbox needs rights that a container does not give; the pages are those of programs that we start.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
LARGEST_PICTURE_BYTES = 150_000
SECONDS_FOR_A_PAGE = 180  # those of Phoenix load megabytes of scripts, on a machine that does much else


class NoBrowserError(RuntimeError):
    """There is no Chromium on this machine; the message says what to do."""


@contextlib.contextmanager
def running_browser() -> Generator[Browser]:
    executable = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if executable is None:
        raise NoBrowserError("no Chromium: apt-get install -y --no-install-recommends chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield running
        running.close()


def open_page(browser: Browser, url: str, *, width_px: int, height_px: int) -> Page:
    """A page of a program on this machine, which gets nothing from any other: some ask for fonts and newer versions."""
    page = browser.new_page(viewport={"width": width_px, "height": height_px})
    page.set_default_timeout(SECONDS_FOR_A_PAGE * 1000)
    page.route("**/*", _only_from_here)
    page.goto(url)
    return page


def _only_from_here(route: Route) -> None:
    if urlsplit(route.request.url).hostname == "127.0.0.1":
        route.continue_()
    else:
        route.abort()


def take_picture(shown: Page | Locator, name: str, otherwise_in: Path) -> int:
    """Its size in bytes. `make pictures` says with SCREENSHOTS where it goes; without, those in docs/ stay as they are."""
    path = Path(os.environ.get("SCREENSHOTS", otherwise_in)) / name
    shown.screenshot(path=path)
    return path.stat().st_size
