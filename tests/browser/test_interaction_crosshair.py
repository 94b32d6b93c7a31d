"""The crosshair, and the legend that follows it, against a stand: no message is sent for them."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import FloatRect, Page

from tests.browser.chart_stand import (
    BARS,
    HELD,
    MINUTE_MS,
    NEWEST,
    PLOT_BOTTOM,
    PLOT_RIGHT,
    START_MS,
    average,
    candle,
    centre,
    described,
    keyframe,
    patch,
    rows,
    show,
)
from tests.browser.stand import Part, Stand, lossless, message, meta

pytestmark = pytest.mark.browser
PANE = {"plot": [0, 200, PLOT_RIGHT, PLOT_BOTTOM], "top": 104.0, "bottom": -4.0}


@pytest.fixture
def chart(stand: Stand, page: Page) -> Iterator[Page]:
    """The stand's page with a picture of the newest candles."""
    page.goto(stand.url)
    stand.wait_for("subscribe")
    show(stand, page, keyframe(1))
    yield page


def field(page: Page, name: str, chart: int = 0) -> str:
    return page.locator(f'[data-field="{name}"]').nth(chart).inner_text()


def legend(page: Page, chart: int = 0) -> list[str]:
    return [field(page, name, chart) for name in ("o", "h", "l", "c")]


def written(index: int) -> list[str]:
    """Open, high, low, close as the legend writes them."""
    return [f"{price:,.1f}" for price in candle(index)[:4]]


def next_frame(page: Page) -> None:
    """Wait until a display frame is over: other charts follow within one."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def part(page: Page, name: str, chart: int = 0) -> FloatRect | None:
    """The place of a part of the crosshair; None while it is hidden."""
    found = page.locator(f".chart-crosshair-{name}").nth(chart)
    return found.bounding_box() if found.is_visible() else None


@pytest.mark.parametrize("index", [HELD - 1, HELD - 2, HELD - 30, HELD - BARS])
def test_legend_tells_the_candle_under_the_pointer(chart: Page, stand: Stand, index: int) -> None:
    chart.mouse.move(centre(index) + 2, 120)
    assert legend(chart) == written(index)
    opened, _, _, closed, volume = candle(index)
    change = closed - candle(index - 1)[3]
    sign = "+" if change > 0 else "\u2212" if change < 0 else ""
    assert field(chart, "change").startswith(f"{sign}{abs(change):,.1f} (")
    assert field(chart, "volume") == f"{volume:,.0f}"
    direction = chart.locator(".chart-legend").get_attribute("data-direction")
    assert direction == ("1" if closed >= opened else "-1")
    wanted = "newest" if index == HELD else f"{average(index):,.1f}"
    assert chart.locator('[data-role="LINE_A"]').inner_text() == wanted
    assert [message["type"] for message in stand.received] == ["subscribe", "ack"]


def test_lines_snap_to_the_candle_and_labels_tell_time_and_price(chart: Page) -> None:
    index = HELD - 20
    chart.mouse.move(centre(index) - 1.8, 138)
    time, price = part(chart, "time"), part(chart, "price")
    assert time is not None and price is not None
    assert (time["x"], time["width"], time["height"]) == (int(centre(index)), 1, PLOT_BOTTOM)
    assert (price["y"], price["height"], price["width"]) == (138, 1, PLOT_RIGHT)
    assert chart.locator(".chart-crosshair-price-text").inner_text() == "38,031.0"
    # Candle 980 begins 980 minutes after Mon 31 Jan 2022 18:00
    assert chart.locator(".chart-crosshair-time-text").inner_text() == "Tue 1 Feb 10:20"
    label = part(chart, "price-text")
    assert label is not None
    assert label["x"] == PLOT_RIGHT
    assert abs(label["y"] + label["height"] / 2 - 138) <= 1
    chart.mouse.move(600, 100)
    assert part(chart, "time") is None
    assert legend(chart) == written(HELD - 1)


@pytest.mark.parametrize(("x", "index"), [(1, HELD - BARS), (PLOT_RIGHT - 2, HELD - 1)])
def test_edges_tell_the_outermost_candles_and_labels_stay_inside(
    chart: Page, x: float, index: int
) -> None:
    chart.mouse.move(x, 100)
    assert legend(chart) == written(index)
    label = part(chart, "time-text")
    assert label is not None
    assert label["x"] >= 0 and label["x"] + label["width"] <= PLOT_RIGHT + 0.01


def test_legend_goes_on_following_while_trades_come(stand: Stand, chart: Page) -> None:
    chart.mouse.move(centre(HELD - 5), 100)
    show(stand, chart, patch(2, c=38_090.0))
    assert legend(chart) == written(HELD - 5)
    chart.mouse.move(NEWEST, 100)
    assert field(chart, "c") == "38,090.0"
    show(stand, chart, patch(3, c=38_091.5, h=38_095.0))
    assert (field(chart, "c"), field(chart, "h")) == ("38,091.5", "38,095.0")


def test_axes_of_percent_log_and_panes_are_read(stand: Stand, chart: Page) -> None:
    label = chart.locator(".chart-crosshair-price-text")
    show(stand, chart, keyframe(2, axis="percent", percent_base=38_000.0))
    chart.mouse.move(100, 138)
    assert label.inner_text() == "+0.08 %"
    show(stand, chart, keyframe(3, axis="log", price_top=40_000.0, price_bottom=10_000.0))
    assert label.inner_text() == "20,000.0"
    rsi = {"label": "RSI", "role": "LINE_B", "value": 1.0, "text": "1.0"}
    study = {"title": "RSI", "pane": PANE, "left_out": False, "decimals": 1, "curves": [rsi]}
    show(stand, chart, keyframe(4, studies=[study], plot=[0, 0, PLOT_RIGHT, 198]))
    chart.mouse.move(100, 238)
    assert label.inner_text() == "50.0"
    line = part(chart, "time")
    assert line is not None and line["height"] == PLOT_BOTTOM  # through prices and panes
    index = HELD - 1 - round((NEWEST - 100) / 5)
    assert chart.locator(".chart-pane-title [data-role]").inner_text() == "38.1K"
    assert legend(chart) == written(index)


def test_time_zone_is_the_charts(stand: Stand, chart: Page) -> None:
    chart.evaluate(
        "document.querySelector('.chart').dataset.elements = '{\"zone\":\"Asia/Kolkata\"}'"
    )
    stand.wait_for("subscribe", 2)
    chart.mouse.move(centre(HELD - 20), 100)
    assert chart.locator(".chart-crosshair-time-text").inner_text() == "Tue 1 Feb 15:50"


def test_moved_picture_is_read_where_it_is(chart: Page) -> None:
    chart.mouse.move(100, 100)
    chart.mouse.down()
    chart.mouse.move(150, 100, steps=3)
    chart.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    index = HELD - 1 - round((NEWEST - 100) / 5)
    assert legend(chart) == written(index)
    line = part(chart, "time")
    assert line is not None and abs(line["x"] - (centre(index) + 50)) < 1


def test_other_charts_show_the_same_moment(stand_with: Callable[..., Stand], page: Page) -> None:
    stand = stand_with(
        ("BTC-USD", "width:400px;height:300px"), ("BTC-USD", "width:400px;height:300px")
    )
    page.goto(stand.url)
    stand.wait_for("subscribe", 2)
    show(stand, page, keyframe(1))
    show(stand, page, keyframe(2, chart=2))
    page.locator(".chart").nth(1).focus()
    page.keyboard.press("ArrowLeft")
    stand.wait_for("viewport")
    show(stand, page, keyframe(3, HELD - 7, chart=2))
    page.mouse.move(centre(HELD - 20), 120)
    next_frame(page)
    line = part(page, "time", 1)
    assert line is not None and line["x"] == int(centre(HELD - 20, HELD - 7))
    assert part(page, "price", 1) is None
    assert legend(page, 0) == legend(page, 1) == written(HELD - 20)
    page.mouse.move(centre(HELD - 3), 120)  # not in sight of the other one
    next_frame(page)
    assert part(page, "time", 1) is None
    assert legend(page, 1) == written(HELD - 8)
    page.mouse.move(centre(HELD - 20), 120)
    page.mouse.move(900, 700)
    next_frame(page)
    assert part(page, "time", 1) is None
    page.evaluate("window.candlecast.crosshairs.enabled = false")
    page.mouse.move(centre(HELD - 20), 120)
    next_frame(page)
    assert part(page, "time", 1) is None


def test_hour_of_another_interval_holds_the_minute(
    stand_with: Callable[..., Stand], page: Page
) -> None:
    stand = stand_with(
        ("BTC-USD", "width:400px;height:300px"), ("BTC-USD", "width:400px;height:300px")
    )
    page.goto(stand.url)
    page.evaluate("document.querySelectorAll('.chart')[1].dataset.interval = '1h'")
    stand.wait_for("subscribe", 3)
    show(stand, page, keyframe(1))
    hours = keyframe(2, HELD, chart=2, interval="1h", bars=1, first_index=HELD - 1)
    show(stand, page, hours)
    page.mouse.move(centre(HELD - 20), 120)
    next_frame(page)
    # The hour's candle begins with minute 999: a minute before it is in no hour that is known
    assert part(page, "time", 1) is None
    page.mouse.move(centre(HELD - 1), 120)
    next_frame(page)
    assert part(page, "time", 1) is not None
    assert START_MS + MINUTE_MS * (HELD - 1) == 1_643_711_940_000


def test_sixteen_charts_follow_once_a_frame_without_a_layout(
    stand_with: Callable[..., Stand], page: Page
) -> None:
    box = "width:200px;height:100px;float:left"
    stand = stand_with(*[("BTC-USD", box)] * 16)
    page.goto(stand.url)
    stand.wait_for("subscribe", 16)
    for chart in range(1, 17):
        show(stand, page, keyframe(chart, chart=chart))
    drawn, reads, shown = page.evaluate(
        """async () => {
            const { crosshairs } = window.candlecast;
            const frame = () =>
                new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            const seen = new Map();
            const draw = crosshairs.draw.bind(crosshairs);
            crosshairs.draw = (panel) => {
                seen.set(panel, (seen.get(panel) ?? 0) + 1);
                draw(panel);
            };
            let reads = 0;
            const count = (owner, name) => {
                const { get } = Object.getOwnPropertyDescriptor(owner, name);
                const counted = { get() { reads += 1; return get.call(this); } };
                Object.defineProperty(owner, name, counted);
            };
            for (const name of ["clientWidth", "clientHeight"]) count(Element.prototype, name);
            for (const name of ["offsetWidth", "offsetHeight"]) count(HTMLElement.prototype, name);
            const measure = Element.prototype.getBoundingClientRect;
            const first = document.querySelector(".chart");
            Element.prototype.getBoundingClientRect = function () {
                if (this !== first) reads += 1;
                return measure.call(this);
            };
            const move = (clientX) => first.dispatchEvent(
                new PointerEvent("pointermove", { clientX, clientY: 50, bubbles: true }));
            for (let x = 20; x < 60; x += 1) move(x);
            await frame();
            const others = [...seen].filter(([panel]) => panel.element !== first);
            return [others.map(([, times]) => times), reads,
                document.querySelectorAll(".chart-crosshair:not([hidden])").length];
        }"""
    )
    assert drawn == [1] * 15
    assert reads == 0
    assert shown == 16


def test_curves_to_the_left_come_with_their_patch(stand: Stand, chart: Page) -> None:
    changed = rows(HELD - 7, HELD)
    about = meta(1) | described()
    later = bytearray(changed)
    later[24 + 8 * 5 : 24 + 8 * 6] = np.float64(50_000.0).tobytes()  # added to the study's column
    part_of = Part(1, 1, (0, 0, 20, 300), (380, 0, 20, 300), about, bytes(later))
    show(stand, chart, message(2, [part_of], lossless(np.zeros((300, 20, 3), np.uint8))))
    chart.mouse.move(centre(HELD - 5), 100)
    assert chart.locator('[data-role="LINE_A"]').inner_text() == "49,999.9"
    chart.mouse.move(centre(HELD - 12), 100)
    assert chart.locator('[data-role="LINE_A"]').inner_text() == f"{average(HELD - 12):,.1f}"
