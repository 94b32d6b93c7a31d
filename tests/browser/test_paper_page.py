"""The paper page of the real program: place, drag, cancel, fill, kill, restart."""

import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chromium import PHONE, SERVER_GONE, Problems, open_page
from tests.browser.program import Program

pytestmark = pytest.mark.browser
PATH = "/paper?symbol=BTC-USD&interval=1m"
NUMBERS = count(1)  # of accounts: a test that is tried once more has another
HEAD = "candlecast.paperPage()?.head"
# What a label on the price axis would cut is covered, and nothing else is.
COVERED = """() => {
    const middle = (element) => {
        const { top, height } = element.getBoundingClientRect();
        return top + height / 2;
    };
    const covers = [...document.querySelectorAll(".paper-axis-cover:not([hidden])")];
    const label = document.querySelector(".paper-line.is-draft .paper-line-axis");
    return label && covers.length === 1 && Math.abs(middle(covers[0]) - middle(label)) < 2;
}"""


def opened(page: Page, program: Program, path: str = PATH) -> None:
    """The page once its account, its quote and its chart are there."""
    page.goto(program.url + path)
    page.wait_for_function(f"() => {HEAD}?.tradable && candlecast.keyframes > 0")
    page.wait_for_function("() => candlecast.paperPage().ticket.quote?.ask")
    page.wait_for_selector("#chart .paper-lines", state="attached")


@pytest.fixture
def account(program: Program, page: Page, request: pytest.FixtureRequest) -> str:
    """An account of this test's own, shown on the page: no other test trades on it."""
    opened(page, program)
    name = f"{request.node.name[5:35]} {next(NUMBERS)}"
    page.locator(".top-bar .paper-account").click()
    page.locator('[data-paper-act="account"]').click()
    dialog = page.locator('[data-dialog="account"]')
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Open account").click()
    expect(page.locator(".top-bar [data-paper='name']")).to_have_text(name)
    page.wait_for_function(f"name => {HEAD}.name === name && {HEAD}.tradable", arg=name)
    return name


def quote(page: Page, side: str) -> float:
    """Bid or ask on the ticket."""
    value = page.evaluate(f"candlecast.paperPage().ticket.quote.{side}")
    assert isinstance(value, int | float)
    return float(value)


def kind(page: Page, name: str) -> None:
    page.locator('[data-choice="kind"]').get_by_text(name, exact=True).click()


def limit_far_below(page: Page, share: float = 0.9) -> float:
    """Send a limit buy that the market will not reach; its price."""
    price = round(quote(page, "bid") * share, 1)
    kind(page, "Limit")
    page.locator("#paper-limit").fill(f"{price}")
    page.locator("#paper-size").fill("0.01")
    page.locator("#paper-send").click()
    expect(page.locator('[data-paper-count="orders"]')).to_have_text("1")
    return price


def buy_at_market(page: Page, size: str = "0.1") -> None:
    kind(page, "Market")
    page.locator("#paper-size").fill(size)
    page.locator("#paper-send").click()
    expect(page.locator('[data-paper-count="positions"]')).to_have_text("1")


def order_line(page: Page) -> Locator:
    return page.locator("#chart .paper-line.is-order")


def show_prices(page: Page, low: float, high: float) -> None:
    """Stretch the chart's prices, as a hand does, until both are in sight."""
    page.evaluate(
        """([low, high]) => {
            const panel = candlecast.panelOf(document.getElementById("chart"));
            panel.view.prices = [low, high];
            panel.changed();
        }""",
        [low, high],
    )


def test_market_order_fills_and_shows_everywhere(
    program: Program, page: Page, account: str
) -> None:
    buy_at_market(page, "0.25")
    row = page.locator('[data-paper-rows="positions"] tr')
    expect(row).to_have_count(1)
    expect(row).to_contain_text("BTC-USD")
    expect(row).to_contain_text("Long")
    expect(row).to_contain_text("0.2500")
    expect(page.locator("#chart .paper-line.is-position")).to_contain_text("Long 0.2500")
    expect(page.get_by_text(re.compile("^Filled: bought"))).to_be_visible()
    page.locator('[data-paper-tab="fills"]').click()
    expect(page.locator('[data-paper-rows="fills"] tr').first).to_contain_text("Buy")
    page.wait_for_function(f"() => {HEAD}.fees_today > 0")
    page.locator('[data-paper-tab="positions"]').click()
    row.locator("button").click()
    expect(row).to_have_count(0)
    expect(page.locator("#chart .paper-line.is-position")).to_have_count(0)


def test_limit_order_is_dragged_and_cancelled(program: Program, page: Page, account: str) -> None:
    price = limit_far_below(page, 0.98)
    bid = quote(page, "bid")
    show_prices(page, price - 200, bid + 200)
    line = order_line(page)
    expect(line.locator(".paper-line-tag")).to_be_visible()
    expect(line.locator(".paper-line-name")).to_have_text("Buy limit")
    grip = line.locator(".paper-line-name")
    start = grip.bounding_box()
    assert start is not None
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, start["y"] + 25, steps=5)
    expect(line).to_have_class(re.compile("is-edited"))
    dragged = line.locator(".paper-line-axis").inner_text()
    page.mouse.up()
    orders = "candlecast.paperPage().lists.orders"
    page.wait_for_function(f"before => {orders}[0].limit < before", arg=price)
    page.locator('[data-paper-tab="orders"]').click()
    expect(page.locator('[data-paper-rows="orders"] tr').first).to_contain_text(dragged)
    expect(line).not_to_have_class(re.compile("is-edited"))
    line.locator(".paper-line-close").click()
    expect(page.locator('[data-paper-count="orders"]')).to_have_text("0")
    expect(order_line(page)).to_have_count(0)
    tick = page.evaluate(
        """() => {
            const { meta } = candlecast.panelOf(document.querySelector("#chart"));
            return candlecast.scales.priceAxis(meta).valueAt(meta.ticks.at(-2));
        }"""
    )
    page.locator("#paper-limit").fill(f"{tick:.1f}")  # its label lies over the picture's
    page.wait_for_function(COVERED)


def test_escape_puts_a_line_back_and_keys_move_it(
    program: Program, page: Page, account: str
) -> None:
    price = limit_far_below(page, 0.98)
    show_prices(page, price - 200, quote(page, "bid") + 200)
    grip = order_line(page).locator(".paper-line-grip")
    expect(grip).to_be_visible()  # the picture with these prices is still to come
    grip.focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(grip).to_have_attribute("aria-valuenow", f"{price + 1:g}")
    page.keyboard.press("Escape")
    expect(grip).to_have_attribute("aria-valuenow", f"{price:g}")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    orders = "candlecast.paperPage().lists.orders"
    page.wait_for_function(f"moved => {orders}[0].limit === moved", arg=round(price + 1, 1))


def test_bracket_closes_with_its_entry(program: Program, page: Page, account: str) -> None:
    ask = quote(page, "ask")
    kind(page, "Market")
    page.locator("#paper-target").fill(f"{ask * 1.05:.1f}")
    page.locator("#paper-loss").fill(f"{ask * 0.95:.1f}")
    buy_at_market(page)
    working = "candlecast.paperPage().lists.orders.filter((each) => each.state === 'working')"
    page.wait_for_function(f"() => {working}.length === 2")
    page.locator('[data-paper-tab="orders"]').click()
    rows = page.locator('[data-paper-rows="orders"]')
    expect(rows).to_contain_text("Take profit")
    expect(rows).to_contain_text("Stop loss")
    page.locator('[data-paper-tab="positions"]').click()
    page.locator('[data-paper-rows="positions"] tr button').click()
    expect(page.locator('[data-paper-count="positions"]')).to_have_text("0")
    expect(page.locator('[data-paper-count="orders"]')).to_have_text("0")


def test_size_by_percent_and_by_risk(program: Program, page: Page, account: str) -> None:
    kind(page, "Limit")
    page.locator("#paper-limit").fill("40,000")
    page.locator('[data-share="10"]').click()
    equity = page.evaluate(f"{HEAD}.equity")
    expect(page.locator("#paper-send")).to_have_text(
        re.compile(rf"^Buy {equity * 0.1 / 40_000:.4f}\d* BTC at 40,000.0$")
    )
    page.locator('[data-ticket="mode"]').click()
    page.locator('[data-ticket="mode"]').click()
    page.locator("#paper-loss").fill("39,500")
    page.locator("#paper-size").fill("100")
    expect(page.locator("#paper-send")).to_have_text("Buy 0.2000 BTC at 40,000.0")
    expect(page.locator('[data-ticket="risk"]')).to_have_text("100.00")


def test_what_cannot_be_sent_is_told(
    program: Program, page: Page, account: str, problems: Problems
) -> None:
    kind(page, "Market")
    page.locator("#paper-size").fill("-1")
    message = page.locator('[data-ticket="message"]')
    expect(message).to_have_text("Size needs a number above 0.")
    expect(page.locator("#paper-send")).to_be_disabled()
    problems.allow(r"status of 4\d\d .*/api/paper/orders")
    page.locator("#paper-size").fill("100000")
    page.locator("#paper-send").click()
    expect(message).to_have_class(re.compile("is-refused"))
    expect(page.locator('[data-paper-count="positions"]')).to_have_text("0")


def test_keys_choose_the_side_and_send(program: Program, page: Page, account: str) -> None:
    kind(page, "Market")
    page.locator("#chart").focus()
    page.keyboard.press("s")
    expect(page.locator("#paper-size")).to_be_focused()
    page.keyboard.type("0.05")
    expect(page.locator("#paper-send")).to_have_text("Sell 0.0500 BTC at market")
    page.keyboard.press("Enter")
    expect(page.locator('[data-paper-rows="positions"] tr')).to_contain_text("Short")


def test_kill_switch_is_held_and_stops_everything(
    program: Program, page: Page, account: str, problems: Problems
) -> None:
    buy_at_market(page)
    limit_far_below(page)
    kill = page.locator(".paper-kill .kill")
    expect(page.locator("#paper-kill-note")).to_have_text(
        "Hold 1 s. Cancels 1 order, closes 1 position."
    )
    kill.click()  # a press alone does nothing
    expect(kill).not_to_have_class(re.compile("is-held"))
    assert page.evaluate(f"{HEAD}.halted") is None
    kill.hover()
    page.mouse.down()
    strip = page.locator('[data-paper-strip="halted"]')
    expect(strip).to_be_visible()
    page.mouse.up()
    for name in ("positions", "orders"):
        expect(page.locator(f'[data-paper-count="{name}"]')).to_have_text("0")
    expect(page.locator("#paper-send")).to_be_disabled()
    strip.get_by_role("button", name="Resume trading").click()
    expect(strip).to_be_hidden()
    page.keyboard.press("Control+Shift+X")
    expect(strip).to_be_visible()


def test_limits_refuse_and_show_how_far_they_are_used(
    program: Program, page: Page, account: str, problems: Problems
) -> None:
    page.locator('[data-paper-act="limits"]').click()
    dialog = page.locator('[data-dialog="limits"]')
    dialog.locator('[name="max_order_value"]').fill("1,000")
    dialog.locator('[name="max_exposure"]').fill("50,000")
    dialog.get_by_role("button", name="Save limits").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".gauge", has_text="Exposure")).to_contain_text("0 / 50,000 USD")
    problems.allow(r"status of 4\d\d .*/api/paper/orders")
    kind(page, "Market")
    page.locator("#paper-size").fill("0.5")
    page.locator("#paper-send").click()
    expect(page.locator('[data-ticket="message"]')).to_have_class(re.compile("is-refused"))
    expect(page.locator('[data-ticket="message"]')).to_contain_text("1,000")


def test_journal_takes_notes(program: Program, page: Page, account: str) -> None:
    buy_at_market(page)
    page.locator('[data-paper-tab="journal"]').click()
    row = page.locator('[data-paper-rows="journal"] tr').first
    expect(row).to_be_visible()
    row.locator("button").click()
    dialog = page.locator('[data-dialog="note"]')
    dialog.get_by_role("textbox").first.fill("Bought the dip")
    dialog.get_by_label("Tags").fill("plan, patience")
    dialog.get_by_role("button", name="Save note").click()
    expect(dialog).to_be_hidden()
    noted = page.locator('[data-paper-rows="journal"] tr', has_text="#plan #patience")
    expect(noted.first).to_contain_text("Bought the dip")


def test_automation_starts_and_pauses(program: Program, page: Page, account: str) -> None:
    page.locator('.paper-panel-act[data-paper-act="start"]').click()
    dialog = page.locator('[data-dialog="start"]')
    expect(dialog.get_by_label("Capital")).to_be_visible()
    dialog.get_by_label("Strategy").select_option("sma_cross")
    dialog.get_by_label("Capital").fill("5,000")
    dialog.get_by_role("button", name="Start", exact=True).click()
    expect(dialog).to_be_hidden()
    turn = page.locator(".automation .switch-button")
    expect(turn).to_have_attribute("aria-checked", "true")
    turn.click()
    expect(turn).to_have_attribute("aria-checked", "false")
    expect(page.locator(".automation-detail")).to_contain_text("paused")


def test_texts_move_without_new_rows(program: Program, page: Page, account: str) -> None:
    buy_at_market(page)
    changes: dict[str, Any] = page.evaluate(
        """() => new Promise((resolve) => {
            const body = document.querySelector('[data-paper-rows="positions"]');
            const seen = { rows: 0, texts: 0 };
            new MutationObserver((records) => {
                for (const { type } of records) seen[type === "childList" ? "rows" : "texts"] += 1;
                if (seen.texts >= 6) resolve(seen);
            }).observe(body, { subtree: true, childList: true, characterData: true });
        })"""
    )
    assert changes["rows"] == 0


def test_phone_trades_from_its_sheet(
    program: Program, browser: Browser, problems: Problems
) -> None:
    with open_page(browser, problems, PHONE) as page:
        opened(page, program)
        page.locator('[data-sheet-tab="trade"]').click()
        kind(page, "Market")
        page.locator("#paper-size").fill("0.02")
        page.locator("#paper-send").scroll_into_view_if_needed()
        page.locator("#paper-send").click()
        page.locator('[data-sheet-tab="positions"]').click()
        row = page.locator('[data-paper-rows="positions"] tr').first
        expect(row).to_be_visible()
        expect(row).to_contain_text("Long")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]
        row.locator("button").click()
        expect(page.locator('[data-paper-rows="positions"] tr')).to_have_count(0)


def test_restart_finds_everything_again(
    own_program: Callable[..., Program], page: Page, problems: Problems, tmp_path: Path
) -> None:
    running = own_program(CANDLECAST_STORE=str(tmp_path / "store"))
    opened(page, running)
    buy_at_market(page, "0.1")
    price = limit_far_below(page)
    before = page.evaluate(f"({HEAD}).seq")
    problems.allow(SERVER_GONE)
    running.stop()
    running.start()
    opened(page, running)
    expect(page.locator('[data-paper-count="positions"]')).to_have_text("1")
    expect(page.locator('[data-paper-count="orders"]')).to_have_text("1")
    expect(page.locator('[data-paper-rows="positions"] tr')).to_contain_text("0.1000")
    page.locator('[data-paper-tab="orders"]').click()
    expect(page.locator('[data-paper-rows="orders"] tr').first).to_contain_text(f"{price:,.1f}")
    assert page.evaluate(f"({HEAD}).seq") >= before
