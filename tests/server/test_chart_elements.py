"""``/api/chart.webp`` with every element: each parameter changes the picture, or says why not."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from indicators.parts import F64
from indicators.registry import INDICATORS
from market.columns import CandleWindow
from market.types import Side
from server.services import Services
from server.studies import ChosenIndicator
from server.study_series import batch
from server.views import ChartQuery, ElementsQuery
from tests.server.harness import BTC, MINUTE_NS, START_NS, Running, make_services, run_server
from trading.paper.commands import Place

START_MS = START_NS // 1_000_000 // 60_000 * 60_000
SIZE = {"symbol": BTC, "width": "400", "height": "300", "bars": "20"}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with run_server() as running:
        running.hand.minutes(BTC, 60)
        yield running


@pytest.fixture(scope="module")
def web(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=300) as client:
        yield client


def fetch(web: httpx.Client, **query: Any) -> bytes:
    response = web.get("/api/chart.webp", params={**SIZE, **query})
    assert response.status_code == 200, response.text
    return response.content


def pixels(webp: bytes) -> Any:
    return np.asarray(Image.open(BytesIO(webp)).convert("RGB"))


@pytest.mark.parametrize(
    "query",
    [
        {"style": "hollow"},
        {"style": "bars"},
        {"style": "heikin-ashi"},
        {"style": "line"},
        {"style": "area"},
        {"axis": "percent"},
        {"zone": "Asia/Kolkata"},
        {"volume": "false"},
        {"indicators": "sma:5"},
        {"indicators": "bollinger:5:1,rsi:5"},
        {"lines": "102"},
        {"lines": f"{START_MS + 2_400_000}@101~{START_MS + 3_000_000}@104/b/right"},
        {"quote": "true"},
        {"countdown": "true"},
        {"end": str(START_MS + 40 * 60_000)},
    ],
    ids=str,
)
def test_every_parameter_changes_the_picture(web: httpx.Client, query: dict[str, str]) -> None:
    plain, changed = pixels(fetch(web)), pixels(fetch(web, **query))
    assert changed.shape == plain.shape == (300, 400, 3)
    assert (changed != plain).any()


def test_a_logarithmic_axis_is_drawn(web: httpx.Client) -> None:
    assert pixels(fetch(web, axis="log")).shape == (300, 400, 3)


def test_trades_of_the_paper_account_are_marked(server: Running, web: httpx.Client) -> None:
    before = fetch(web, trades="true")
    paper = server.services.paper
    placed = Place(symbol=BTC, side=Side.BUY, size=1.0)
    assert paper.submit(paper.main(), placed).result(60).refusal is None
    assert fetch(web, trades="true") != before
    assert fetch(web) == fetch(web, trades="false")


def test_lists_may_be_repeated(web: httpx.Client) -> None:
    joined = fetch(web, indicators="sma:5,ema:9", lines="101,102")
    assert fetch(web, indicators=["sma:5", "ema:9"], lines=["101", "102"]) == joined


@pytest.mark.parametrize("key", INDICATORS)
def test_every_indicator_is_drawn(web: httpx.Client, key: str) -> None:
    plain = pixels(fetch(web, width="640", height="400"))
    assert (pixels(fetch(web, indicators=key, width="640", height="400")) != plain).any()


def test_an_indicator_warms_up_before_the_picture(web: httpx.Client) -> None:
    """SMA 30 of 20 bars: known in all of them, as 60 candles are held."""
    cyan = pixels(fetch(web, indicators="sma:30", theme="dark"))[:, :300]
    columns = (cyan == [0x56, 0xC7, 0xDA]).all(axis=2).any(axis=0)
    assert columns[:290].all()


def test_end_is_a_time_of_the_last_candle(web: httpx.Client) -> None:
    minute = START_MS + 40 * 60_000
    shown = fetch(web, end=str(minute))
    assert fetch(web, end=str(minute + 59_999)) == shown
    assert fetch(web, end=str(minute + 60_000)) != shown
    iso = np.datetime_as_string(np.datetime64(minute, "ms"), "s")
    assert fetch(web, end=f"{iso}Z") == fetch(web, end=f"{iso}+00:00") == shown


def test_end_beyond_the_newest_candle_is_the_newest(web: httpx.Client) -> None:
    assert fetch(web, end="2261-01-01", countdown="true", quote="true") == fetch(
        web, countdown="true", quote="true"
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"style": "pie"}, "style was 'pie'; allowed are candles, hollow, bars, heikin-ashi, line"),
        ({"axis": "x"}, "axis was 'x'; allowed are linear, log, percent"),
        ({"zone": "Mars/Base"}, "zone was 'Mars/Base'; allowed is an IANA name"),
        ({"zone": "x" * 65}, "zone was '" + "x" * 40 + "'; string should have at most 64"),
        ({"volume": "maybe"}, "volume was 'maybe'; allowed are true and false"),
        ({"quote": "2"}, "quote was '2'; allowed are true and false"),
        ({"countdown": ""}, "countdown was ''; allowed are true and false"),
        ({"trades": "x"}, "trades was 'x'; allowed are true and false"),
        ({"indicators": "foo"}, "indicator was 'foo'; allowed are accumulation, adx"),
        ({"indicators": "sma:0"}, "period was 0; allowed is a whole number from 1 to 5,000"),
        ({"indicators": "macd:26:12"}, "fast was 26 and slow 12; fast must be below slow"),
        ({"indicators": "sma:1" * 300}, "indicators had 1,500 characters; allowed are 1,000"),
        ({"lines": "high"}, "line was 'high'; allowed are PRICE and TIME@PRICE~TIME@PRICE"),
        ({"end": "soon"}, "end was 'soon'; allowed is a time from 1970 to 2261"),
        ({"end": "0"}, "end was '0'; the oldest candle held starts at 2023-11-14T22:13:00Z"),
        ({"end": "0", "symbol": "ETH-USD"}, "end was '0'; none is held"),
        ({"indicator": "sma"}, "indicator is no parameter of a chart; allowed are axis, bars"),
    ],
)
def test_bad_parameter_is_422_with_a_sentence(
    web: httpx.Client, query: dict[str, str], sentence: str
) -> None:
    response = web.get("/api/chart.webp", params={**SIZE, **query})
    assert response.status_code == 422
    assert response.json()["error"].startswith(sentence)


def test_indicators_are_listed_with_all_that_a_form_needs(web: httpx.Client) -> None:
    listed = {each["key"]: each for each in web.get("/api/indicators").json()}
    assert list(listed) == list(INDICATORS)
    bollinger = listed["bollinger"]
    assert bollinger["example"] == "bollinger:20:2"
    assert bollinger["parameters"][1] == {
        "name": "width",
        "label": INDICATORS["bollinger"].parameters[1].label,
        "default": 2.0,
        "low": 0.1,
        "high": 20.0,
        "step": 0.1,
        "whole": False,
    }
    assert [out["style"] for out in bollinger["outputs"]] == ["band", "line", "band"]
    assert (bollinger["overlay"], bollinger["warm_up"]) == (True, 19)
    assert listed["rsi"]["levels"] == [30.0, 50.0, 70.0]
    assert (listed["rsi"]["low"], listed["rsi"]["high"]) == (0.0, 100.0)
    assert listed["macd"]["rules"] == ["fast must be below slow"]
    assert [out["ahead"] for out in listed["ichimoku"]["outputs"]] == [0, 0, 25, 25, -25]


@pytest.mark.parametrize("key", INDICATORS)
def test_listed_example_is_taken_by_the_picture(web: httpx.Client, key: str) -> None:
    listed = {each["key"]: each for each in web.get("/api/indicators").json()}
    fetch(web, indicators=listed[key]["example"])


def test_reference_shows_examples_and_what_is_required(web: httpx.Client) -> None:
    page = web.get("/api/docs").text
    assert "sma:20,bollinger:20:2,macd(slow=30),rsi" in page
    assert "<code>symbol</code></td><td>string</td><td></td><td>required</td>" in page
    assert "<code>end</code></td><td>string</td><td></td><td>null</td>" in page
    assert "<code>indicators</code></td><td>array</td><td></td><td>[]</td>" in page


# --- the cache --------------------------------------------------------------------------------


async def drawn(services: Services, **elements: Any) -> tuple[bytes, int]:
    """The picture, and how many have been drawn so far."""
    query = ChartQuery("BTC-USD", width=400, height=300, elements=ElementsQuery(**elements))
    picture = await services.picture(query)
    return picture, len(DRAWN)


DRAWN: list[object] = []


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    services, _, _ = make_services()
    real = services.drawing.picture

    async def picture(*given: Any) -> bytes:
        DRAWN.append(given)
        return await real(*given)

    monkeypatch.setattr(services.drawing, "picture", picture)
    DRAWN.clear()
    yield services
    services.close()


async def test_each_set_of_elements_is_drawn_once(counted: Services) -> None:
    sets: list[dict[str, Any]] = [
        {},
        {"style": "line"},
        {"indicators": ("bollinger:20:2",)},
        {"indicators": ("bollinger:20:2.0000001",)},
        {"lines": ("100",)},
        {"quote": True},
    ]
    for count, elements in enumerate(sets, 1):
        assert (await drawn(counted, **elements))[1] == count
    for elements in sets:
        assert (await drawn(counted, **elements))[1] == len(sets)


async def test_countdown_is_drawn_once_a_second(
    counted: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [START_NS + 29 * MINUTE_NS + 100_000_000]
    monkeypatch.setattr(counted.pictures._facts, "_clock", lambda: clock[0])
    first, count = await drawn(counted, countdown=True)
    clock[0] += 800_000_000
    assert await drawn(counted, countdown=True) == (first, count)
    clock[0] += 200_000_000
    later, more = await drawn(counted, countdown=True)
    assert (later != first, more) == (True, count + 1)


async def test_values_are_computed_once_per_state_of_the_ring(
    counted: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counting(chosen: ChosenIndicator, candles: CandleWindow) -> F64:
        asked.append(chosen.key)
        return batch(chosen, candles)

    monkeypatch.setattr("server.pictures.batch", counting)
    await drawn(counted, indicators=("sma:5",))
    await drawn(counted, indicators=("sma:5", "ema:5"))
    await drawn(counted, indicators=("sma:5",), style="line")
    assert asked == ["sma", "ema"]
