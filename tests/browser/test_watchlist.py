"""The watchlist of the real program: choose, sort, filter, live cells, small lines, phone."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, Route

from chart_acceleration.palette import Role, theme
from tests.browser.chromium import PHONE, WIDE, Problems, counter, launch, open_page
from tests.browser.live import screen_of, wait_for_legend
from tests.browser.program import Program
from tests.browser.stand import U8, wait_until, wait_until_still

pytestmark = pytest.mark.browser
ROW = ".watch-grid .ag-row"
LINE = f"{ROW} .watch-line img"


def open_list(page: Page, url: str) -> None:
    """Open the dashboard and wait for rows, prices and lines."""
    page.goto(f"{url}/?symbol=BTC-USD&interval=1m")
    page.locator(f"{ROW} .watch-line img[src]").nth(2).wait_for()
    wait_for_legend(page, "symbol", "BTC-USD")


def cells(page: Page, name: str) -> list[str]:
    """A column as it is on screen, from above."""
    texts = page.evaluate(
        """(name) => [...document.querySelectorAll(`.watch-grid .ag-row [col-id="${name}"]`)]
            .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
            .map((cell) => cell.innerText)""",
        name,
    )
    assert isinstance(texts, list)
    return [str(each) for each in texts]


def row(page: Page, symbol: str, inside: str = "") -> str:
    return f'{ROW}[row-id="{symbol}"] {inside}'.strip()


def chosen(page: Page) -> list[str]:
    """The symbols of the marked rows."""
    marked = page.locator(f"{ROW}.is-chosen [col-id=symbol]")
    return [str(each) for each in marked.all_inner_texts()]


def test_click_chooses_the_symbol_of_the_chart(program: Program, page: Page) -> None:
    open_list(page, program.url)
    assert chosen(page) == ["BTC-USD"]
    page.locator(row(page, "SOL-USD", "[col-id=price]")).click()
    wait_for_legend(page, "symbol", "SOL-USD")
    wait_until(lambda: chosen(page) == ["SOL-USD"], "the row is marked")
    assert "symbol=SOL-USD" in page.url


def test_enter_on_a_row_chooses_it(program: Program, page: Page) -> None:
    open_list(page, program.url)
    page.locator("#watchlist-filter").focus()
    page.keyboard.press("Tab")  # the header
    page.keyboard.press("ArrowDown")  # the first row
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_for_legend(page, "symbol", "ETH-USD")
    wait_until(lambda: chosen(page) == ["ETH-USD"], "the row is marked")
    ring = page.locator(row(page, "ETH-USD")).evaluate("(e) => getComputedStyle(e).boxShadow")
    assert "inset" in ring
    page.keyboard.press("Tab")  # one stop for all rows
    page.wait_for_function("() => !document.activeElement.closest('.watch-grid')")


def test_the_top_bar_marks_the_row_too(program: Program, page: Page) -> None:
    open_list(page, program.url)
    page.evaluate("dash_clientside.set_props('symbol', {value: 'ETH-USD'})")
    wait_until(lambda: chosen(page) == ["ETH-USD"], "the row is marked")


def test_sorts_by_symbol_change_and_volume(program: Program, page: Page) -> None:
    open_list(page, program.url)

    def press(name: str) -> None:
        page.locator(f'.watch-grid .ag-header-cell[col-id="{name}"]').click()

    def numbers(name: str) -> list[float]:
        sizes = {"K": 1e3, "M": 1e6, "B": 1e9}
        found = []
        for text in cells(page, name):
            plain = text.replace("−", "-").replace(",", "").removesuffix(" %")
            found.append(float(plain.rstrip("KMB")) * sizes.get(plain[-1], 1.0))
        return found

    press("symbol")
    press("symbol")
    assert cells(page, "symbol") == ["SOL-USD", "ETH-USD", "BTC-USD"]
    for name in ("change_pct", "turnover"):
        press(name)
        wait_until(
            lambda name=name: numbers(name) == sorted(numbers(name), reverse=True),  # type: ignore[misc]
            f"{name} falls",
        )
        press(name)
        wait_until(
            lambda name=name: numbers(name) == sorted(numbers(name)),  # type: ignore[misc]
            f"{name} rises",
        )


def test_filter_finds_symbols_and_says_when_there_is_none(program: Program, page: Page) -> None:
    open_list(page, program.url)
    field = page.get_by_label("Filter symbols")
    field.fill("eth")
    wait_until(lambda: cells(page, "symbol") == ["ETH-USD"], "one is left")
    assert page.locator(".watch-count").inner_text() == "1 of 3"
    field.fill("38")  # a price holds it
    page.get_by_text("No symbol matches the filter").and_(page.locator(":visible")).first.wait_for()
    assert page.locator(".watch-count").inner_text() == "0 of 3"
    field.fill("")
    wait_until(lambda: len(cells(page, "symbol")) == 3, "all are back")
    assert page.locator(".watch-count").inner_text() == "3"


def test_prices_move_in_the_rows_that_are_there(program: Program, page: Page) -> None:
    open_list(page, program.url)
    page.evaluate(
        """() => {
            window.removed = 0;
            window.tints = new Set();
            const count = (records) => records.forEach((each) => {
                window.removed += each.removedNodes.length;
                const tinted = each.target.matches?.(".ag-cell-data-changed");
                if (tinted) window.tints.add(getComputedStyle(each.target).backgroundColor);
            });
            new MutationObserver(count).observe(document.querySelector(".watch-grid .ag-body"), {
                subtree: true, childList: true, attributeFilter: ["class"],
            });
        }"""
    )
    places = "[...document.querySelectorAll('.watch-grid .ag-cell')].map(e => e.offsetLeft)"
    before, columns = cells(page, "price"), page.evaluate(places)
    wait_until(
        lambda: all(a != b for a, b in zip(before, cells(page, "price"), strict=True)), "all move"
    )
    wait_until(lambda: page.evaluate("tints.size > 0"), "a tint")
    assert page.evaluate(places) == columns
    assert page.evaluate("removed") == 0
    names = ("--up-bg", "--down-bg")
    allowed = {page.evaluate(COLOUR_OF, name) for name in names}
    assert set(page.evaluate("[...tints]")) <= allowed


COLOUR_OF = """(name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
}"""


def test_hundreds_of_rows_cost_no_more_than_those_in_sight(program: Program, page: Page) -> None:
    open_list(page, program.url)
    page.evaluate(
        """() => dash_ag_grid.getApi("watchlist-grid").applyTransaction({
            add: Array.from({ length: 500 }, (_, i) => ({
                symbol: `X${i}-USD`, price: i, change_pct: 0, turnover: i, decimals: 2,
            })),
        })"""
    )
    page.locator(row(page, "X5-USD")).wait_for()
    assert page.locator(ROW).count() < 60
    body = page.locator(".watch-grid .ag-body-viewport")
    assert body.evaluate("(e) => e.scrollWidth <= e.clientWidth")


def crop(page: Page, symbol: str) -> U8:
    """The part of the picture that the row of ``symbol`` should show, as the browser decoded it."""
    found = page.evaluate(
        """async (symbol) => {
            const rows = await (await fetch("/api/symbols")).json();
            const number = rows.findIndex((each) => each.symbol === symbol);
            const image = document.querySelector(`.watch-line img[data-symbol="${symbol}"]`);
            const [width, height] = [image.style.width, image.style.height].map(parseFloat);
            const picture = new Image();
            picture.src = image.src;
            await picture.decode();
            const canvas = new OffscreenCanvas(width, height);
            const context = canvas.getContext("2d");
            context.drawImage(picture, 0, -number * height);
            const pixels = context.getImageData(0, 0, width, height).data;
            return [width, height, picture.naturalHeight, [...pixels]];
        }""",
        symbol,
    )
    width, height, all_rows, pixels = found
    assert all_rows == 3 * height
    return np.array(pixels, dtype=np.uint8).reshape(int(height), int(width), 4)[:, :, :3]


def keep_lines(page: Page) -> None:
    """Have the server's first picture of the lines stay: while a slow machine looks at the screen,
    prices would go on.
    """

    def answer(route: Route) -> None:
        if "if-none-match" in route.request.headers:
            route.fulfill(status=304)
        else:
            route.continue_()

    page.route("**/api/sparklines.webp*", answer)


@pytest.mark.parametrize("device_pixels", [1.0, 1.5, 2.0, 3.0])
def test_each_row_shows_its_own_pixels(
    program: Program, playwright: Playwright, problems: Problems, device_pixels: float
) -> None:
    chromium = launch(playwright, device_pixels)
    with open_page(chromium, problems) as page:
        keep_lines(page)
        open_list(page, program.url)
        for symbol in ("ETH-USD", "SOL-USD"):  # a chosen row has another background

            def equal(symbol: str = symbol) -> bool:
                expected = crop(page, symbol)
                seen = on_screen(page, symbol)
                height, width = expected.shape[:2]
                return any(
                    np.array_equal(expected, seen[y : y + height, x : x + width])
                    for y in range(seen.shape[0] - height + 1)
                    for x in range(seen.shape[1] - width + 1)
                )

            wait_until(equal, f"the line of {symbol} is the server's, pixel by pixel")
    chromium.close()


def on_screen(page: Page, symbol: str) -> U8:
    """The cell of the line, in the screen's pixels."""
    place = page.locator(row(page, symbol, "[col-id=line]")).bounding_box()
    assert place is not None
    with Image.open(BytesIO(page.screenshot(clip=place))) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def test_lines_have_the_colours_of_the_theme(program: Program, page: Page) -> None:
    open_list(page, program.url)
    for name in ("dark", "light"):
        wait_until(
            lambda name=name: bool(drawn(page) & lines_of(name)),  # type: ignore[misc]
            f"lines of {name}",
        )
        page.locator("#theme-toggle").click()


def drawn(page: Page) -> set[tuple[int, ...]]:
    pixels = screen_of(page, row(page, "ETH-USD", "[col-id=line]"))
    return {tuple(each) for each in pixels.reshape(-1, 3).tolist()}


def lines_of(name: str) -> set[tuple[int, ...]]:
    return {tuple(theme(name).palette[role].tolist()) for role in (Role.UP, Role.DOWN)}


def test_only_the_newest_picture_is_kept(program: Program, page: Page) -> None:
    open_list(page, program.url)
    for shown in range(2, 12):
        page.locator("#theme-toggle").click()  # other colours: another picture, whatever trades
        wait_until(lambda shown=shown: counter(page, "watchLines") >= shown, "a new picture")  # type: ignore[misc]
        assert counter(page, "watchUrls") <= 2
    wait_until(lambda: counter(page, "watchUrls") == 1, "the others are revoked")


def test_a_hidden_tab_fetches_nothing(program: Program, page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.add_init_script(
        "Object.defineProperty(document, 'hidden', { get: () => window.away === true });"
    )
    open_list(page, program.url)
    page.wait_for_timeout(500)
    page.evaluate("away = true; document.dispatchEvent(new Event('visibilitychange'))")
    fetched.clear()
    page.evaluate("candlecastTheme.apply('light')")  # would fetch at once
    wait_until_still(page, lambda: cells(page, "price"), 2000)
    before = cells(page, "price")
    assert [url for url in fetched if "sparklines" in url] == []
    with page.expect_request("**/api/sparklines.webp?theme=light*"):
        page.evaluate("away = false; document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(lambda: cells(page, "price") != before, "prices go on")


def test_says_that_it_is_old_while_the_server_is_away(
    own_program: Callable[..., Program], page: Page, problems: Problems
) -> None:
    problems.allow(r".")  # every request fails while the server is away
    running = own_program()
    open_list(page, running.url)
    tag = page.locator(".watch-stale")
    assert tag.is_hidden()
    running.stop()
    tag.wait_for()
    assert len(cells(page, "price")) == 3  # what was known stays
    running.start()
    tag.wait_for(state="hidden", timeout=60_000)
    before = cells(page, "price")
    wait_until(lambda: cells(page, "price") != before, "prices go on", 30)


def test_phone_has_larger_rows_and_no_volume(
    program: Program, browser: Browser, problems: Problems
) -> None:
    with open_page(browser, problems, PHONE) as page:
        open_list(page, program.url)
        height = page.locator(row(page, "BTC-USD")).evaluate("(e) => e.offsetHeight")
        assert height == 44
        assert page.locator(f"{ROW} [col-id=turnover]").count() == 0
        page.locator(row(page, "ETH-USD", "[col-id=price]")).click()
        wait_for_legend(page, "symbol", "ETH-USD")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.locator(f"{ROW} [col-id=turnover]").first.wait_for()
        wait_until(
            lambda: page.locator(row(page, "BTC-USD")).evaluate("(e) => e.offsetHeight") == 30,
            "rows of 30",
        )


def test_another_page_and_back_has_the_list_again(program: Program, page: Page) -> None:
    open_list(page, program.url)
    page.locator("#nav-paper").click()
    page.locator("#paper-size").wait_for()
    wait_until(lambda: counter(page, "watchUrls") == 0, "the lines' picture is freed")
    page.locator("#nav-dashboard").click()
    page.locator(LINE).nth(2).wait_for()
    before = cells(page, "price")
    assert len(before) == 3
    wait_until(lambda: cells(page, "price") != before, "prices go on")
    page.locator(row(page, "SOL-USD", "[col-id=price]")).click()
    wait_for_legend(page, "symbol", "SOL-USD")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_no_name_is_cut_whatever_its_venue(
    program: Program, browser: Browser, problems: Problems, size: dict[str, int]
) -> None:
    with open_page(browser, problems, size) as page:
        open_list(page, program.url)
        rows = [
            {"symbol": name, "price": 2.5, "change_pct": 1.0, "turnover": 9.0, "decimals": 1}
            for name in ("ETH-USD@kraken", "1000SHIB-USDT@binance")
        ]
        page.evaluate("(rows) => dash_clientside.candlecast.watchRows({ moment: 1, rows })", rows)
        page.locator(row(page, "1000SHIB-USDT@binance")).wait_for()
        cut = """() => [...document.querySelectorAll(".watch-grid .ag-cell-value, .watch-name *")]
            .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
            .map((e) => e.textContent)"""
        wait_until(lambda: page.evaluate(cut) == [], "all is to be read")
        name = page.locator(row(page, "ETH-USD@kraken", ".watch-name"))
        assert name.inner_text().split() == ["ETH-USD", "kraken"]
