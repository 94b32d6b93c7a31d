"""Order book, time and sales of the real program: what they show is what the server knows."""

import json
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route

from chart_acceleration.palette import Role, theme
from tests.browser.chromium import PHONE, Problems, open_page, wait_for_counter
from tests.browser.live import BROKEN_SOCKET, choose_symbol, screen_of
from tests.browser.program import Program
from tests.browser.stand import wait_until

pytestmark = pytest.mark.browser

# The page's ladder, best level first, as numbers.
LADDER = """() => {
    const rows = (side) => [...document.querySelectorAll(`.book-${side} .book-row:not(.is-empty)`)]
        .map((row) => [...row.querySelectorAll("span")].map((cell) => cell.textContent));
    return { asks: rows("asks").reverse(), bids: rows("bids") };
}"""
MESSAGES = """() => {
    window.told = [];
    document.addEventListener("candlecast:message", ({ detail }) => window.told.push(detail));
}"""
BOOK = {
    "type": "book", "symbol": "BTC-USD", "state": "followed", "detail": "", "tick": 0.5,
    "multiple": 1, "step": 0.5, "decimals": 1, "tick_decimals": 1, "size_decimals": 4,
    "bids": [[38532.5, 0.2545, 0.2545], [38532.0, 0.00001, 0.2545]],
    "asks": [[38533.5, 0.1297, 0.1297], [38534.5, 0.9919, 1.1216]],
    "last": 38533.0, "direction": -1, "spread": 1.0, "spread_bp": 0.26, "imbalance": 0.0,
}  # fmt: skip


def open_dashboard(page: Page, url: str, symbol: str = "SOL-USD") -> None:
    """Open it and wait until the book is followed."""
    page.goto(f"{url}/?symbol={symbol}&interval=1m")
    page.locator('.book[data-state="followed"]').wait_for()


def falls_silent(page: Page) -> None:
    """Wait until no book and no trade was told for a while: some may be on their way still."""
    page.evaluate(MESSAGES)

    def silent() -> bool:
        page.evaluate("() => { window.told = []; }")
        page.wait_for_timeout(500)
        return bool(page.evaluate("!told.some(({type}) => type === 'book' || type === 'trades')"))

    wait_until(silent, "no book is told any more")


def silence(page: Page, symbol: str = "BTC-USD") -> None:
    """The server tells no book any more: what comes next is the test's own."""
    page.evaluate("(symbol) => candlecast.send({ type: 'book', symbol })", symbol)
    falls_silent(page)


def tell(page: Page, message: dict[str, Any]) -> None:
    page.evaluate(
        "(detail) => document.dispatchEvent(new CustomEvent('candlecast:message', { detail }))",
        message,
    )


def text(page: Page, selector: str) -> str:
    return page.locator(selector).inner_text()


def written(levels: list[list[float]], book: dict[str, Any]) -> list[list[str]]:
    """Levels as the page writes them."""
    digits = book["size_decimals"]

    def size(value: float) -> str:
        least = Decimal(1).scaleb(-digits)
        rounded = Decimal(value).quantize(least, ROUND_HALF_UP)  # as the browser does
        return f"{rounded:,}" if rounded else f"<{least}"

    price = f",.{book['decimals']}f"
    return [[format(level[0], price), size(level[1]), size(level[2])] for level in levels]


def same_as_server(page: Page, query: str) -> Callable[[], bool]:
    """Whether the ladder is that of ``/api/book`` at a moment between two looks at it."""

    def holds() -> bool:
        before = page.evaluate(LADDER)
        rows = page.locator(".book-asks .book-row").count()
        book = page.request.get(f"{query}&levels={max(rows, 1)}").json()
        after = page.evaluate(LADDER)
        wanted = {side: written(book[side], book) for side in ("asks", "bids")}
        return len(before["asks"]) > 0 and wanted in (before, after)

    return holds


def test_levels_are_those_of_the_server(program: Program, page: Page) -> None:
    open_dashboard(page, program.url)
    query = f"{program.url}/api/book?symbol=SOL-USD"
    wait_until(same_as_server(page, query), "the ladder is the server's", 30)
    assert page.locator('.book [data-column="price"]').inner_text() == "Price USD"
    assert page.locator('.book [data-column="size"]').inner_text() == "Size SOL"


def test_levels_are_put_together_and_the_step_is_kept(program: Program, page: Page) -> None:
    open_dashboard(page, program.url)
    tick = page.request.get(f"{program.url}/api/book?symbol=SOL-USD").json()["tick"]
    assert tick == 0.01
    page.locator(".book-steps").click()
    entry = page.locator('[data-multiple="10"]')
    assert entry.locator(".step-size").inner_text() == "0.1"
    entry.click()
    wait_until(lambda: text(page, ".book-step") == "tick 0.1", "the step is told")
    query = f"{program.url}/api/book?symbol=SOL-USD&multiple=10"
    wait_until(same_as_server(page, query), "the ladder is the server's", 30)
    page.reload()
    wait_until(lambda: text(page, ".book-step") == "tick 0.1", "the step was kept")


def test_trades_are_those_of_the_server_newest_first(program: Program, page: Page) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    page.locator(".trade-row:not(.is-empty)").nth(4).wait_for()
    shown: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll(".trade-row:not(.is-empty)")]
            .map((row) => [...row.querySelectorAll("span")].map((cell) => cell.textContent)
                .concat(row.dataset.side))"""
    )
    trades = page.request.get(f"{program.url}/api/trades?symbol=BTC-USD&limit=1000").json()
    known = [
        (f"{each['price']:,.{trades['decimals']}f}", each["time_ms"], each["side"])
        for each in trades["trades"]
    ]
    times = [float(row[2][-5:]) for row in shown]
    at = next(
        place
        for place, (price, ms, side) in enumerate(known)
        if (price, side) == (shown[0][0], shown[0][3]) and abs(ms / 1000 % 60 - times[0]) < 0.011
    )
    held = known[at : at + len(shown)]
    assert [(row[0], row[3]) for row in shown] == [(price, side) for price, _, side in held]
    for seconds, (_, ms, _) in zip(times, held, strict=True):
        assert abs(ms / 1000 % 60 - seconds) < 0.011
    wait_until(lambda: text(page, ".trades-rate").endswith(" / s"), "the rate is told")


def test_large_trades_are_marked_and_say_why(program: Program, page: Page) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    silence(page)
    trade = {"time_ms": 1_643_662_038_240.5, "price": 38533.5, "size": 0.25, "side": "buy"}
    told = [
        {**trade, "number": 10**6 + 1, "size": 1.1563, "side": "sell", "large": True},
        {**trade, "number": 10**6, "large": False},
    ]
    message = {
        "type": "trades", "symbol": "BTC-USD", "decimals": 1, "size_decimals": 4,
        "per_second": 14.2, "large_from": 1.0, "next": 10**6 + 2,
        "trades": told,
    }  # fmt: skip
    tell(page, message)
    rows = page.locator(".trade-row")
    wait_until(
        lambda: rows.nth(0).inner_text().split() == ["38,533.5", "1.1563", "20:47:18.24"],
        "the newest trade",
    )
    assert rows.nth(1).inner_text().split() == ["38,533.5", "0.2500", "20:47:18.24"]
    marks = rows.evaluate_all("(all) => all.map((row) => row.classList.contains('is-large'))")
    assert marks[:2] == [True, False]
    assert text(page, ".trades-rate") == "14.2 / s"
    rows.nth(0).hover()
    assert rows.nth(0).get_attribute("title") == (
        "Sold at the market. Large: among the largest 5 % of the last 1,000 and at least three "
        "times their median. Now from 1.0000 BTC."
    )
    made = rows.count()
    newer = {**trade, "number": 10**6 + 2, "price": 38534.0, "large": False}
    tell(page, {**message, "next": 10**6 + 3, "trades": [newer, *told]})
    wait_until(lambda: rows.nth(0).inner_text().split()[0] == "38,534.0", "a newer one")
    assert rows.nth(1).inner_text().split()[1] == "1.1563"  # told twice, shown once
    assert rows.nth(2).inner_text().split()[1] == "0.2500"
    assert rows.count() == made


def test_ladder_writes_prices_totals_and_spread(program: Program, page: Page) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    silence(page)
    first = page.locator(".book-bids .book-row").nth(0).element_handle()
    tell(page, BOOK)
    assert page.evaluate(LADDER) == {
        "asks": [["38,533.5", "0.1297", "0.1297"], ["38,534.5", "0.9919", "1.1216"]],
        "bids": [["38,532.5", "0.2545", "0.2545"], ["38,532.0", "<0.0001", "0.2545"]],
    }
    assert text(page, ".book-middle").split() == ["38,533.0", "Spread", "1.0", "0.3", "bp"]
    assert page.locator(".book-last").get_attribute("data-direction") == "-1"
    share = "(all) => all.map((bar) => bar.style.transform)"
    bars = page.locator(".book-row:not(.is-empty) i").evaluate_all(share)
    assert bars == ["scaleX(1)", "scaleX(0.116)", "scaleX(0.227)", "scaleX(0.227)"]
    assert first is not None and first.evaluate("(row) => row.isConnected")
    assert first.inner_text().split()[0] == "38,532.5"  # the same row, another text


@pytest.mark.parametrize(
    ("state", "tag", "detail"),
    [("lost", "RESYNCING", "Out of sync with Kraken."), ("stale", "STALE", "Feed lost.")],
)
def test_a_doubtful_book_is_grey_and_says_so(
    program: Program, page: Page, state: str, tag: str, detail: str
) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    silence(page)
    tell(page, BOOK)
    price = page.locator(".book-asks .book-row:not(.is-empty) .side-price").nth(0)
    colour = "(cell) => getComputedStyle(cell).color"
    before = price.evaluate(colour)
    tell(page, {**BOOK, "state": state, "detail": detail})
    assert text(page, ".book-tag") == tag
    assert page.locator(".book-tag").get_attribute("title") == detail
    assert price.evaluate(colour) != before
    assert price.is_visible()
    tell(page, BOOK)
    assert not page.locator(".book-tag").is_visible()
    assert price.evaluate(colour) == before


def test_a_book_that_is_to_come_says_so(program: Program, page: Page) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    silence(page)
    waiting = "Connecting to Kraken, waiting for the order book snapshot."
    tell(page, {**BOOK, "state": "waiting", "detail": waiting, "bids": [], "asks": []})
    assert text(page, ".book .panel-state") == waiting
    assert page.evaluate(LADDER) == {"asks": [], "bids": []}
    refused = {"type": "book", "symbol": "BTC-USD", "state": "refused", "detail": "Not here."}
    tell(page, refused)
    assert text(page, ".book .panel-state") == "Not here."


def test_books_switched_off(own_program: Callable[..., Program], page: Page) -> None:
    running = own_program("--books", "off")
    page.goto(f"{running.url}/?symbol=BTC-USD&interval=1m")
    page.locator('.book[data-state="off"]').wait_for()
    said = "Order books are not followed here. Start with --books on."
    assert text(page, ".book .panel-state") == said
    page.locator(".trade-row:not(.is-empty)").nth(0).wait_for()


def test_without_a_socket_the_same_comes_by_http(
    program: Program, page: Page, problems: Problems
) -> None:
    page.add_init_script(BROKEN_SOCKET)
    open_dashboard(page, program.url)
    query = f"{program.url}/api/book?symbol=SOL-USD"
    wait_until(same_as_server(page, query), "the ladder is the server's", 30)
    page.locator(".trade-row:not(.is-empty)").nth(0).wait_for()
    newest = page.locator(".trade-row .side-time").nth(0).inner_text()
    wait_until(
        lambda: page.locator(".trade-row .side-time").nth(0).inner_text() > newest, "it goes on", 30
    )


def test_panels_follow_the_charts_symbol(program: Program, page: Page) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    page.evaluate(MESSAGES)
    choose_symbol(page, "ETH-USD")
    wait_until(lambda: text(page, '.book [data-column="size"]') == "Size ETH", "heads are named")
    page.locator('.book[data-state="followed"]').wait_for()
    assert text(page, '.trades-panel [data-column="size"]') == "Size ETH"
    query = f"{program.url}/api/book?symbol=ETH-USD"
    wait_until(same_as_server(page, query), "the ladder is the server's", 30)


def test_nothing_is_told_of_folded_panels(program: Program, page: Page) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    for name in ("book", "trades"):
        page.locator(f'[data-folds="{name}"]').click()
    assert not page.locator(".book-body").is_visible()
    falls_silent(page)
    page.reload()
    page.locator(".watch-grid").wait_for()
    assert not page.locator(".book-body").is_visible()  # kept
    page.locator('[data-folds="book"]').click()
    page.locator('.book[data-state="followed"]').wait_for()
    assert page.locator('[data-folds="book"]').get_attribute("aria-expanded") == "true"


def test_a_row_says_its_price_by_press_and_by_keyboard(program: Program, page: Page) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    silence(page)
    tell(page, BOOK)
    page.evaluate(
        """() => {
            window.prices = [];
            document.addEventListener("candlecast:price", ({ detail }) => prices.push(detail));
        }"""
    )
    page.locator(".book-bids .book-row").nth(1).click()
    page.locator(".book-asks .book-row:not(.is-empty)").nth(1).focus()  # the best ask
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.evaluate("prices") == [
        {"symbol": "BTC-USD", "price": 38532.0, "side": "bid"},
        {"symbol": "BTC-USD", "price": 38532.5, "side": "bid"},
        {"symbol": "BTC-USD", "price": 38534.5, "side": "ask"},
    ]
    assert page.locator('.book-row[tabindex="0"]').count() == 1


def depth_colours(page: Page, shown: str) -> list[bool]:
    """Whether the depth chart on screen has its theme's background, bids and asks."""
    pixels = screen_of(page, ".book-depth").reshape(-1, 3)
    palette = theme(shown).palette
    roles = (Role.BACKGROUND, Role.UP_SHADE, Role.DOWN_SHADE)
    return [bool((pixels == palette[role]).all(axis=1).any()) for role in roles]


@pytest.mark.parametrize("shown", ["dark", "light", "dark-cb", "light-cb"])
def test_depth_chart_has_the_themes_colours_and_goes_on(
    program: Program, page: Page, shown: str
) -> None:
    page.add_init_script(f"localStorage.setItem('candlecast.theme', '{shown}')")
    open_dashboard(page, program.url, "BTC-USD")
    page.locator('[data-book-view="depth"]').click()
    assert not page.locator(".book-asks").is_visible()
    wait_until(lambda: depth_colours(page, shown) == [True] * 3, "both sides are drawn")
    wait_for_counter(page, "depths", page.evaluate("candlecast.depths") + 2)  # the book goes on
    size = page.locator(".book-depth img").evaluate("(i) => [i.naturalWidth, i.naturalHeight]")
    room = page.locator(".book-depth").evaluate("(e) => [e.clientWidth, e.clientHeight]")
    assert size == room
    image = page.locator(".book-depth img").evaluate("(i) => i.alt")
    assert image == "Depth of the order book of BTC-USD"
    wait_until(lambda: page.locator(".book-last").inner_text() != "–", "the last price is told")


def test_the_depth_view_is_kept_and_leaves_nothing_behind(program: Program, page: Page) -> None:
    open_dashboard(page, program.url, "BTC-USD")
    page.locator('[data-book-view="depth"]').click()
    wait_for_counter(page, "depths", 1)
    page.reload()
    wait_for_counter(page, "depths", 1)
    assert page.locator('[data-book-view="depth"]').get_attribute("aria-pressed") == "true"
    page.locator('[data-book-view="ladder"]').click()
    page.locator(".book-bids .book-row:not(.is-empty)").nth(0).wait_for()
    page.locator('a[href^="/paper"]').nth(0).click()
    page.locator(".page-paper").wait_for()
    falls_silent(page)


def rounded(value: float, digits: int, sign: str = "") -> str:
    """As browsers round: halves away from zero."""
    step = Decimal(1).scaleb(-digits)
    return format(Decimal(repr(value)).quantize(step, ROUND_HALF_UP), f"{sign},.{digits}f")


def test_depth_crosshair_reads_what_is_in_the_page(program: Program, page: Page) -> None:
    told: list[APIResponse] = []

    def once(route: Route) -> None:
        if told:
            return  # the server says nothing any more
        told.append(route.fetch())
        route.fulfill(response=told[0])

    open_dashboard(page, program.url, "BTC-USD")
    page.route("**/api/depth.webp*", once)
    page.locator('[data-book-view="depth"]').click()
    wait_for_counter(page, "depths", 1)
    reading = json.loads(told[0].headers["x-depth"])
    totals = [total for count, total in reading["runs"] for _ in range(count)]

    def texts(part: int) -> list[str]:
        price = reading["low"] + (part + 0.5) / 240 * (reading["high"] - reading["low"])
        away = 100 * (price - reading["middle"]) / reading["middle"]
        return [
            rounded(price, reading["decimals"]),
            f"{rounded(totals[part], reading['digits'])} BTC",
            f"{rounded(away, 3, '+')} %".replace("-", "\u2212"),
        ]

    def shown() -> list[str]:
        labels = page.locator(".depth-crosshair > :is(.depth-price, .depth-total, .depth-away)")
        return labels.all_inner_texts()

    depth = page.locator(".book-depth")
    box = depth.bounding_box()
    assert box is not None
    for part in (30, 200):
        page.mouse.move(box["x"] + (part + 0.5) / 240 * reading["right"], box["y"] + 60)
        wait_until(lambda part=part: shown() == texts(part), "it is told")  # type: ignore[misc]
    page.mouse.move(box["x"] - 200, box["y"])
    wait_until(lambda: page.locator(".depth-crosshair").is_hidden(), "nobody points any more")
    depth.focus()
    depth.press("Home")
    depth.press("ArrowRight")
    assert shown() == texts(1)
    assert depth.get_attribute("aria-valuetext") == ", ".join(texts(1))
    depth.press("PageUp")
    assert shown() == texts(11)
    depth.press("End")
    assert shown() == texts(239)
    depth.press("Escape")
    assert page.locator(".depth-crosshair").is_hidden()
    page.unroute_all(behavior="ignoreErrors")


def test_broken_memory_of_the_layout_is_ignored(program: Program, page: Page) -> None:
    kept = {"version": 1, "tab": "x", "folded": "book", "view": 7, "multiples": {"BTC-USD": 3}}
    page.add_init_script(f"localStorage.setItem('candlecast.side', {json.dumps(json.dumps(kept))})")
    open_dashboard(page, program.url, "BTC-USD")
    assert page.locator(".side").get_attribute("data-tab") == "watchlist"
    assert page.locator(".book-asks").is_visible()


def test_phone_and_small_screens_have_tabs(
    program: Program, browser: Browser, problems: Problems
) -> None:
    for size in (PHONE, {"width": 1100, "height": 800}):
        with open_page(browser, problems, size) as page:
            page.goto(f"{program.url}/?symbol=SOL-USD&interval=1m")
            page.locator(".watch-grid .ag-row").nth(0).wait_for()
            assert not page.locator(".book").is_visible()
            page.locator('[data-side-tab="book"]').click()
            assert not page.locator(".watch-grid").is_visible()
            query = f"{program.url}/api/book?symbol=SOL-USD"
            wait_until(same_as_server(page, query), "the ladder is the server's", 30)
            page.keyboard.press("ArrowRight")
            assert page.locator('[data-side-tab="trades"]').get_attribute("aria-selected") == "true"
            page.locator(".trade-row:not(.is-empty)").nth(0).wait_for()
            page.reload()
            page.locator(".trade-row:not(.is-empty)").nth(0).wait_for()
            assert not page.locator(".book").is_visible()


@pytest.mark.parametrize("shown", ["dark", "light", "dark-cb", "light-cb"])
def test_prices_have_the_themes_colours(program: Program, page: Page, shown: str) -> None:
    page.add_init_script(f"localStorage.setItem('candlecast.theme', '{shown}')")
    open_dashboard(page, program.url, "BTC-USD")
    page.locator(".book-asks .book-row:not(.is-empty)").nth(0).wait_for()
    colours = page.evaluate(
        """() => {
            const probe = document.createElement("i");
            document.body.append(probe);
            const of = (name) => { probe.style.color = `var(--${name})`;
                return getComputedStyle(probe).color; };
            const price = (side) => getComputedStyle(
                document.querySelector(`.book-${side} .side-price`)).color;
            return [price("asks") === of("down"), price("bids") === of("up")];
        }"""
    )
    assert colours == [True, True]
