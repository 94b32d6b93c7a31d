"""Studies on the page: what the address asks for, and the values in legend and panes."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.chromium import counter, wait_for_counter
from tests.browser.live import BROKEN_SOCKET, choose_symbol, open_chart, wait_for_legend
from tests.browser.program import Program
from tests.browser.stand import Part, Stand, lossless, message, meta, wait_until

pytestmark = pytest.mark.browser
BOX = (0, 0, 400, 300)
ELEMENTS = '{"style":"hollow","indicators":["sma:20","rsi"],"volume":false}'
SMA: dict[str, Any] = {
    "title": "SMA 20",
    "pane": None,
    "left_out": False,
    "curves": [{"label": "SMA", "role": "LINE_A", "value": 38485.9, "text": "38,485.9"}],
}
RSI: dict[str, Any] = {
    "title": "RSI 14",
    "pane": {"plot": [0, 200, 336, 276], "top": 104.0, "bottom": -4.0},
    "left_out": False,
    "curves": [{"label": "RSI", "role": "LINE_B", "value": 62.4, "text": "62.4"}],
}


def keyframe(sequence: int, studies: list[dict[str, Any]]) -> bytes:
    picture = lossless(np.full((300, 400, 3), 40, np.uint8))
    return message(sequence, [Part(1, 0, BOX, BOX, meta(1, studies=studies))], picture)


def show(stand: Stand, page: Page, *studies: dict[str, Any]) -> None:
    """Send a keyframe with these studies and wait until it is on the page."""
    seen = len(stand.said("ack"))
    stand.send(keyframe(seen + 1, list(studies)))
    stand.wait_for("ack", seen + 1)


@pytest.fixture
def opened(stand: Stand, page: Page) -> Page:
    """The stand's page, subscribed to its one chart."""
    page.goto(stand.url)
    stand.wait_for("subscribe")
    return page


def colour(page: Page, selector: str) -> str:
    found: str = page.locator(selector).evaluate("item => getComputedStyle(item).color")
    return found


def test_values_stand_in_the_legend_and_in_their_panes(stand: Stand, opened: Page) -> None:
    show(stand, opened, SMA, RSI)
    assert opened.locator(".chart-legend-studies").inner_text().split() == ["SMA", "20", "38,485.9"]
    pane = opened.locator(".chart-panes > .chart-pane-title")
    assert pane.inner_text().split() == ["RSI", "14", "62.4"]
    box = pane.bounding_box()
    assert box is not None and (box["x"], box["y"]) == (12, 203)
    assert colour(opened, '[data-role="LINE_A"]') == "rgb(86, 199, 218)"
    assert colour(opened, '[data-role="LINE_B"]') == "rgb(182, 148, 255)"


def test_only_texts_change_with_the_values(stand: Stand, opened: Page) -> None:
    show(stand, opened, SMA)
    opened.evaluate("window.kept = document.querySelector('[data-role]')")
    changed = {**SMA, "curves": [{**SMA["curves"][0], "text": "38,490.0"}]}
    show(stand, opened, changed)
    assert opened.locator("[data-role]").inner_text() == "38,490.0"
    assert opened.evaluate("window.kept === document.querySelector('[data-role]')")


def test_other_studies_replace_those_before(stand: Stand, opened: Page) -> None:
    show(stand, opened, SMA, RSI)
    show(stand, opened, {**SMA, "title": "SMA 50"}, {**RSI, "pane": None, "left_out": True})
    assert opened.locator(".chart-legend-studies").inner_text().split()[:2] == ["SMA", "50"]
    assert opened.locator(".chart-pane-title").count() == 0


def test_state_of_another_market_has_no_values(stand: Stand, opened: Page) -> None:
    show(stand, opened, SMA, RSI)
    opened.evaluate("document.querySelector('.chart').dataset.symbol = 'ETH-USD'")
    stand.wait_for("subscribe", 2)
    stand.send({"type": "state", "chart": 1, "state": "empty", "detail": "None yet."})
    wait_until(lambda: opened.locator("[data-role]").count() == 0, "the values are gone")


def test_subscription_says_what_the_page_says(stand: Stand, opened: Page) -> None:
    opened.evaluate(
        "text => { document.querySelector('.chart').dataset.elements = text }", ELEMENTS
    )
    said = stand.wait_for("subscribe", 2)
    assert {name: said[name] for name in ("style", "indicators", "volume")} == {
        "style": "hollow",
        "indicators": ["sma:20", "rsi"],
        "volume": False,
    }


def test_polled_pictures_have_the_same_elements(stand: Stand, page: Page) -> None:
    page.add_init_script(BROKEN_SOCKET)
    page.goto(stand.url)
    page.evaluate("text => { document.querySelector('.chart').dataset.elements = text }", ELEMENTS)
    wait_until(lambda: any("style" in asked for asked in stand.asked), "a picture with elements")
    asked = stand.asked[-1]
    assert (asked["style"], asked["indicators"], asked["volume"]) == (
        "hollow",
        "sma:20,rsi",
        "false",
    )
    assert not {"type", "chart"} & asked.keys()


# --- the real program ---------------------------------------------------------------------------


def test_dashboard_has_two_averages_and_a_countdown(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    words = page.locator(".chart-legend-studies")
    wanted = re.compile(r"SMA 20\s+[\d,.]+\s+SMA 50\s+[\d,.]+")
    wait_until(lambda: bool(wanted.fullmatch(words.inner_text().strip())), "both have values")
    before = counter(page, "patches")
    wait_for_counter(page, "patches", before + 3)  # trades, and the countdown


def test_address_chooses_the_elements_and_keeps_them(program: Program, page: Page) -> None:
    open_chart(
        page, f"{program.url}/?symbol=BTC-USD&interval=1m&indicators=bollinger,rsi&style=hollow"
    )
    assert page.locator(".chart-legend-studies").inner_text().startswith("Bollinger 20 2")
    assert page.locator(".chart-pane-title").inner_text().startswith("RSI 14")
    choose_symbol(page, "ETH-USD")
    wait_for_legend(page, "symbol", "ETH-USD")
    assert page.locator(".chart-pane-title").inner_text().startswith("RSI 14")
    assert page.url.endswith("/?symbol=ETH-USD&interval=1m&indicators=bollinger,rsi&style=hollow")


def test_address_that_cannot_be_says_why(program: Program, page: Page) -> None:
    page.goto(f"{program.url}/?symbol=BTC-USD&interval=1m&style=pie")
    state = page.locator(".chart-state")
    state.wait_for()
    assert "style was 'pie'; allowed are candles, hollow" in state.inner_text()
    state.get_by_text("Show the standard chart").click()
    wait_for_counter(page, "keyframes", 1)
    assert "style" not in page.url


def test_polling_takes_every_element(program: Program, page: Page) -> None:
    page.add_init_script(BROKEN_SOCKET)
    page.goto(f"{program.url}/?symbol=BTC-USD&interval=1m&indicators=sma:5,macd&lines=1,2&quote=1")
    wait_for_counter(page, "polls", 2)
