"""What the page's script does with frames, sizes, themes and pages, against a stand."""

import json
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, Route

from tests.browser.chromium import Problems, counter, wait_for_counter
from tests.browser.live import BROKEN_SOCKET, NO_PAINTER
from tests.browser.stand import STATUS, Part, Stand, lossless, message, meta, wait_until

pytestmark = pytest.mark.browser
GATED_SOCKET = """
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
    constructor(url) { super(window.open_to_sockets ? url : url.replace("/ws/", "/none/")); }
};"""
BOX = (0, 0, 400, 300)
STRIP = (380, 0, 20, 300)


def picture(value: int, width: int = 400, height: int = 300) -> bytes:
    return lossless(np.full((height, width, 3), value, np.uint8))


def keyframe(sequence: int, value: int = 40, chart: int = 1, **changes: object) -> bytes:
    return message(sequence, [Part(chart, 0, BOX, BOX, meta(chart) | changes)], picture(value))


def patch(sequence: int, value: int = 200, chart: int = 1) -> bytes:
    part = Part(chart, 1, (0, 0, 20, 300), STRIP, meta(chart))
    return message(sequence, [part], picture(value, 20))


@pytest.fixture
def subscribed(stand: Stand, page: Page) -> Iterator[Page]:
    """The stand's page, subscribed to its one chart."""
    page.goto(stand.url)
    stand.wait_for("subscribe")
    yield page


@pytest.fixture
def in_images(stand: Stand, page: Page) -> Iterator[Page]:
    """The same in a browser without canvases off the main thread."""
    page.add_init_script(NO_PAINTER)
    page.goto(stand.url)
    stand.wait_for("subscribe")
    yield page


@pytest.fixture(params=["subscribed", "in_images"])
def either(request: pytest.FixtureRequest) -> Page:
    """Both of them, one after the other."""
    page: Page = request.getfixturevalue(request.param)
    return page


def set_chart(page: Page, **attributes: str) -> None:
    page.evaluate(
        "changes => Object.assign(document.querySelector('.chart').dataset, changes)",
        attributes,
    )


def shown(page: Page, selector: str) -> bool:
    return page.locator(selector).is_visible()


def text(page: Page, selector: str) -> str:
    return page.locator(selector).inner_text()


def test_subscription_has_device_pixels_and_what_the_page_says(
    subscribed: Page, stand: Stand
) -> None:
    assert stand.said("subscribe") == [
        {
            "type": "subscribe",
            "chart": 1,
            "symbol": "BTC-USD",
            "interval": "1m",
            "width": 400,
            "height": 300,
            "scale": 1,
            "theme": "dark",
            "bars": 67,
        }
    ]


def test_keyframe_fills_legend_and_alt_text_and_is_acknowledged(either: Page, stand: Stand) -> None:
    stand.send(keyframe(7))
    assert stand.wait_for("ack") == {"type": "ack", "sequence": 7}
    fields = {
        name: text(either, f'[data-field="{name}"]')
        for name in ("symbol", "context", "o", "h", "l", "c", "change", "volume")
    }
    assert fields == {
        "symbol": "BTC-USD",
        "context": "1m · Coinbase",
        "o": "38,526.0",
        "h": "38,536.0",
        "l": "38,508.0",
        "c": "38,533.0",
        "change": "+7.0 (+0.02 %)",
        "volume": "21.1",
    }
    image = either.locator("img.chart-keyframe")
    assert image.is_visible()
    assert image.get_attribute("alt") == "BTC-USD 38,533.0, up 0.02 %"
    assert image.evaluate("i => [i.naturalWidth, i.naturalHeight]") == [400, 300]


def test_last_price_line_over_images(in_images: Page, stand: Stand) -> None:
    stand.send(keyframe(7))
    stand.wait_for("ack")
    line = in_images.locator(".chart-last-line").bounding_box()
    assert line == {"x": 0, "y": 40, "width": 240, "height": 1}
    assert in_images.locator(".chart-last-line").get_attribute("data-direction") == "1"


def test_falling_price_has_a_minus_sign_and_its_direction(subscribed: Page, stand: Stand) -> None:
    stand.send(keyframe(1, change=-0.31, change_pct=-0.44, decimals=2, direction=-1, last_y=-5))
    stand.wait_for("ack")
    assert text(subscribed, '[data-field="change"]') == "\u22120.31 (\u22120.44 %)"
    assert subscribed.locator(".chart-legend").get_attribute("data-direction") == "-1"
    assert not shown(subscribed, ".chart-last-line")  # outside the plot


def test_patch_lies_over_the_keyframe_until_the_next_one(in_images: Page, stand: Stand) -> None:
    stand.send(keyframe(1))
    stand.send(patch(2))
    stand.wait_for("ack", 2)
    layer = in_images.locator("img.chart-patch")
    assert layer.bounding_box() == {"x": 380, "y": 0, "width": 20, "height": 300}
    stand.send(keyframe(3))
    stand.wait_for("ack", 3)
    assert not layer.is_visible()
    assert [ack["sequence"] for ack in stand.said("ack")] == [1, 2, 3]
    assert counter(in_images, "liveUrls") == 1


def test_frame_of_an_earlier_subscription_is_acknowledged_but_not_shown(
    subscribed: Page, stand: Stand
) -> None:
    set_chart(subscribed, interval="5m")
    stand.wait_for("subscribe", 2)
    stand.send(keyframe(1))
    stand.wait_for("ack")
    assert counter(subscribed, "dropped") == 1
    assert counter(subscribed, "keyframes") == 0
    assert counter(subscribed, "liveUrls") == 0
    assert not shown(subscribed, "img.chart-keyframe")


def test_hundreds_of_frames_leave_no_urls_and_never_an_empty_image(
    either: Page, stand: Stand
) -> None:
    stand.send(keyframe(1))
    stand.wait_for("ack")
    either.evaluate(
        """() => {
            const image = document.querySelector("img.chart-keyframe");
            window.blank = 0;
            window.sampled = 0;
            (function sample() {
                window.sampled += 1;
                if (!image.complete || image.naturalWidth === 0) window.blank += 1;
                requestAnimationFrame(sample);
            })();
        }"""
    )
    for sequence in range(2, 402):
        send = keyframe if sequence % 10 == 0 else patch
        stand.send(send(sequence, sequence % 256))
        wait_until(lambda done=sequence - 1: len(stand.said("ack")) >= done, "two in flight")  # type: ignore[misc]
        assert counter(either, "liveUrls") <= 4 if sequence % 50 == 0 else True
        assert counter(either, "liveBitmaps") <= 3 if sequence % 50 == 0 else True
    stand.wait_for("ack", 401)
    painted = either.evaluate("window.candlecast.painter.state") == "ready"
    assert counter(either, "liveUrls") == (1 if painted else 2)  # the keyframe's, and the patch's
    assert counter(either, "liveBitmaps") == (2 if painted else 0)
    assert counter(either, "frames") == 401
    assert counter(either, "patches") == 360
    assert either.evaluate("window.sampled") > 50
    assert either.evaluate("window.blank") == 0


def test_picture_that_does_not_decode_is_acknowledged_and_asked_for_again(
    either: Page, stand: Stand
) -> None:
    stand.send(message(1, [Part(1, 0, BOX, BOX, meta(1))], b"RIFF\x04\x00\x00\x00WEBP"))
    stand.wait_for("ack")
    stand.wait_for("subscribe", 2)
    stand.send(keyframe(2))
    stand.wait_for("ack", 2)
    assert shown(either, "img.chart-keyframe")
    assert counter(either, "errors") == 1


def test_unreadable_message_opens_a_new_socket(subscribed: Page, stand: Stand) -> None:
    stand.send(b"not a frame of ours")
    stand.wait_for("subscribe", 2)
    assert counter(subscribed, "errors") == 1
    assert counter(subscribed, "opens") == 2


def test_symbol_interval_bars_and_theme_changes_subscribe_anew(
    subscribed: Page, stand: Stand
) -> None:
    set_chart(subscribed, symbol="ETH-USD", interval="5m", bars="50")
    order = stand.wait_for("subscribe", 2)
    assert (order["symbol"], order["interval"], order["bars"]) == ("ETH-USD", "5m", 50)
    subscribed.evaluate("document.documentElement.dataset.theme = 'light-cb'")
    assert stand.wait_for("subscribe", 3)["theme"] == "light-cb"
    subscribed.evaluate("document.documentElement.dataset.theme = 'light-cb'")
    subscribed.wait_for_timeout(100)
    assert len(stand.said("subscribe")) == 3


def test_resize_is_settled_before_it_is_sent_and_sizes_stay_allowed(
    subscribed: Page, stand: Stand
) -> None:
    subscribed.evaluate(
        """async () => {
            const chart = document.querySelector(".chart");
            for (let width = 401; width <= 420; width += 1) {
                chart.style.width = `${width}px`;
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    assert stand.wait_for("subscribe", 2)["width"] == 420
    subscribed.evaluate(
        "document.querySelector('.chart').style.cssText = 'width:6000px;height:5px'"
    )
    order = stand.wait_for("subscribe", 3)
    assert (order["width"], order["height"], order["scale"]) == (4096, 16, 1)
    subscribed.evaluate("document.querySelector('.chart').style.display = 'none'")
    assert stand.wait_for("unsubscribe") == {"type": "unsubscribe", "chart": 1}
    assert len(stand.said("subscribe")) == 3


def test_charts_come_and_go_with_pages(subscribed: Page, stand: Stand) -> None:
    stand.send(keyframe(1))
    stand.wait_for("ack")
    subscribed.evaluate(
        """() => {
            const old = document.querySelector(".chart");
            const next = old.cloneNode(true);
            next.querySelectorAll("img").forEach((image) => image.removeAttribute("src"));
            next.dataset.symbol = "SOL-USD";
            old.replaceWith(next);
        }"""
    )
    order = stand.wait_for("subscribe", 2)
    assert order["symbol"] == "SOL-USD"
    assert stand.wait_for("unsubscribe")["chart"] == 1
    assert order["chart"] != 1
    wait_for_counter(subscribed, "liveUrls", 0)
    assert counter(subscribed, "liveUrls") == 0
    stand.send(keyframe(2, chart=1))  # was on its way
    stand.wait_for("ack", 2)
    assert counter(subscribed, "dropped") == 1


def test_chart_off_screen_is_unsubscribed(subscribed: Page, stand: Stand) -> None:
    subscribed.evaluate(
        "document.querySelector('.chart').style.cssText += ';position:absolute;top:3000px'"
    )
    stand.wait_for("unsubscribe")
    subscribed.evaluate("document.querySelector('.chart').style.top = '0'")
    stand.wait_for("subscribe", 2)


def test_hidden_tab_says_so_and_still_acknowledges(subscribed: Page, stand: Stand) -> None:
    hide = """hidden => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        if (hidden) window.requestAnimationFrame = () => 0;  // a hidden tab paints nothing
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    subscribed.evaluate(hide, True)
    assert stand.wait_for("visibility") == {"type": "visibility", "visible": False}
    stand.send(keyframe(1))
    stand.wait_for("ack")
    subscribed.evaluate(hide, False)
    assert stand.wait_for("visibility", 2) == {"type": "visibility", "visible": True}


def test_status_fills_pill_and_bar(subscribed: Page, stand: Stand) -> None:
    stand.send({"type": "status", **STATUS})
    subscribed.wait_for_selector('[data-status="pill"][data-state="live"]')
    assert text(subscribed, '[data-status="source"]') == "Coinbase · 38 ms"
    bar = {
        name: text(subscribed, f'[data-status="{name}"]')
        for name in ("renderer", "frames", "age", "latency", "gaps")
    }
    assert bar == {
        "renderer": "CPU · 0.31 ms",
        "frames": "20 / s",
        "age": "38 ms",
        "latency": "21 ms",
        "gaps": "0",
    }
    assert text(subscribed, '[data-status="clock"]').endswith(" UTC")
    assert not shown(subscribed, '[data-status="strip"]')


@pytest.mark.parametrize(
    ("changes", "label", "source"),
    [
        (
            {"label": "SIMULATED", "mode": "simulated", "detail": "Simulated, seed 7."},
            "SIMULATED",
            "seed 7",
        ),
        ({"label": "SLOW", "age_ms": 1840.0}, "SLOW", "1.8 s old"),
        ({"label": "LOST", "age_ms": 13_600.0, "retry_in_s": 3.2}, "LOST", "retry in 4 s"),
        ({"label": "CONNECTING", "age_ms": None}, "CONNECTING", "Coinbase"),
        (
            {
                "label": "REPLAY",
                "mode": "replay",
                "detail": "",
                "recorded_ms": 1_643_662_039_000,
                "pace": "8×",
            },
            "REPLAY",
            "31 Jan 20:47",
        ),
        (
            {"label": "ENDED", "mode": "replay", "detail": "Recording over"},
            "ENDED",
            "Recording over",
        ),
    ],
)
def test_every_feed_state_is_told(
    subscribed: Page, stand: Stand, changes: dict[str, object], label: str, source: str
) -> None:
    stand.send({"type": "status", **STATUS, **changes})
    subscribed.wait_for_selector(f'[data-status="pill"][data-state="{label.lower()}"]')
    assert text(subscribed, '[data-status="label"]') == label
    assert text(subscribed, '[data-status="source"]') == source
    real = changes.get("mode", "live") == "live"
    assert shown(subscribed, '[data-status="strip"]') is not real
    lost = label == "LOST"
    assert shown(subscribed, ".chart-lost") is lost
    if lost:  # it grows older meanwhile
        assert text(subscribed, '[data-field="stale"]') in {f"STALE {n} s" for n in range(14, 18)}
        assert re.fullmatch(r"Coinbase, 1[4-7] s ago", text(subscribed, "[data-lost=source]"))
        assert text(subscribed, "[data-lost=retry]") == "Retry in 4 s"


def test_empty_chart_and_refusal_are_shown(subscribed: Page, stand: Stand) -> None:
    detail = "Subscribed 4 s ago. The first candle appears with the first trade."
    stand.send({"type": "state", "chart": 1, "state": "empty", "detail": detail})
    subscribed.wait_for_selector('.chart-state[data-state="empty"]')
    assert text(subscribed, "[data-state-field=detail]") == detail
    reason = "symbol was 'XYZ'; available are BTC-USD"
    stand.send({"type": "error", "reason": reason})
    subscribed.wait_for_selector('.chart-state[data-state="error"]')
    assert text(subscribed, "[data-state-field=detail]") == reason
    stand.send(keyframe(1))
    stand.wait_for("ack")
    assert not shown(subscribed, ".chart-state")


def test_empty_chart_keeps_nothing_of_the_market_before(subscribed: Page, stand: Stand) -> None:
    stand.send(keyframe(1))
    stand.wait_for("ack")
    set_chart(subscribed, symbol="SOL-USD", interval="1s")
    stand.wait_for("subscribe", 2)
    stand.send({"type": "state", "chart": 1, "state": "empty", "detail": "No trade yet."})
    subscribed.wait_for_selector('.chart-state[data-state="empty"]')
    assert text(subscribed, '[data-field="symbol"]') == "SOL-USD"
    assert text(subscribed, '[data-field="context"]').startswith("1s")
    assert not shown(subscribed, "img.chart-keyframe")
    assert not shown(subscribed, ".chart-last-line")
    assert counter(subscribed, "liveUrls") == 0


def test_tier_message_reaches_dash(stand: Stand, page: Page) -> None:
    page.add_init_script(
        "window.dash_clientside = { set_props: (...call) => { window.props = call; } };"
    )
    page.goto(stand.url)
    stand.wait_for("subscribe")
    stand.send({"type": "tier", "tier": "plotly", "reason": "cpu: out of memory"})
    page.wait_for_function("window.props")
    assert page.evaluate("JSON.stringify(window.props)") == json.dumps(
        ["tier", {"data": "plotly"}], separators=(",", ":")
    )


def test_lost_server_leaves_the_picture_and_comes_back(
    subscribed: Page, stand: Stand, problems: Problems
) -> None:
    problems.allow(r"ERR_CONNECTION_REFUSED|WebSocket connection to")
    stand.send({"type": "status", **STATUS})
    stand.send(keyframe(1))
    stand.wait_for("ack")
    port = stand.port
    stand.stop()
    subscribed.wait_for_selector(".chart.is-stale")
    assert text(subscribed, '[data-status="label"]') == "LOST"
    assert text(subscribed, '[data-field="stale"]').startswith("STALE ")
    assert shown(subscribed, "img.chart-keyframe")
    subscribed.wait_for_timeout(2500)
    assert text(subscribed, "[data-lost=source]").startswith("Candlecast server, ")
    stand.start(port)
    stand.wait_for("subscribe", 2)
    subscribed.wait_for_selector(".chart:not(.is-stale)")
    assert not shown(subscribed, ".chart-lost")
    stand.send(keyframe(1))
    stand.wait_for("ack", 2)


def test_silent_network_is_noticed(subscribed: Page, stand: Stand) -> None:
    stand.silent = True  # connected, but nothing comes any more
    stand.send(keyframe(1))
    stand.wait_for("ack")
    wait_for_counter(subscribed, "opens", 2)
    stand.silent = False
    stand.wait_for("subscribe", 2)
    subscribed.wait_for_selector(".chart:not(.is-stale)")


def test_without_a_socket_pictures_are_polled(stand: Stand, page: Page) -> None:
    page.add_init_script(BROKEN_SOCKET)
    stand.picture = picture(90)
    page.goto(stand.url)
    wait_for_counter(page, "polls", 3)
    assert stand.polled[0] == {"symbol": "BTC-USD", "interval": "1m", "size": "400x300"}
    assert text(page, '[data-status="frames"]') == "1 / s, polling"
    assert text(page, '[data-status="label"]') == "LIVE"
    assert not shown(page, ".chart-legend")  # drawn into such pictures
    assert page.evaluate("window.candlecast.mode") == "polling"
    assert shown(page, "img.chart-keyframe")
    assert counter(page, "liveUrls") <= 2
    set_chart(page, symbol="ETH-USD")
    wait_until(lambda: stand.polled[-1]["symbol"] == "ETH-USD", "the other symbol is polled")


def test_refusal_that_comes_after_the_socket_is_no_news(
    stand: Stand, page: Page, problems: Problems
) -> None:
    problems.allow(r"WebSocket connection to|status of 422")
    held: list[Route] = []
    page.route("**/api/chart.webp*", lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks what it calls)
    page.add_init_script(GATED_SOCKET)
    page.goto(stand.url)
    wait_until(lambda: page.title() is not None and bool(held), "a picture is asked for")
    page.evaluate("window.open_to_sockets = true")
    stand.wait_for("subscribe")
    stand.send(keyframe(1))
    stand.wait_for("ack")
    with page.expect_response("**/api/chart.webp*") as refused:
        held[0].fulfill(status=422, json={"error": "symbol was 'BTC-USD'; allowed are ETH-USD"})
    refused.value.finished()
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")  # it has been read
    assert not shown(page, ".chart-state")
    assert shown(page, "img.chart-keyframe")


def test_two_charts_share_one_socket(stand_with: Callable[..., Stand], page: Page) -> None:
    stand = stand_with(
        ("BTC-USD", "width:400px;height:200px"), ("ETH-USD", "width:400px;height:200px")
    )
    page.goto(stand.url)
    stand.wait_for("subscribe", 2)
    assert len(stand.sockets) == 1
    assert {order["chart"] for order in stand.said("subscribe")} == {1, 2}
