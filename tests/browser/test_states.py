"""What the page says of its states, against a stand: history on its way, notices, synced charts."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.chart_stand import HELD, keyframe, show
from tests.browser.chromium import Problems
from tests.browser.live import BROKEN_SOCKET
from tests.browser.stand import STATUS, Stand

pytestmark = pytest.mark.browser


@pytest.fixture
def subscribed(stand: Stand, page: Page) -> Iterator[Page]:
    """The stand's page, subscribed to its one chart."""
    page.goto(stand.url)
    stand.wait_for("subscribe")
    yield page


def tell(stand: Stand, **changes: object) -> None:
    stand.send({"type": "status", **STATUS, **changes})


def notice(page: Page, name: str) -> str:
    """The sentence of a notice, once it is shown."""
    strip = page.locator(f'[data-notice="{name}"]')
    strip.wait_for()
    return " ".join(strip.inner_text().split())


def test_history_on_its_way_is_counted(subscribed: Page, stand: Stand) -> None:
    bar = subscribed.locator(".chart-progress")

    def loading(loaded: int, expected: int) -> None:
        stand.send({"type": "loading", "chart": 1, "loaded": loaded, "expected": expected})

    loading(0, 1200)
    bar.get_by_text("0 of 1,200 candles").wait_for()
    show(stand, subscribed, keyframe(1, bars=20, first_index=HELD - 20))
    loading(900, 1200)
    bar.get_by_text("900 of 1,200 candles").wait_for()
    width = "bar => bar.getBoundingClientRect().width / bar.parentElement.clientWidth"
    assert bar.locator("[data-progress=bar]").evaluate(width) == pytest.approx(0.75, abs=0.01)
    loading(0, 0)
    bar.wait_for(state="hidden")


def test_what_a_reconnect_brought_back_is_told_once(subscribed: Page, stand: Stand) -> None:
    sentence = "11 missing candles were loaded after the reconnect."
    tell(stand, repair="One from before this page.", repaired_ms=5)
    subscribed.wait_for_selector('[data-status="pill"][data-state="live"]')
    tell(stand, repair=sentence, repaired_ms=6)
    assert notice(subscribed, "filled") == sentence.join(["History filled ", ""])
    tell(stand, repair=sentence, repaired_ms=6)
    subscribed.locator('[data-notice="filled"]').wait_for(state="hidden")


def test_renderer_that_stopped_is_told_until_it_is_closed(subscribed: Page, stand: Stand) -> None:
    reasons = ["cuda: no device.", "cpu failed while running (MemoryError: out of memory)"]
    tell(stand, renderer="plotly", tier="plotly", renderer_reasons=reasons)
    told = notice(subscribed, "drawing")
    assert told.startswith("Plotly is drawing CPU renderer stopped: MemoryError: out of memory.")
    strip = subscribed.locator('[data-notice="drawing"]')
    strip.locator("button").click()
    strip.wait_for(state="hidden")
    tell(stand, renderer="plotly", renderer_reasons=reasons, gaps=7)
    subscribed.locator('[data-status="gaps"]').get_by_text("7").wait_for()
    assert strip.is_hidden()
    tell(stand, renderer="opengl", renderer_reasons=[*reasons, "cuda failed while running (lost)"])
    assert notice(subscribed, "drawing").startswith(
        "OpenGL is drawing CUDA renderer stopped: lost."
    )
    tell(stand, renderer_reasons=["cpu: works, 0.3 ms"])  # another was chosen
    strip.wait_for(state="hidden")


def test_session_that_ended_is_told_with_the_way_back(
    stand: Stand, page: Page, problems: Problems
) -> None:
    problems.allow(r"401 .*/api/status")
    page.add_init_script(BROKEN_SOCKET)
    page.route("**/api/status", lambda route: route.fulfill(status=401, json={"error": "login"}))
    page.goto(f"{stand.url}?symbol=BTC-USD")
    assert notice(page, "signed-out") == (
        "Signed out Your session ended. Charts are paused. Sign in"
    )
    link = page.locator('[data-notice="signed-out"] a').get_attribute("href")
    assert link == "/login?next=%2F%3Fsymbol%3DBTC-USD"


def test_synced_charts_are_counted(stand_with: Callable[..., Stand], page: Page) -> None:
    stand = stand_with(*[("BTC-USD", "width:300px;height:100px")] * 3)
    page.goto(stand.url)
    stand.wait_for("subscribe", 3)
    page.locator('[data-status="charts"]').get_by_text("3 charts").wait_for()
    page.evaluate("candlecast.crosshairs.enabled = false")
    page.locator('[data-status="charts"]').wait_for(state="hidden")
