"""Gestures on the real program: crisp pictures follow, and numbers are those of its candles."""

import json
import re
import urllib.request
from datetime import UTC, datetime

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.chromium import counter, wait_for_counter
from tests.browser.live import CHART, open_chart, screen_of, wait_for_legend
from tests.browser.program import Program
from tests.browser.stand import wait_until

pytestmark = pytest.mark.browser
ADDRESS = "/?symbol=BTC-USD&interval=1m&indicators=sma:20,rsi"


@pytest.fixture
def chart(program: Program, page: Page) -> Page:
    open_chart(page, f"{program.url}{ADDRESS}")
    page.wait_for_function(
        "() => window.candlecast.panelOf(document.querySelector('.chart'))?.rows?.times.length > 60"
    )
    return page


def middle(page: Page) -> tuple[float, float]:
    box = page.locator(CHART).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 3


def crisp(page: Page) -> None:
    """Wait until the picture is the one that is wanted."""
    page.wait_for_function(
        """() => {
            const panel = window.candlecast.panelOf(document.querySelector(".chart"));
            const { a, b, c, d } = panel.motion();
            const painted = panel.painted.answered === panel.painted.asked;
            return painted && a === 1 && b === 0 && c === 1 && d === 0;
        }"""
    )


def view(page: Page) -> dict[str, object]:
    found: dict[str, object] = page.evaluate(
        "window.candlecast.panelOf(document.querySelector('.chart')).view.wishes"
    )
    return found


def pan(page: Page, pixels: float) -> None:
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels, y, steps=10)
    page.mouse.up()
    crisp(page)


def test_legend_has_the_numbers_of_the_programs_candles(program: Program, chart: Page) -> None:
    x, y = middle(chart)
    chart.mouse.move(x, y)
    label = chart.locator(".chart-crosshair-time-text").inner_text()
    day, month, time = re.fullmatch(r"\w{3} (\d+) (\w{3}) (\d\d:\d\d)", label).groups()  # type: ignore[union-attr]
    with urllib.request.urlopen(f"{program.url}/api/candles?symbol=BTC-USD&limit=500") as answer:
        candles = json.load(answer)["candles"]
    times = [datetime.fromtimestamp(candle[0] / 1000, UTC) for candle in candles]
    at = [f"{when.day} {when:%b} {when:%H:%M}" for when in times].index(f"{day} {month} {time}")
    for place, name in enumerate("ohlc", start=1):
        shown = chart.locator(f'[data-field="{name}"]').inner_text()
        assert float(shown.replace(",", "")) == pytest.approx(candles[at][place], abs=0.051)
    assert chart.locator(".chart-pane-title [data-role]").inner_text() != "\u2013"


def test_panned_view_stays_while_candles_come_and_end_leads_back(
    program: Program, page: Page
) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1s")
    wait_for_legend(page, "context", "1s")
    page.wait_for_function(
        "() => window.candlecast.panelOf(document.querySelector('.chart'))?.rows?.times.length > 60"
    )
    pan(page, 200)
    page.mouse.move(5, 5)
    kept, before = view(page), screen_of(page)
    assert "end" in kept
    page.wait_for_timeout(2500)  # two candles and more
    assert view(page) == kept
    np.testing.assert_array_equal(screen_of(page), before)
    shown = counter(page, "keyframes")
    page.keyboard.press("End")
    wait_for_counter(page, "keyframes", shown + 2)
    assert "end" not in view(page)


def test_every_gesture_ends_in_a_crisp_picture_in_its_place(chart: Page) -> None:
    x, y = middle(chart)
    box = chart.locator(CHART).bounding_box()
    assert box is not None
    chart.mouse.move(x, y)
    chart.mouse.wheel(0, -300)
    crisp(chart)
    pan(chart, 150)
    chart.mouse.move(box["x"] + box["width"] - 20, y)
    chart.mouse.down()
    chart.mouse.move(box["x"] + box["width"] - 20, y + 60, steps=5)
    chart.mouse.up()
    crisp(chart)
    assert set(view(chart)) == {"bars", "end", "price_range"}
    chart.locator(CHART).focus()
    chart.keyboard.press("-")
    crisp(chart)
    chart.keyboard.press("Escape")
    crisp(chart)
    assert set(view(chart)) == {"bars"}
    assert counter(chart, "errors") == 0


def test_crisp_picture_lies_where_the_moved_one_was(chart: Page) -> None:
    """The page's rule for places of candles is the server's: seen at the crosshair's candle."""
    x, y = middle(chart)
    place = """() => { const panel = window.candlecast.panelOf(document.querySelector('.chart'));
        const { step, newest } = window.candlecast.scales.slots(
            panel.view.bars, panel.meta.plot[2], panel.scale);
        const { first_index: first, x_first: left, step: drawn } = panel.meta;
        return [step - drawn, newest - (left + (panel.rows.end - 1 - first) * drawn)]; }"""
    chart.mouse.move(x, y)
    for turn in (-1, -1, 1, 1, 1, 1):
        chart.mouse.wheel(0, turn * 170)
        crisp(chart)
        chart.wait_for_timeout(200)
        assert chart.evaluate(place) == pytest.approx([0.0, 0.0], abs=1e-6)


def test_address_of_the_exact_view_gives_its_picture(program: Program, chart: Page) -> None:
    pan(chart, 150)
    query = chart.evaluate(
        "window.candlecast.panelOf(document.querySelector('.chart')).pictureQuery().toString()"
    )
    assert "end=" in query
    with urllib.request.urlopen(f"{program.url}/api/chart.webp?{query}") as answer:
        assert answer.read(4) == b"RIFF"


def test_control_leads_back_to_the_newest_candles(chart: Page) -> None:
    before = counter(chart, "keyframes")
    pan(chart, 100)
    wait_until(lambda: counter(chart, "keyframes") > before, "the panned picture")
    chart.locator(".chart-now").wait_for()
    chart.locator(".chart-now").click()
    crisp(chart)
    chart.locator(".chart-now").wait_for(state="hidden")
