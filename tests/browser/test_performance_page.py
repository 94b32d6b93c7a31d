"""The performance page of the real program, while another browser watches a chart."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import (
    PHONE,
    SERVER_GONE,
    WIDE,
    Problems,
    counter,
    open_page,
    wait_for_counter,
)
from tests.browser.program import Program
from tests.browser.stand import wait_until

pytestmark = pytest.mark.browser

# What moves on the page by itself, as Chromium counts it. The words of the time axis go with time.
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
    for (const { node } of list.getEntries().flatMap((entry) => entry.sources)) {
        const element = node instanceof Element ? node : node?.parentElement;
        if (!element?.closest(".course-time")) window.shifts.push(element?.outerHTML ?? "gone");
    }
}).observe({ type: "layout-shift", buffered: false });"""


@pytest.fixture
def watched(program: Program, browser: Browser, problems: Problems) -> Iterator[Program]:
    """The program while a browser shows a live chart."""
    with open_page(browser, problems, WIDE) as chart:
        chart.goto(f"{program.url}/?symbol=BTC-USD&interval=1m")
        wait_for_counter(chart, "patches", 1)
        yield program


def open_performance(page: Page, program: Program) -> None:
    """Open the page and wait for its first refresh."""
    page.goto(f"{program.url}/performance")
    page.wait_for_selector(".page-performance")
    wait_for_refresh(page)


def cell(page: Page, stage: str, column: int) -> str:
    """A figure of the table of stages; column 1 is the samples."""
    row = page.locator(".stage-table tbody tr").filter(has=page.get_by_text(stage, exact=True))
    return row.locator("th, td").nth(column).inner_text()


def samples(page: Page, stage: str) -> int:
    """How many samples a stage has; none is 0."""
    text = cell(page, stage, 1).replace(",", "")
    return int(text) if text.isdigit() else 0


def wait_for_more(page: Page, stage: str, than: int) -> None:
    """Wait until a stage has more samples."""
    wait_until(lambda: samples(page, stage) > than, f"{stage} is counted")


def wait_for_refresh(page: Page) -> None:
    """Wait until the page is filled again."""
    at = page.locator("#performance-at")
    seen = at.text_content()
    wait_until(lambda: at.text_content() != seen, "the page is filled again")


def test_figures_move_while_the_market_does(watched: Program, page: Page) -> None:
    open_performance(page, watched)
    before = {stage: samples(page, stage) for stage in ("Receive", "Draw", "Tick → pixel")}
    for stage, count in before.items():
        wait_for_more(page, stage, count)
    for stage in (
        "Receive",
        "Parse",
        "Ingest",
        "Wait",
        "Layout",
        "Draw",
        "Encode",
        "Send",
        "Paint",
    ):
        figures = [float(cell(page, stage, column).replace(",", "")) for column in range(2, 6)]
        assert figures == sorted(figures) and figures[-1] > 0
    summary = page.locator("#performance-summary").inner_text()
    assert re.search(r"Memory\s+[\d.]+ [MG]B", summary)
    assert re.search(r"Frames\s+[\d.]+ / s\s+\d+ charts?", summary)
    wait_until(
        lambda: (
            re.search(r"CPU\s+\d+ %", page.locator("#performance-summary").inner_text()) is not None
        ),
        "two samples of the processor's time",
    )
    assert re.search(r"Encoder ratio\s+[\d.]+ ×", page.locator("#performance-process").inner_text())
    assert "GPU: none." in page.locator("#performance-process").inner_text()
    course = page.locator(".course-slow")
    clip = "e => getComputedStyle(e).clipPath"
    wait_until(lambda: course.evaluate(clip).count(",") > 4, "a course of several points", 30)


def test_nothing_shifts_while_figures_change(watched: Program, page: Page) -> None:
    open_performance(page, watched)
    wait_for_more(page, "Tick → pixel", 0)
    page.wait_for_timeout(1500)
    page.evaluate(SHIFTS)
    for _ in range(4):
        wait_for_refresh(page)
    assert page.evaluate("window.shifts") == []
    width, height = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
    assert (width, height) == (WIDE["width"], WIDE["height"])


def test_every_candidate_is_timed_on_demand(program: Program, page: Page) -> None:
    open_performance(page, program)
    rows = page.locator(".renderer-table tbody tr")
    rows.first.wait_for()
    assert [name.split("\n")[0] for name in rows.all_inner_texts()] == [
        "CPU", "OpenGL", "CUDA", "Reference", "Plotly",
    ]  # fmt: skip
    assert "chosen" in rows.locator("nth=0").inner_text()
    page.locator("#performance-time").click()
    full = rows.locator("nth=0").locator("td.strong")
    wait_until(lambda: re.fullmatch(r"[\d.]+", full.inner_text()) is not None, "CPU was timed")
    reference = float(rows.locator("nth=3").locator("td.strong").inner_text())
    assert reference > float(full.inner_text())


def test_another_renderer_is_chosen_while_a_chart_runs(
    watched: Program, browser: Browser, problems: Problems, page: Page
) -> None:
    problems.allow(r"503 .*/api/sparklines")  # asked for just before Plotly was chosen
    open_performance(page, watched)
    rows, choice = page.locator(".renderer-table tbody tr"), page.locator("#performance-renderer")
    cuda = choice.locator("label").filter(has_text="CUDA")
    assert cuda.get_attribute("data-disabled") and "CuPy" in rows.nth(2).inner_text()
    with open_page(browser, problems, WIDE) as chart:
        chart.goto(f"{watched.url}/?symbol=BTC-USD&interval=1m")
        wait_for_counter(chart, "patches", 1)
        renderer = chart.locator('[data-status="renderer"]')
        try:
            for name, row in (("OpenGL", 1), ("CPU", 0)):
                choice.get_by_text(name, exact=True).click()
                wait_until(lambda row=row: "chosen" in rows.nth(row).inner_text(), f"{name} draws")  # type: ignore[misc]
                assert "Asked for by name" in rows.nth(row).inner_text()
                shown = counter(chart, "patches")
                wait_until(
                    lambda name=name: renderer.inner_text().startswith(name),  # type: ignore[misc]
                    "the chart's page says it",
                )
                wait_for_counter(chart, "patches", shown + 5)
            choice.get_by_text("Plotly", exact=True).click()
            chart.locator("#plotly-chart .js-plotly-plot").wait_for()
        finally:
            choice.get_by_text("Auto", exact=True).click()
            wait_until(lambda: "Fastest of" in rows.nth(0).inner_text(), "it is as it was")
        chart.locator("img.chart-keyframe[src]").wait_for()
        assert counter(chart, "opens") == 1


def test_reset_starts_anew_for_this_page_alone(watched: Program, page: Page) -> None:
    open_performance(page, watched)
    wait_for_more(page, "Receive", 300)
    before = samples(page, "Receive")
    page.locator("#performance-reset").click()
    wait_until(lambda: samples(page, "Receive") < before / 2, "the count is small")
    page.reload()
    page.wait_for_selector(".page-performance")
    assert samples(page, "Receive") > before / 2  # the oldest may be out of the window by now


def test_keyboard_reaches_the_page_and_its_choices(program: Program, page: Page) -> None:
    page.goto(f"{program.url}/")
    page.wait_for_selector(".page")
    page.locator("#nav-performance").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".page-performance")
    assert page.locator("#nav-performance").get_attribute("aria-current") == "page"
    assert page.locator("#nav-performance").get_attribute("title") == "Performance"
    page.locator("#performance-window input[value='5m']").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("p95, per 2 min").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "performance-reset"


def test_focus_stays_while_the_page_is_filled(program: Program, page: Page) -> None:
    open_performance(page, program)
    page.locator("#performance-reset").focus()
    page.wait_for_timeout(2500)
    assert page.evaluate("document.activeElement.id") == "performance-reset"


def test_phone_reaches_it_and_shows_it_in_its_width(
    watched: Program, browser: Browser, problems: Problems
) -> None:
    with open_page(browser, problems, PHONE) as page:
        page.goto(f"{watched.url}/")
        page.wait_for_selector(".page")
        page.locator("#phone-nav-performance").click()
        page.wait_for_selector(".page-performance")
        page.locator(".course-slow").wait_for()
        page.wait_for_timeout(2500)
        wide = page.evaluate(
            """() => [...document.querySelectorAll(".page-performance *, .top-bar *")]
                .filter((e) => !e.closest(".visually-hidden, .life-track, .course-plot"))
                .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
                .map((e) => e.outerHTML)"""
        )
        assert wide == []
        columns = """() => [...document.querySelectorAll(".page-performance .table thead th")]
            .filter((head) => head.offsetWidth)
            .filter((head) => head.getBoundingClientRect().right > innerWidth - 1)
            .map((head) => getComputedStyle(head).paddingRight)"""
        assert set(page.evaluate(columns)) == {"16px"}  # the last ones that are shown
        for target in ("#performance-reset", "#performance-time", "#performance-window label"):
            box = page.locator(target).first.bounding_box()
            assert box is not None and box["height"] >= 42
        assert page.locator(".page-name-performance").is_visible()


def test_reduced_motion_changes_figures_without_any(watched: Program, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_performance(page, watched)
    before = samples(page, "Receive")
    wait_for_more(page, "Receive", before)
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((e) => {
            const style = getComputedStyle(e);
            return parseFloat(style.transitionDuration) || parseFloat(style.animationDuration);
        }).map((e) => e.className)"""
    )
    assert moving == []


def test_diagnosis_is_copied(program: Program, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_performance(page, program)
    page.locator("#copy-diagnosis").click()
    page.get_by_text("Copied", exact=True).wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Candlecast, ")
    assert "Receive: " in text and "cpu: works" in text
    page.get_by_text("Copy diagnosis", exact=True).wait_for()


def test_figures_of_a_server_that_is_gone_are_called_old(
    own_program: Callable[..., Program], page: Page, problems: Problems
) -> None:
    problems.allow(SERVER_GONE)
    running = own_program()
    open_performance(page, running)
    strip = page.locator(".performance-old")
    assert strip.is_hidden()
    running.stop()
    strip.wait_for(state="visible")
    assert "These figures are old." in strip.inner_text()
    running.start()
    strip.wait_for(state="hidden", timeout=40_000)
