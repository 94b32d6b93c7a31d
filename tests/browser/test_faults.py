"""What befalls a page: the network, the server, the window. It recovers by itself and says so."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, WebSocket, expect

from tests.browser.chromium import (
    SERVER_GONE,
    WIDE,
    Problems,
    counter,
    launch,
    open_page,
    wait_for_counter,
)
from tests.browser.live import open_chart
from tests.browser.program import Program
from tests.browser.proxy import Proxy
from tests.browser.stand import wait_until
from tests.browser.test_grid import choose_size, markets, shown

pytestmark = pytest.mark.browser
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
    for (const { node } of list.getEntries().flatMap((entry) => entry.sources)) {
        const element = node instanceof Element ? node : node?.parentElement;
        // Numbers that stand at the right, or after each other, have other widths with other digits
        const number = element?.closest(".chart-legend, .side, .status-bar b");
        if (!number) window.shifts.push(element?.outerHTML.slice(0, 300) ?? "gone");
    }
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture
def proxy(program: Program) -> Iterator[Proxy]:
    """A network before the shared program."""
    network = Proxy(program.port)
    network.start()
    yield network
    network.stop()


def state(page: Page) -> str:
    return page.locator('[data-status="label"]').inner_text()


def goes_on(page: Page) -> None:
    """Wait until live pictures come."""
    page.wait_for_selector(".chart:not(.is-stale)")
    frames = counter(page, "frames")
    wait_for_counter(page, "frames", frames + 3)


def test_network_that_drops_is_told_and_comes_back(
    proxy: Proxy, page: Page, problems: Problems
) -> None:
    problems.allow(SERVER_GONE)
    open_chart(page, f"{proxy.url}/?symbol=BTC-USD&interval=1m")
    goes_on(page)
    proxy.freeze()  # nothing is closed: only silence tells
    page.wait_for_selector(".chart.is-stale", timeout=60_000)
    assert state(page) == "LOST"
    tag = page.locator('.chart [data-field="stale"]')
    expect(tag).to_have_text(re.compile(r"^STALE \d"))  # texts are written some times a second
    assert page.locator("img.chart-keyframe").is_visible()
    proxy.thaw()
    wait_for_counter(page, "opens", 2)
    goes_on(page)
    assert tag.is_hidden()
    opens = counter(page, "opens")
    proxy.cut()  # reset by somebody on the way
    wait_for_counter(page, "opens", opens + 1)
    goes_on(page)


def test_slow_link_gets_the_newest_and_nothing_piles_up(proxy: Proxy, page: Page) -> None:
    open_chart(page, f"{proxy.url}/?symbol=BTC-USD&interval=1s")
    goes_on(page)
    proxy.bytes_per_s = 12_000  # a picture of a new candle takes most of a second
    frames = counter(page, "frames")
    wait_for_counter(page, "frames", frames + 8)
    assert state(page) == "SIMULATED" and page.locator(".chart.is-stale").count() == 0
    # Were pictures waiting in a queue, each would be older than the one before
    age = "Date.now() - candlecast.panelOf(document.querySelector('.chart')).meta.time_ms"
    wait_until(lambda: page.evaluate(age) < 3500, "the newest candle shown is the newest", 20)
    proxy.bytes_per_s = 0
    goes_on(page)
    assert counter(page, "opens") == 1 and counter(page, "errors") == 0


def test_two_tabs_do_not_disturb_each_other(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    other = page.context.new_page()
    open_chart(other, f"{program.url}/?symbol=ETH-USD&interval=5m")
    choose_size(other, 4)
    assert markets(page) == ["BTC-USD 1m"]
    for tab in (page, other):
        tab.bring_to_front()
        goes_on(tab)
        assert counter(tab, "opens") == 1
    other.close()
    page.bring_to_front()
    goes_on(page)


def test_sliver_of_a_window_and_back(program: Program, page: Page) -> None:
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    for size in ({"width": 180, "height": 90}, {"width": 900, "height": 60}, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(250)  # the size is settled, and asked for
    wide = """() => [...document.querySelectorAll(".chart")].every((chart) => {
        const { naturalWidth, naturalHeight } = chart.querySelector("img.chart-keyframe");
        return naturalWidth === chart.clientWidth && naturalHeight === chart.clientHeight; })"""
    wait_until(lambda: page.evaluate(wide), "all four are as large as their places")
    goes_on(page)
    assert counter(page, "opens") == 1 and counter(page, "errors") == 0


def test_three_device_pixels_to_a_css_pixel(
    program: Program, playwright: Playwright, problems: Problems
) -> None:
    chromium = launch(playwright, 3.0)
    with open_page(chromium, problems) as page:
        open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
        exact = """() => {
            const chart = document.querySelector(".chart");
            const { naturalWidth, naturalHeight } = chart.querySelector("img.chart-keyframe");
            const { width, height } = candlecast.panelOf(chart).devicePixels;
            return [devicePixelRatio, width / chart.clientWidth,
                naturalWidth - width, naturalHeight - height]; }"""
        ratio, share, *off = page.evaluate(exact)
        assert (ratio, off) == (3, [0, 0]) and share == pytest.approx(3, abs=0.01)
        page.mouse.move(400, 300)
        page.locator(".chart-crosshair-time").wait_for()
        goes_on(page)
    chromium.close()


def test_nothing_shifts_while_charts_run(program: Program, page: Page) -> None:
    page.add_init_script(SHIFTS)
    open_chart(page, f"{program.url}/?symbol=BTC-USD&interval=1m")
    choose_size(page, 4)
    page.wait_for_timeout(700)  # a click excuses what moves within half a second
    page.evaluate("window.shifts.length = 0")
    frames = counter(page, "frames")
    wait_for_counter(page, "frames", frames + 30)
    page.mouse.move(300, 300)
    page.mouse.move(500, 350)
    wait_for_counter(page, "frames", frames + 40)
    assert page.evaluate("window.shifts") == []


def test_server_that_comes_back_with_other_symbols(
    own_program: Callable[..., Program], browser: Browser, problems: Problems
) -> None:
    problems.allow(SERVER_GONE)
    running = own_program()
    with open_page(browser, problems, WIDE) as page:
        open_chart(page, f"{running.url}/?symbol=BTC-USD&interval=1m")
        choose_size(page, 16)
        running.stop()
        wait_until(
            lambda: page.locator(".chart.is-stale").count() == 16, "all say that they are old"
        )
        assert state(page) == "LOST"
        assert page.locator(".chart-lost:visible").count() == 16
        problems.allow(
            r"status of 422 .*/api/chart.webp\?symbol=BTC-USD"
        )  # until there is a socket
        running.start(CANDLECAST_SYMBOLS="ETH-USD,SOL-USD")
        page.wait_for_selector(".chart:not(.is-stale)", timeout=60_000)
        gone = page.get_by_text("BTC-USD is not followed here").and_(page.locator(":visible"))
        charts = sum(name.startswith("BTC-USD") for name in markets(page))
        assert charts == 6
        wait_until(lambda: gone.count() == charts, "the charts of the symbol that is gone say so")
        left = [name for name in markets(page) if not name.startswith("BTC-USD")]
        wait_until(lambda: shown(page) == left, "the others have their pictures again", 30)
        goes_on(page)
        found = len(problems.found)  # from now on nothing fails
        page.wait_for_timeout(2500)
        assert problems.found[found:] == []


def note_sockets(page: Page, found: list[WebSocket]) -> None:
    page.on("websocket", lambda socket: found.append(socket))  # noqa: PLW0108 (Playwright marks what it calls)


def test_pages_ask_nothing_while_the_server_is_gone(
    own_program: Callable[..., Program], page: Page, problems: Problems
) -> None:
    problems.allow(SERVER_GONE)
    running = own_program()
    kept = json.dumps({"version": 1, "view": "depth"})
    page.context.add_init_script(f"localStorage.setItem('candlecast.side', {json.dumps(kept)})")
    pages = {"/": page, "/paper": page.context.new_page(), "/performance": page.context.new_page()}
    asked: list[str] = []
    sockets: dict[str, list[WebSocket]] = {path: [] for path in pages}
    problems.watch(pages["/paper"])
    problems.watch(pages["/performance"])
    page.context.on("request", lambda request: asked.append(request.url.removeprefix(running.url)))
    for path, tab in pages.items():
        note_sockets(tab, sockets[path])
        tab.goto(running.url + path)
        tab.wait_for_selector(".page", timeout=60_000)
        wait_for_counter(tab, "opens", 1, 60_000)
    running.stop()

    def tried(times: int) -> Callable[[], bool]:
        before = {path: len(made) for path, made in sockets.items()}

        def done() -> bool:
            page.title()  # listeners are called while something is asked
            return all(len(made) >= before[path] + times for path, made in sockets.items())

        return done

    wait_until(tried(2), "all have noticed, and what was under way has failed", 60)
    assert [state(tab) for tab in pages.values()] == ["LOST"] * 3
    asked.clear()
    found = len(problems.found)
    wait_until(tried(3), "sockets are tried", 60)
    # and the way without one: whether HTTP brings what the socket does not
    assert set(asked) <= {"/api/status"}
    assert [text for text in problems.found[found:] if "allback" in text] == []
    running.start()
    wait_until(lambda: all(state(tab) != "LOST" for tab in pages.values()), "they are back", 60)
    asked.clear()

    def go_on() -> bool:
        page.title()
        return sum(url.startswith("/_dash-update-component") for url in asked) >= len(pages)

    wait_until(go_on, "and ask again", 30)
