"""``/api/sparklines`` and its picture: what is shown, limits, cache, 304."""

from collections.abc import Iterator
from io import BytesIO

import httpx
import numpy as np
import pytest
from PIL import Image

from chart_acceleration.palette import Role, theme
from data_feed.status import FeedState
from market.columns import CandleWindow
from market.market import Market
from market.types import HOUR, Interval, Symbol
from server.sparklines import POINTS, line, resampled
from server.watch_views import SparklineQuery
from tests.server.harness import BTC, START_NS, Running, make_services, run_server

DAY_NS = 24 * HOUR


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with run_server() as running:
        yield running


@pytest.fixture(scope="module")
def web(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def colours(picture: bytes) -> tuple[tuple[int, int], set[tuple[int, ...]]]:
    with Image.open(BytesIO(picture)) as image:
        assert image.format == "WEBP"
        pixels = np.asarray(image.convert("RGB"))
        return image.size, {tuple(each) for each in pixels.reshape(-1, 3).tolist()}


def test_one_picture_of_all_symbols(web: httpx.Client) -> None:
    response = web.get("/api/sparklines.webp", params={"cell_width": 40, "cell_height": 20})
    assert response.headers["content-type"] == "image/webp"
    size, found = colours(response.content)
    assert size == (40, 40)
    assert tuple(theme("dark").palette[Role.UP].tolist()) in found


def test_facts_say_what_and_where(web: httpx.Client) -> None:
    btc, eth = web.get("/api/sparklines", params={"cell_width": 40, "cell_height": 20}).json()
    assert [btc[name] for name in ("symbol", "x", "y", "width", "height", "direction")] == [
        "BTC-USD", 0, 0, 40, 20, 1,
    ]  # fmt: skip
    assert (btc["step_ms"], len(btc["closes"]), btc["closes"][-1]) == (30_000, POINTS, 104.0)
    assert (eth["symbol"], eth["y"], eth["direction"], eth["end_ms"]) == ("ETH-USD", 20, 0, None)
    assert set(eth["closes"]) == {None}


def test_symbols_in_the_order_asked_for(web: httpx.Client) -> None:
    for symbols in ("ETH-USD,BTC-USD", ["ETH-USD", "BTC-USD", "ETH-USD"]):
        facts = web.get("/api/sparklines", params={"symbols": symbols}).json()
        assert [each["symbol"] for each in facts] == ["ETH-USD", "BTC-USD"]
    picture = web.get("/api/sparklines.webp", params={"symbols": "BTC-USD", "scale": "2"})
    assert colours(picture.content)[0] == (48, 18)


def test_nothing_is_sent_when_equal(server: Running, web: httpx.Client) -> None:
    query = {"cell_width": 33}
    first = web.get("/api/sparklines.webp", params=query)
    headers = {"If-None-Match": first.headers["etag"]}
    again = web.get("/api/sparklines.webp", params=query, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    server.feed.becomes(FeedState.LOST)
    try:
        greyed = web.get("/api/sparklines.webp", params=query, headers=headers)
    finally:
        server.feed.becomes(FeedState.STREAMING)
    assert greyed.status_code == 200
    assert tuple(theme("dark").stale[Role.UP].tolist()) in colours(greyed.content)[1]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"symbols": "NO-WAY"}, "symbol was 'NO-WAY'; available are BTC-USD, ETH-USD"),
        ({"symbols": "BTC-USD," * 513}, "symbols were 513; allowed are at most 512"),
        ({"theme": "pink"}, "theme was 'pink'; allowed are dark, light, dark-cb, light-cb"),
        ({"cell_width": "15"}, "cell_width was 15; allowed are whole numbers 16 to 256"),
        ({"cell_width": "x"}, "cell_width was x; allowed are whole numbers 16 to 256"),
        ({"cell_height": "97"}, "cell_height was 97; allowed are whole numbers 8 to 96"),
        ({"scale": "nan"}, "scale was nan; allowed are 1 to 4"),
        (
            {"width": "40"},
            "width is no parameter of sparklines; allowed are cell_height, cell_width, scale, "
            "symbols, theme",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/api/sparklines", "/api/sparklines.webp"])
def test_refusals(web: httpx.Client, path: str, query: dict[str, str], sentence: str) -> None:
    response = web.get(path, params=query)
    assert (response.status_code, response.json()) == (422, {"error": sentence})


def test_description_names_limits_and_answers(web: httpx.Client) -> None:
    document = web.get("/api/openapi.json").json()
    asked = document["paths"]["/api/sparklines.webp"]["get"]
    limits = {each["name"]: each["schema"] for each in asked["parameters"]}
    assert (limits["cell_width"]["minimum"], limits["cell_width"]["maximum"]) == (16, 256)
    assert set(asked["responses"]) == {"200", "401", "422", "500", "503"}


async def test_equal_lines_are_drawn_once() -> None:
    services, _, hand = make_services()
    drawn = []
    draw = services.drawing.sparklines

    async def counted(*given: object) -> bytes:
        drawn.append(given)
        return await draw(*given)  # type: ignore[arg-type]

    services.drawing.sparklines = counted  # type: ignore[method-assign, assignment]
    query = SparklineQuery(theme="light")
    first = await services.sparklines.picture(query)
    assert await services.sparklines.picture(query) == first
    assert len(drawn) == 1
    hand.trade(BTC, START_NS + 30 * 60_000_000_000, 90.0)
    assert await services.sparklines.picture(query) != first
    assert len(drawn) == 2
    services.close()


def day(step: int, count: int) -> CandleWindow:
    times = START_NS // DAY_NS * DAY_NS + np.arange(count) * step
    prices = 100.0 + np.arange(count)
    return CandleWindow.from_arrays(times, prices, prices + 1, prices - 1, prices, prices)


@pytest.mark.parametrize(
    ("interval", "count", "step"),
    [
        (Interval.M15, 200, Interval.M15.nanoseconds),
        (Interval.M15, 49, Interval.M15.nanoseconds),  # half of the line
        (Interval.M1, 5000, Interval.M15.nanoseconds),
        (Interval.M1, 250, Interval.M5.nanoseconds),
        (Interval.M1, 100, Interval.M1.nanoseconds),
    ],
)
def test_steps_are_as_long_as_what_is_held_allows(
    interval: Interval, count: int, step: int
) -> None:
    market = Market([BTC], capacity=5000)
    for each in (Interval.M1, Interval.M5, Interval.M15):
        if each.nanoseconds >= interval.nanoseconds:
            every = each.nanoseconds // interval.nanoseconds
            held = day(each.nanoseconds, -(-count // every))
            market[BTC].builder.load_history(each, held)
    found = line(market, BTC)
    assert found.step_ns == 2 * step
    assert np.isfinite(found.closes).sum() >= POINTS // 2
    assert (np.diff(found.closes[np.isfinite(found.closes)]) > 0).all()


def test_the_close_before_stays_where_nothing_was_traded() -> None:
    window = day(HOUR, 4)
    closes = resampled(window, HOUR // 2)
    known = closes[np.isfinite(closes)]
    assert known.tolist() == [100.0, 100.0, 101.0, 101.0, 102.0, 102.0, 103.0]
    assert len(closes) == POINTS and closes[-1] == 103.0


def test_direction_is_that_of_the_change_as_written() -> None:
    for last, direction in ((100.004, 0), (100.01, 1), (99.0, -1)):
        market = Market([Symbol("A-B")], capacity=500)
        prices = np.array([100.0, 101.0, last])
        times = START_NS + np.arange(3) * 60_000_000_000
        window = CandleWindow.from_arrays(times, prices, prices, prices, prices, prices)
        market["A-B"].builder.load_history(Interval.M1, window)
        found = line(market, "A-B")
        assert found.direction == direction
        assert found.closes[np.isfinite(found.closes)].tolist() == [
            100.0,
            last,
        ]  # every second minute
