"""The page of `genai-impact report` in a real browser: it loads nothing, complains of nothing, and can be read anywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from otel_genai_impact.cli import main
from tests.kit.otlp_json import CHAT, line, lines, span

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser, Page

PHONE_PX, DESK_PX = 375, 1200
SMALLEST_TEXT_PX = 11
MODELS = [
    ("openai", "gpt-4o", 400),
    ("anthropic", "claude-opus-4-1-20250805", 250),
    ("mistral_ai", "mistral-large-latest", 700),
    ("gcp.gemini", "gemini-2.5-flash", 900),
    ("openai", "gpt-4o-mini", 300),
    ("openai", "a-model-of-our-own", 500),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of six models, two services and three tenants, with what goes wrong in between."""
    folder = tmp_path_factory.mktemp("report")
    exports: list[str] = []
    for hour in range(48):
        spans = [
            span(
                1000 * hour + number,
                {
                    **CHAT,
                    "gen_ai.provider.name": provider,
                    "gen_ai.request.model": model,
                    "gen_ai.response.id": f"{hour}-{number}",
                    "gen_ai.usage.input_tokens": 40 * number,
                    "gen_ai.usage.output_tokens": tokens * (1 + (number * 7 + hour * 3) % 11) // 4
                    if number % 13
                    else None,
                    "tenant.id": ("acme", "globex", "initech")[number % 3],
                },
                trace=1000 * hour + number,
                seconds=1 + number % 9,
                start_s=hour * 3600 + number * 60,
            )
            for number in range(1, 4 + (hour * 5) % 17)
            for provider, model, tokens in [MODELS[(number + hour) % len(MODELS)]]
        ]
        exports.append(line(*spans, resource={"service.name": ("shop", "support-bot")[hour % 2]}))
    traces, output = folder / "traces.jsonl", folder / "report.html"
    traces.write_text(lines([*exports, '{"resourceSpans": [{"cut off']), encoding="utf-8")
    assert main(["report", str(traces), "-o", str(output), "--by", "model,service,tenant.id"]) == 0
    return output


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page that was opened, and what the browser had to say of it."""

    page: Page
    messages: list[str]
    requests: list[str]


@pytest.fixture(
    scope="module", params=[(DESK_PX, "light"), (DESK_PX, "dark"), (PHONE_PX, "light"), (PHONE_PX, "dark")], ids=str
)
def visit(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Generator[Visit]:
    width_px, scheme = request.param
    context = browser.new_context(viewport={"width": width_px, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    messages, requests = list[str](), list[str]()
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(error.message))
    page.on("request", lambda asked: requests.append(asked.url))
    page.goto(report.as_uri())
    page.wait_for_load_state("networkidle")
    yield Visit(page=page, messages=messages, requests=requests)
    if folder := os.environ.get("SCREENSHOTS"):
        page.evaluate("scrollTo(0, 0)")
        height_px = 1180 if width_px == DESK_PX else 1100
        clip: Any = {"x": 0, "y": 0, "width": width_px, "height": height_px}
        page.screenshot(path=Path(folder) / f"report-{width_px}-{scheme}.png", full_page=True, clip=clip)
    context.close()


def test_the_browser_has_nothing_to_complain_of_and_nobody_to_ask(visit: Visit, report: Path) -> None:
    """No message in the console, no error, no request but that for the file itself."""
    assert [] == visit.messages
    assert [report.as_uri()] == visit.requests


def test_the_page_is_as_wide_as_the_screen(visit: Visit) -> None:
    """Nobody scrolls sideways but within a table, on a phone neither."""
    widths = visit.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[1] == widths[0]


def test_every_text_can_be_read(visit: Visit) -> None:
    """Charts are not scaled down: no text that is shown is smaller than 11 px, and none of a chart is cut off."""
    texts: list[dict[str, Any]] = visit.page.evaluate(
        """() => [...document.querySelectorAll('svg text, td, th, p, dd, dt, small, caption, code')]
        .filter(each => each.getClientRects().length && each.textContent.trim())
        .map(each => {
            const svg = each.closest('svg'), box = each.getBoundingClientRect();
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            return {text: each.textContent, px: parseFloat(getComputedStyle(each).fontSize) * scale,
                    cut: !!svg && (box.left < 0 || box.right > document.documentElement.clientWidth)};
        })"""
    )
    assert len(texts) > 100
    assert [] == [text for text in texts if text["px"] < SMALLEST_TEXT_PX or text["cut"]]


def test_axe_finds_no_barrier(visit: Visit) -> None:
    """The rules of WCAG 2.2 A and AA that a program can check, contrast among them, in both schemes."""
    axe: Any = Axe()  # it has no types
    results: Any = axe.run(visit.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert [] == [violation["id"] for violation in results.response["violations"]], results.generate_report()
    assert "color-contrast" in {passed["id"] for passed in results.response["passes"]}


def test_every_table_is_reached_by_keyboard(visit: Visit) -> None:
    """Tab goes to the link that skips the head, then from table to table: all of them, so that each can be scrolled."""
    page = visit.page
    reached: list[str] = []
    for _ in range(2 + page.locator("table").count()):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")
        )
    captions = page.locator("caption").all_text_contents()
    assert ["Skip to the figures", *captions] == reached[: 1 + len(captions)]


def test_paper_shows_all_of_every_table(visit: Visit) -> None:
    """On a screen long tables scroll; in print nothing is hidden, and it is black on white."""
    page = visit.page
    page.emulate_media(media="print")
    hidden = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(each => each.scrollHeight > each.clientHeight + 1).length"
    )
    colors = page.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    page.emulate_media(media="screen")
    assert 0 == hidden
    assert ["rgb(255, 255, 255)", "rgb(0, 0, 0)"] == colors
