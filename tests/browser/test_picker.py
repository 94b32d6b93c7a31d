"""The indicator picker: adding, changing and removing, and what it says of bad parameters."""

import json

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import PHONE, Problems, open_page
from tests.browser.live import open_chart
from tests.browser.program import Program
from tests.browser.stand import wait_until

pytestmark = pytest.mark.browser


def indicators(page: Page, chart: int = 0) -> list[str]:
    """What one chart shows."""
    text = page.locator(".chart").nth(chart).get_attribute("data-elements")
    found: list[str] = json.loads(text or "")["indicators"]
    return found


def open_picker(page: Page, program: Program, query: str = "") -> None:
    """The dashboard's one chart with the picker beside it."""
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m{query}")
    page.locator(".toolbar-indicators").click()
    page.locator("#indicator-picker").wait_for()


def add(page: Page, key: str) -> None:
    page.locator(f'.picker-line[data-key="{key}"]').click()


def rows(page: Page) -> list[str]:
    """The chart's own indicators as the picker writes them."""
    return [" ".join(text.split()) for text in page.locator(".picker-edit").all_inner_texts()]


def test_added_indicator_is_on_the_chart_at_once(program: Program, page: Page) -> None:
    open_picker(page, program)
    assert rows(page) == ["Simple moving average 20", "Simple moving average 50"]
    add(page, "rsi")
    wait_until(lambda: indicators(page) == ["sma:20", "sma:50", "rsi:14"], "RSI is asked for")
    page.locator(".chart-pane-title", has_text="RSI 14").wait_for()
    assert rows(page)[2] == "Relative strength index 14"
    assert page.locator("#indicator-picker").is_visible()  # it stays beside the chart


def test_parameter_is_changed_while_it_is_typed(program: Program, page: Page) -> None:
    open_picker(page, program)
    page.locator(".picker-edit").first.click()
    field = page.locator(".picker-input")
    assert field.input_value() == "20"
    assert page.locator(".picker-label .field-range").inner_text() == "1 to 5,000"
    field.fill("7")
    wait_until(lambda: indicators(page) == ["sma:7", "sma:50"], "the length has changed")
    page.locator(".chart-legend-studies", has_text="SMA 7").wait_for()
    assert field.evaluate("field => field === document.activeElement")
    field.press("ArrowUp")
    wait_until(lambda: indicators(page)[0] == "sma:8", "an arrow key adds a step")
    assert rows(page)[0] == "Simple moving average 8"


@pytest.mark.parametrize(
    ("key", "name", "typed", "sentence"),
    [
        ("rsi", "period", "0", "period was 0; allowed is a whole number from 1 to 5,000"),
        ("rsi", "period", "2.5", "period was 2.5; allowed is a whole number from 1 to 5,000"),
        ("rsi", "period", "", "period was ''; allowed is a number"),
        ("macd", "fast", "30", "fast was 30 and slow 26; fast must be below slow"),
    ],
)
def test_bad_parameter_is_refused_in_the_registrys_words(
    program: Program, page: Page, key: str, name: str, typed: str, sentence: str
) -> None:
    open_picker(page, program, f"&indicators={key}")
    before = indicators(page)
    page.locator(".picker-edit").click()
    field = page.locator(f'.picker-input[data-name="{name}"]')
    good = field.input_value()
    field.fill(typed)
    problem = page.locator(".picker-row .picker-problem")
    wait_until(lambda: problem.inner_text() == sentence, "the sentence is there")
    assert field.get_attribute("aria-invalid") == "true"
    assert indicators(page) == before  # the chart keeps what could be drawn
    field.fill(good)
    wait_until(lambda: problem.inner_text() == "", "the sentence is gone")
    assert field.get_attribute("aria-invalid") == "false"


def test_removed_indicator_leaves_the_chart(program: Program, page: Page) -> None:
    open_picker(page, program)
    page.get_by_label("Remove Simple moving average").first.click()
    wait_until(lambda: indicators(page) == ["sma:50"], "the first is gone")
    legend = page.locator(".chart-legend-studies")
    wait_until(lambda: "SMA 20" not in legend.inner_text(), "and from the legend")
    page.get_by_label("Remove Simple moving average").click()
    wait_until(lambda: indicators(page) == [], "none is left")
    page.get_by_text("Only prices and volume. Choose below.").wait_for()
    assert page.evaluate("document.activeElement.matches('.picker-search')")


def test_line_gets_the_colour_that_is_chosen(program: Program, page: Page) -> None:
    open_picker(page, program)
    page.locator(".picker-edit").first.click()
    chosen = page.locator('.picker-colour[aria-pressed="true"]')
    wait_until(lambda: chosen.count() == 1, "the colour it has is marked")
    assert chosen.get_attribute("data-role") == "LINE_A"
    page.locator('.picker-colour[data-role="LINE_C"]').click()
    wait_until(lambda: indicators(page)[0] == "sma:20/c", "the colour is asked for")
    page.locator('.chart-legend-studies [data-role="LINE_C"]').wait_for()
    wait_until(lambda: chosen.get_attribute("data-role") == "LINE_C", "and marked")
    page.locator(".picker-input").fill("21")
    wait_until(lambda: indicators(page)[0] == "sma:21/c", "it stays with other numbers")


def test_no_more_than_a_chart_can_show(program: Program, page: Page) -> None:
    many = ",".join(f"sma:{length}" for length in range(2, 14))
    open_picker(page, program, f"&indicators={many}")
    add(page, "rsi")
    page.get_by_text("indicators were 13; allowed are at most 12").wait_for()
    assert len(indicators(page)) == 12


def test_search_and_keyboard(program: Program, page: Page) -> None:
    open_picker(page, program)
    assert page.evaluate("document.activeElement.matches('.picker-search')")
    page.keyboard.type("bands")
    assert page.locator(".picker-line:visible").all_inner_texts()[0].startswith("Bollinger bands")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_until(lambda: indicators(page)[2:] == ["bollinger:20:2"], "the first line is added")
    page.locator(".picker-search").fill("no such thing")
    page.get_by_text("No indicator has this name.").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#indicator-picker").is_hidden()
    assert page.evaluate("document.activeElement.matches('.toolbar-indicators')")


def test_picker_is_of_the_active_chart(program: Program, page: Page) -> None:
    open_picker(page, program)
    page.locator('[data-size="4"]').click()
    wait_until(lambda: page.locator(".chart img[src]").count() >= 4, "four charts")
    page.locator(".chart").nth(1).click(position={"x": 60, "y": 90})
    head = page.locator('[data-picker="chart"]')
    wait_until(lambda: head.inner_text() == "ETH-USD 1m", "it names the chart")
    add(page, "atr")
    wait_until(lambda: indicators(page, 1)[-1] == "atr:14", "the active chart has it")
    assert "atr:14" not in indicators(page, 0)
    page.locator(".chart").nth(0).click(position={"x": 60, "y": 90})
    wait_until(lambda: len(rows(page)) == 2, "the other chart's own are listed")


def test_added_indicators_are_kept(program: Program, page: Page) -> None:
    open_picker(page, program)
    add(page, "obv")  # no parameters
    wait_until(lambda: indicators(page)[2:] == ["obv"], "it is added")
    page.reload()
    page.locator(".chart-pane-title", has_text="OBV").wait_for()


def test_chart_stays_in_sight(program: Program, browser: Browser, problems: Problems) -> None:
    for size, width in (({"width": 1440, "height": 900}, 300), (PHONE, 300)):
        with open_page(browser, problems, size) as page:
            open_picker(page, program)
            chart, picker = (page.locator(name).bounding_box() for name in (".chart", ".picker"))
            assert chart is not None and picker is not None
            beside = chart["x"] + chart["width"] <= picker["x"] + 1
            assert beside or picker["y"] - chart["y"] >= width
