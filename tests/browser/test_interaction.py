"""Gestures on a chart against a stand: each moves the picture at once and tells the server."""

import struct
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.chart_stand import (
    BARS,
    HELD,
    NEWEST,
    PLOT_BOTTOM,
    PLOT_RIGHT,
    STEP,
    centre,
    keyframe,
    patch,
    rows,
    show,
    transform,
)
from tests.browser.live import NO_PAINTER
from tests.browser.stand import Stand, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(params=["", NO_PAINTER], ids=["canvas", "images"])
def chart(request: pytest.FixtureRequest, stand: Stand, page: Page) -> Iterator[Page]:
    """The stand's page with a picture of the newest candles."""
    page.add_init_script(request.param)
    page.goto(stand.url)
    stand.wait_for("subscribe")
    show(stand, page, keyframe(1))
    yield page


def next_frame(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move in four steps, and stay pressed."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    next_frame(page)


def viewport(stand: Stand, count: int = 1) -> dict[str, Any]:
    """The newest viewport message, once ``count`` of them have come."""
    said = stand.wait_for("viewport", count)
    return {name: value for name, value in said.items() if name != "type"}


def test_drag_moves_the_picture_before_the_server_answers(stand: Stand, chart: Page) -> None:
    drag(chart, (100, 100), (142, 130))
    assert transform(chart) == [1, 1, 42, 0]
    assert transform(chart, "below") == [1, 1, 42, 0]
    assert transform(chart, "axis") == [1, 1, 0, 0]
    wait_until(lambda: viewport(stand).get("end") == HELD - 8, "eight candles back are asked for")
    assert viewport(stand) == {"chart": 1, "bars": BARS, "end": HELD - 8}
    show(stand, chart, keyframe(2, HELD - 8))
    assert transform(chart) == [1, 1, 2, 0]  # 0.4 of a candle more than the crisp picture shows
    chart.mouse.up()
    next_frame(chart)
    assert transform(chart) is None
    assert len(stand.said("subscribe")) == 1


def test_drag_back_to_the_newest_follows_again(stand: Stand, chart: Page) -> None:
    drag(chart, (100, 100), (150, 100))
    chart.mouse.move(90, 100, steps=3)
    chart.mouse.up()
    wait_until(lambda: "end" not in viewport(stand), "the newest are followed")
    chart.locator(".chart-now").wait_for(state="hidden")


def test_oldest_candle_is_the_end_of_the_road(stand: Stand, chart: Page) -> None:
    chart.locator(".chart").focus()
    chart.keyboard.press("Home")
    assert viewport(stand) == {"chart": 1, "bars": BARS, "end": BARS}


@pytest.mark.parametrize("x", [60.0, 200.0, 300.0])
def test_wheel_zooms_at_the_pointer(stand: Stand, chart: Page, x: float) -> None:
    chart.mouse.move(x, 100)
    chart.mouse.wheel(0, -200)
    next_frame(chart)
    moved = transform(chart)
    assert moved is not None and moved[0] > 1.2 and moved[1] == 1
    assert moved[0] * x + moved[2] == pytest.approx(x, abs=0.51 * moved[0] * STEP)
    said = viewport(stand)
    assert said["bars"] == round(BARS * 2.718281828 ** (-200 * 0.0016))


def test_wheel_outwards_shows_more_candles(stand: Stand, chart: Page) -> None:
    chart.mouse.move(100, 100)
    chart.mouse.wheel(0, 300)
    said = viewport(stand)
    assert isinstance(said["bars"], int) and said["bars"] > 100
    assert "end" not in said  # there is nothing beyond the newest


def test_sideways_wheel_pans(stand: Stand, chart: Page) -> None:
    chart.mouse.move(100, 100)
    chart.mouse.wheel(-80, 0)
    wait_until(lambda: viewport(stand).get("end") == HELD - 16, "sixteen candles back")


def test_crisp_picture_of_the_zoom_needs_no_transform(stand: Stand, chart: Page) -> None:
    chart.mouse.move(100, 100)
    chart.mouse.wheel(0, -100)
    said = viewport(stand)
    end = said.get("end", HELD)
    assert isinstance(end, int)
    show(stand, chart, keyframe(2, end, bars=said["bars"], end=said.get("end")))
    wait_until(lambda: transform(chart) is None, "the wheel rests")


def test_price_axis_drag_scales_and_double_click_fits_again(stand: Stand, chart: Page) -> None:
    x, middle = PLOT_RIGHT + 30, PLOT_BOTTOM / 2
    drag(chart, (x, middle), (x, middle + 40))
    moved = transform(chart)
    assert moved is not None and moved[0] == 1 and moved[1] < 0.9
    assert moved[1] * middle + moved[3] == pytest.approx(middle)
    assert transform(chart, "axis") == [1, *moved[1:2], 0, *moved[3:]]
    assert transform(chart, "below") == [1, 1, 0, 0]
    chart.mouse.up()
    asked = pytest.approx(138.0 / moved[1])
    wait_until(
        lambda: viewport(stand)["price_range"][1] - viewport(stand)["price_range"][0] == asked,
        "what is shown is asked for",
    )
    low, high = viewport(stand)["price_range"]
    assert (high + low) / 2 == pytest.approx(38_031.0)
    show(stand, chart, keyframe(2, price_range=[low, high], price_top=high, price_bottom=low))
    assert transform(chart) is None
    chart.mouse.dblclick(x, middle)
    wait_until(lambda: "price_range" not in stand.said("viewport")[-1], "prices fit again")


def test_fixed_prices_move_up_and_down_with_a_drag(stand: Stand, chart: Page) -> None:
    x = PLOT_RIGHT + 30
    drag(chart, (x, 100), (x, 160))
    chart.mouse.up()
    stand.wait_for("viewport")
    low, high = stand.said("viewport")[-1]["price_range"]
    show(stand, chart, keyframe(2, price_range=[low, high], price_top=high, price_bottom=low))
    drag(chart, (100, 100), (100, 127.6))
    assert transform(chart) == [1, 1, 0, pytest.approx(27.6, abs=0.7)]
    chart.mouse.up()

    def moved() -> float:
        return float(stand.said("viewport")[-1]["price_range"][0] - low)

    wanted = pytest.approx((high - low) / 10, rel=0.03)
    wait_until(lambda: moved() == wanted, "the drag is told")


def test_log_axis_scales_in_logarithms(stand: Stand, chart: Page) -> None:
    show(stand, chart, keyframe(2, axis="log", price_top=80_000.0, price_bottom=20_000.0))
    x = PLOT_RIGHT + 30
    drag(chart, (x, 100), (x, 150))
    chart.mouse.up()
    stand.wait_for("viewport")
    low, high = stand.said("viewport")[-1]["price_range"]
    assert low * high == pytest.approx(20_000.0 * 80_000.0)
    assert low < 20_000.0


def test_time_axis_drag_zooms_about_the_newest(stand: Stand, chart: Page) -> None:
    drag(chart, (200, PLOT_BOTTOM + 10), (120, PLOT_BOTTOM + 10))
    moved = transform(chart)
    assert moved is not None and moved[0] < 0.9
    said = viewport(stand, len(stand.said("viewport")))
    assert "end" not in said and isinstance(said["bars"], int) and said["bars"] > BARS


def test_double_click_and_escape_show_the_usual_view(stand: Stand, chart: Page) -> None:
    drag(chart, (100, 100), (180, 100))
    chart.mouse.up()
    chart.mouse.dblclick(150, 150)
    wait_until(
        lambda: stand.said("viewport")[-1] == {"type": "viewport", "chart": 1, "bars": BARS},
        "double click resets",
    )
    chart.keyboard.press("+")
    wait_until(lambda: stand.said("viewport")[-1]["bars"] < BARS, "zoomed in")
    chart.keyboard.press("Escape")
    wait_until(lambda: stand.said("viewport")[-1]["bars"] == BARS, "escape resets")


@pytest.mark.parametrize(
    ("keys", "end"),
    [
        (["ArrowLeft"], HELD - 7),
        (["Shift+ArrowLeft"], HELD - 34),
        (["ArrowLeft", "ArrowLeft", "ArrowRight"], HELD - 7),
        (["Home"], BARS),
        (["Home", "End"], None),
        (["ArrowLeft", "0"], None),
    ],
)
def test_keys(stand: Stand, chart: Page, keys: list[str], end: int | None) -> None:
    chart.locator(".chart").focus()
    for key in keys:
        chart.keyboard.press(key)
    next_frame(chart)
    if end is None:
        wait_until(
            lambda: not stand.said("viewport") or "end" not in stand.said("viewport")[-1], "now"
        )
    else:
        wait_until(lambda: [v.get("end") for v in stand.said("viewport")][-1:] == [end], f"{end}")
    chart.keyboard.press("Control+ArrowLeft")  # the browser's
    chart.keyboard.press("a")
    next_frame(chart)
    assert len(stand.said("viewport")) <= len(keys)


def test_keys_zoom_about_the_newest(stand: Stand, chart: Page) -> None:
    chart.locator(".chart").focus()
    chart.keyboard.press("+")
    assert viewport(stand) == {"chart": 1, "bars": round(BARS / 1.25)}
    chart.keyboard.press("-")
    chart.keyboard.press("-")
    wait_until(lambda: stand.said("viewport")[-1]["bars"] == round(BARS * 1.25), "zoomed out")


def test_newest_view_only_at_most_once_a_frame(stand: Stand, chart: Page) -> None:
    frames = chart.evaluate(
        """async () => {
            const chart = document.querySelector(".chart");
            const at = (x) => ({ clientX: x, clientY: 100, pointerId: 1, bubbles: true });
            chart.setPointerCapture = () => {};
            chart.dispatchEvent(new PointerEvent("pointerdown", at(50)));
            let frames = 0;
            for (let x = 50; x < 250; x += 1) {
                chart.dispatchEvent(new PointerEvent("pointermove", at(x)));
                if (x % 20 === 0) {
                    frames += 1;
                    await new Promise((done) => requestAnimationFrame(done));
                }
            }
            chart.dispatchEvent(new PointerEvent("pointerup", at(249)));
            await new Promise((done) => setTimeout(done, 100));
            return frames;
        }"""
    )
    said = stand.said("viewport")
    assert 1 <= len(said) <= frames + 2
    assert said[-1]["end"] == HELD - round(199 / STEP)


def test_new_candles_leave_a_panned_view_and_a_control_leads_back(
    stand: Stand, chart: Page
) -> None:
    drag(chart, (100, 100), (150, 100))
    chart.mouse.up()
    show(stand, chart, keyframe(2, HELD - 10))
    now = chart.locator(".chart-now")
    now.wait_for()
    box = now.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] == pytest.approx(PLOT_RIGHT - 12)
    said = len(stand.said("viewport"))
    show(stand, chart, keyframe(3, HELD - 10, held=[0, HELD + 1]))
    assert transform(chart) is None and len(stand.said("viewport")) == said
    now.click()
    wait_until(lambda: "end" not in stand.said("viewport")[-1], "the newest are shown again")
    now.wait_for(state="hidden")
    assert chart.evaluate("document.activeElement.className").startswith("chart")


def test_another_market_starts_with_its_usual_view(stand: Stand, chart: Page) -> None:
    drag(chart, (100, 100), (150, 100))
    chart.mouse.up()
    stand.wait_for("viewport")
    chart.evaluate("document.querySelector('.chart').dataset.interval = '5m'")
    order = stand.wait_for("subscribe", 2)
    assert (order["bars"], "end" in order) == (BARS, False)


def test_view_is_kept_by_a_new_size_and_theme(stand: Stand, chart: Page) -> None:
    drag(chart, (100, 100), (150, 100))
    chart.mouse.up()
    stand.wait_for("viewport")
    next_frame(chart)
    chart.evaluate("document.documentElement.dataset.theme = 'light'")
    order = stand.wait_for("subscribe", 2)
    assert (order["theme"], order["end"], order["bars"]) == ("light", HELD - 10, BARS)


def test_restarted_server_that_counts_anew_shows_the_same_time(stand: Stand, chart: Page) -> None:
    drag(chart, (100, 100), (150, 100))
    chart.mouse.up()
    show(stand, chart, keyframe(2, HELD - 10))
    stand.send(b"no frame: the page connects again")
    assert stand.wait_for("subscribe", 2)["end"] == HELD - 10
    # The candle of that number is three minutes later than it was: the same time has another one
    moved = rows(HELD - 10 - BARS - 1 + 3, HELD - 10 + 3)
    moved = moved[:8] + struct.pack("<d", HELD - 10 - BARS - 1) + moved[16:]
    said = len(stand.said("viewport"))
    show(stand, chart, keyframe(3, HELD - 10, rows=moved))
    stand.wait_for("viewport", said + 1)
    assert stand.said("viewport")[-1]["end"] == HELD - 13
    assert chart.evaluate("window.candlecast.errors") == 1


def test_what_is_no_longer_held_leads_to_the_newest(stand: Stand, chart: Page) -> None:
    drag(chart, (100, 100), (150, 100))
    chart.mouse.up()
    stand.wait_for("viewport")
    stand.send({"type": "state", "chart": 1, "state": "empty", "detail": "None."})
    order = stand.wait_for("subscribe", 2)
    assert "end" not in order
    chart.locator(".chart-state").wait_for(state="hidden")


def test_buttons_on_the_chart_are_no_gestures(stand: Stand, chart: Page) -> None:
    chart.evaluate(
        """() => {
            const button = document.createElement("button");
            button.style.cssText = "position:absolute;left:50px;top:50px;width:60px;height:40px";
            document.querySelector(".chart").append(button);
        }"""
    )
    drag(chart, (60, 60), (100, 80))
    chart.mouse.up()
    chart.mouse.dblclick(70, 70)
    next_frame(chart)
    assert stand.said("viewport") == [] and transform(chart) is None


def test_sliver_and_no_picture_take_every_gesture(stand: Stand, page: Page) -> None:
    page.goto(stand.url)
    stand.wait_for("subscribe")
    page.locator(".chart").focus()
    page.keyboard.press("ArrowLeft")  # before the first picture
    page.mouse.move(100, 100)
    page.mouse.wheel(0, 100)
    page.evaluate("document.querySelector('.chart').style.cssText = 'width:3px;height:3px'")
    stand.wait_for("subscribe", 2)
    about: dict[str, Any] = {
        "plot": [0, 0, 16, 16],
        "first_index": HELD - 20,
        "bars": 20,
        "x_first": 1,
        "step": 0.5,
    }
    show(stand, page, keyframe(1, **about))
    for key in ["ArrowLeft", "+", "-", "-", "Home", "End", "0"]:
        page.keyboard.press(key)
    page.mouse.move(1, 1)
    page.mouse.down()
    page.mouse.move(2, 2)
    page.mouse.up()
    page.mouse.wheel(0, 50)
    next_frame(page)
    for said in stand.said("viewport"):
        assert 2 <= said["bars"] <= 5000 and said.get("end", 0) >= 0


@pytest.mark.parametrize(("way", "urls"), [("", 500), (NO_PAINTER, 2000)], ids=["canvas", "images"])
def test_thousands_of_frames_while_panning_leave_no_urls(
    stand: Stand, page: Page, way: str, urls: int
) -> None:
    page.add_init_script(way)
    page.add_init_script(
        """window.urls = { made: 0, revoked: 0 };
        const [make, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
        URL.createObjectURL = (blob) => { window.urls.made += 1; return make.call(URL, blob); };
        URL.revokeObjectURL = (url) => { window.urls.revoked += 1; revoke.call(URL, url); };"""
    )
    page.goto(stand.url)
    stand.wait_for("subscribe")
    show(stand, page, keyframe(1))
    drag(page, (100, 100), (150, 100))
    whole, strip = keyframe(2, HELD - 10), patch(2)
    for sequence in range(2, 2001):
        stand.send(whole if sequence % 4 == 0 else strip)
        if sequence % 50 == 0:
            page.mouse.move(100 + sequence % 90, 100)
        wait_until(lambda done=sequence - 1: len(stand.said("ack")) >= done, "two in flight")  # type: ignore[misc]
    stand.wait_for("ack", 2000)
    page.mouse.up()
    made, revoked = page.evaluate("[window.urls.made, window.urls.revoked]")
    assert 1 <= made <= urls and (made == urls or not way)
    assert page.evaluate("window.candlecast.liveBitmaps") == (0 if way else 1)  # the last keyframe
    assert made - revoked == page.evaluate("window.candlecast.liveUrls") <= 2


def test_usual_geometry_of_these_tests_is_the_pages_own(chart: Page) -> None:
    found = chart.evaluate(f"window.candlecast.scales.slots({BARS}, {PLOT_RIGHT}, 1)")
    assert found == {"step": STEP, "newest": NEWEST}
    assert centre(HELD - 1) == NEWEST
