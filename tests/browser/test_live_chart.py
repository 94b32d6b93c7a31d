"""The live chart of the real program, fed by the simulated market."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Problems, counter, open_page, wait_for_counter
from tests.browser.live import (
    BROKEN_SOCKET,
    choose_interval,
    choose_symbol,
    differs,
    open_chart,
    screen_of,
    wait_for_legend,
)
from tests.browser.program import Program
from tests.browser.stand import wait_until

pytestmark = pytest.mark.browser
DARK, LIGHT = [15, 18, 23], [255, 255, 255]


def test_picture_changes_with_trades_and_patches_arrive(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/")
    before = screen_of(page)
    wait_until(differs(page, before), "the picture changes")
    wait_for_counter(page, "patches", 2)
    wait_for_counter(page, "acks", 3)
    assert counter(page, "errors") == 0
    pill = page.locator('[data-status="pill"]')
    expect(pill).to_have_attribute("data-state", "simulated")
    expect(page.locator('[data-status="strip"]')).to_be_visible()
    expect(page.locator("img.chart-keyframe")).to_have_attribute("alt", re.compile("."))


def test_theme_switch_redraws_the_picture(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/")
    assert screen_of(page)[5, 5].tolist() == DARK
    page.locator("#theme-toggle").click()
    wait_until(lambda: screen_of(page)[5, 5].tolist() == LIGHT, "the picture is light")
    page.locator("#theme-toggle").click()
    wait_until(lambda: screen_of(page)[5, 5].tolist() == DARK, "the picture is dark again")


def test_interval_switch_changes_the_picture(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/")
    before = counter(page, "keyframes")
    choose_interval(page, "5m")
    wait_for_legend(page, "context", "5m")
    assert counter(page, "keyframes") > before
    choose_interval(page, "1s")
    wait_for_legend(page, "context", "1s")
    start = counter(page, "keyframes")
    wait_for_counter(page, "keyframes", start + 2)  # a candle a second: each needs a new keyframe


def test_symbol_switch_changes_the_picture(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    wait_for_legend(page, "symbol", "BTC-USD")
    choose_symbol(page, "ETH-USD")
    wait_for_legend(page, "symbol", "ETH-USD")
    alt = page.locator("img.chart-keyframe").get_attribute("alt")
    assert alt is not None and alt.startswith("ETH-USD ")
    assert "symbol=ETH-USD" in page.url


def test_navigation_leaves_and_finds_charts(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/")
    page.locator("#nav-backtest").click()
    page.wait_for_selector("#backtest-run")
    wait_until(lambda: counter(page, "liveUrls") == 0, "the left chart's pictures are freed")
    shown = counter(page, "keyframes")
    page.locator("#nav-paper").click()
    wait_for_counter(page, "keyframes", shown + 1)
    assert counter(page, "opens") == 1


def test_object_urls_stay_bounded(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1s")
    most = 0.0
    while counter(page, "frames") < 60:
        most = max(most, counter(page, "liveUrls"))
        page.wait_for_timeout(100)
    assert most <= 4
    assert counter(page, "keyframes") + counter(page, "patches") >= 55


def test_polling_without_a_socket(program: Program, page: Page) -> None:
    page.add_init_script(BROKEN_SOCKET)
    page.goto(f"{program.url}/")
    wait_for_counter(page, "polls", 2)
    assert page.locator('[data-status="frames"]').inner_text() == "1 / s, polling"
    before = screen_of(page)
    wait_until(differs(page, before), "the polled picture changes")


def test_plotly_tier_draws_and_moves(
    own_program: Callable[..., Program], browser: Browser, problems: Problems
) -> None:
    running = own_program("--renderer", "plotly")
    with open_page(browser, problems, {"width": 1440, "height": 900}) as page:
        page.goto(f"{running.url}/?symbol=BTC-USD&interval=1m")
        graph = page.locator("#plotly-chart .js-plotly-plot")
        graph.wait_for()
        closes = "plot => plot.data.find((trace) => trace.type === 'candlestick')?.close?.at(-1)"
        wait_until(lambda: graph.evaluate(closes) is not None, "candles are drawn")
        first = graph.evaluate(closes)
        wait_until(lambda: graph.evaluate(closes) != first, "the last close moves")
        assert page.locator('[data-status="renderer"]').inner_text().startswith("Plotly")
        assert page.locator("img.chart-keyframe").count() == 0


def test_open_page_follows_the_tier(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    page.evaluate("dash_clientside.set_props('tier', { data: 'plotly' })")
    page.locator("#plotly-chart .js-plotly-plot").wait_for()
    wait_until(lambda: counter(page, "liveUrls") == 0, "the pictures are freed")
    shown = counter(page, "keyframes")
    page.evaluate("dash_clientside.set_props('tier', { data: 'picture' })")
    wait_for_counter(page, "keyframes", shown + 1)


def test_replay_shows_recorded_trades(
    own_program: Callable[..., Program], page: Page, shared_data: Path
) -> None:
    recording = shared_data / "ws" / "coinbase_exchange_20210417_set_a.jsonl.gz"
    running = own_program(
        "--feed", f"replay:{recording}", CANDLECAST_FEED="", CANDLECAST_SYMBOLS=""
    )
    open_chart(page, f"{running.url}/?interval=1s")
    pill = page.locator('[data-status="pill"]')
    wait_until(lambda: pill.get_attribute("data-state") in {"replay", "ended"}, "REPLAY is told")
    assert page.locator('[data-status="strip"]').get_attribute("data-state") == "replay"
    wait_for_legend(page, "context", "1s")
