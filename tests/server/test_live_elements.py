"""Live charts with elements: studies, quotes, countdowns, over the socket and in the live loop."""

import json
import struct
from collections.abc import Iterator
from itertools import count
from time import monotonic_ns
from typing import Any

import numpy as np
import pytest

from market.types import Interval, Side
from server.frames_client import FramesClient
from server.frames_protocol import FrameMessage, Kind, Subscribe
from server.live_view import LiveView
from server.services import Services
from server.study_series import batch
from tests.conftest import ROOT
from tests.server.harness import BTC, MINUTE_NS, START_NS, HandMarket, Running, make_services
from tests.server.tab import LAST_NS, open_tab, pixels
from trading.paper.commands import Place

STUDIES = ["sma:3", "rsi:5"]
LATER = count(monotonic_ns() + 10**10, 10**10)


def meta(frame: FrameMessage) -> dict[str, Any]:
    [described] = json.loads(frame.meta)
    return dict(described)


async def test_meta_has_titles_values_colours_and_places(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(indicators=[*STUDIES, "bollinger:5:1"], height=400)
        told = meta(await tab.frame())
    sma, rsi, bollinger = told["studies"]
    closes = server.services.candles(BTC, "1m", 30).close
    assert (sma["title"], sma["pane"], sma["left_out"]) == ("SMA 3", None, False)
    mean = float(closes[-3:].mean())
    assert sma["curves"] == [
        {"label": "SMA", "role": "LINE_A", "value": pytest.approx(mean), "text": f"{mean:.2f}"}
    ]
    assert rsi["pane"]["plot"][3] <= 400 - 24
    assert rsi["pane"]["plot"][1] > told["plot"][3]
    assert rsi["pane"]["top"] > 100.0
    assert [curve["role"] for curve in bollinger["curves"]] == ["LINE_B"] * 3
    assert (told["axis"], told["percent_base"]) == ("linear", None)


async def test_documented_meta_has_the_fields_that_are_sent(server: Running) -> None:
    page = (ROOT / "docs" / "frames_protocol.md").read_text()
    documented = json.loads(page.split("```json\n")[1].split("```")[0])
    async with open_tab(server) as tab:
        await tab.subscribe(indicators=STUDIES, height=400)
        told = meta(await tab.frame())
    assert documented.keys() == told.keys()
    for shown, sent in zip(documented["studies"], told["studies"], strict=True):
        assert shown.keys() == sent.keys()
        assert shown["curves"][0].keys() == sent["curves"][0].keys()
        assert (shown["pane"] or {}).keys() == (sent["pane"] or {}).keys()


async def test_meta_of_a_percent_axis_has_its_base(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(axis="percent", bars=5)
        told = meta(await tab.frame())
    assert told["percent_base"] == server.services.candles(BTC, "1m", 5).close[0]


async def test_study_without_room_is_left_out(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(indicators=["rsi", "macd", "obv"], height=120)
        told = meta(await tab.frame())
    assert any(study["left_out"] for study in told["studies"])
    assert all(study["pane"] is None for study in told["studies"] if study["left_out"])


async def test_patch_has_the_newest_values(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(indicators=STUDIES, height=300)
        keyframe = await tab.frame()
        await tab.ack(keyframe)
        server.hand.trade(BTC, LAST_NS, 103.5)
        patch = await tab.frame()
        [strip] = patch.entries
        assert strip.kind is Kind.PATCH
        assert (
            meta(patch)["studies"][0]["curves"][0]["value"]
            != (meta(keyframe)["studies"][0]["curves"][0]["value"])
        )
        x, _, width, height = strip.target
        shown = pixels(keyframe.picture).copy()
        shown[:height, x : x + width] = pixels(patch.picture)[:height, :width]
    assert (shown != pixels(keyframe.picture)).any()


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"style": "pie"}, "style was 'pie'; allowed are candles"),
        ({"axis": "x"}, "axis was 'x'; allowed are linear, log, percent"),
        ({"zone": "Mars/Base"}, "zone was 'Mars/Base'"),
        ({"indicators": ["foo"]}, "indicator was 'foo'; allowed are"),
        ({"indicators": ["sma:0"]}, "period was 0; allowed is a whole number from 1 to 5,000"),
        ({"lines": ["x"]}, "line was 'x'; allowed are PRICE"),
    ],
)
async def test_elements_that_cannot_be_leave_the_socket_open(
    server: Running, changes: dict[str, Any], detail: str
) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(**changes)
        state = await tab.text("state")
        assert (state["chart"], state["state"]) == (1, "error")
        assert state["detail"].startswith(detail)
        await tab.subscribe()
        assert (await tab.frame()).entries[0].kind is Kind.KEYFRAME


@pytest.mark.parametrize("changes", [{"volume": "no"}, {"indicators": "sma"}, {"countdown": 1}])
async def test_fields_of_another_type_break_the_protocol(
    server: Running, changes: dict[str, Any]
) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(**changes)
        assert "message was refused" in (await tab.text("error"))["reason"]


async def test_zoom_keeps_the_elements(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(indicators=STUDIES)
        await tab.ack(await tab.frame())
        await tab.say(type="viewport", chart=1, bars=10, end=None)
        told = meta(await tab.frame())
    assert (told["bars"], [study["title"] for study in told["studies"]]) == (10, ["SMA 3", "RSI 5"])


# --- the live loop, without a socket ------------------------------------------------------------


@pytest.fixture
def made() -> Iterator[tuple[Services, HandMarket]]:
    services, _, hand = make_services()
    yield services, hand
    services.close()


async def tick(services: Services, client: FramesClient) -> list[str]:
    """Kinds of the pictures of one more tick, a while after the last, all acknowledged."""
    await services.live.tick(next(LATER))
    kinds = [kind for _, _, kind in client._pictures]
    for sequence in list(client._in_flight):
        client.acknowledge(sequence, monotonic_ns())
    client._pictures.clear()
    return kinds


def watch(services: Services, **elements: Any) -> tuple[FramesClient, LiveView]:
    fields = {"width": 400, "height": 300, "bars": 20, **elements}
    client = FramesClient()
    services.viewers.attach(client)
    services.viewers.watch(client, 1, services.request_of(Subscribe(1, "BTC-USD", "1m", **fields)))
    return client, client.watches[1].view


async def test_live_values_are_those_of_the_whole_ring(made: tuple[Services, HandMarket]) -> None:
    services, hand = made
    client, view = watch(services, indicators=("ema:5", "macd:2:5:3"))
    ring = hand.market[BTC].builder.columns(Interval.M1)
    late = START_NS + 20 * MINUTE_NS + 5_000_000_000
    for time_ns, price in (
        (LAST_NS, 101.0),
        (LAST_NS + MINUTE_NS, 105.0),
        (late, 99.0),  # corrects an older candle
        (LAST_NS + 3 * MINUTE_NS, 104.0),
    ):
        hand.trade(BTC, time_ns, price)
        assert await tick(services, client)
        whole = ring.snapshot()
        assert view.data is not None
        for chosen, values in zip(view.request.indicators, view.data.values, strict=True):
            wanted = batch(chosen, whole)[:, -values.shape[1] :]
            assert np.array_equal(values, wanted, equal_nan=True)


async def test_views_share_their_indicators(made: tuple[Services, HandMarket]) -> None:
    services, _ = made
    client, _ = watch(services, indicators=("ema:5",))
    other, _ = watch(services, indicators=("ema:5", "rsi:5"), width=500)
    await tick(services, client)
    (ring,) = services.live._candles._studies.values()
    assert {each.key for each in ring._series} == {"ema", "rsi"}
    services.viewers.detach(other)
    await tick(services, client)
    (ring,) = services.live._candles._studies.values()
    assert {each.key for each in ring._series} == {"ema"}
    services.viewers.detach(client)


async def test_countdown_makes_a_patch_a_second(
    made: tuple[Services, HandMarket], monkeypatch: pytest.MonkeyPatch
) -> None:
    services, _ = made
    clock = [START_NS // MINUTE_NS * MINUTE_NS + 29 * MINUTE_NS + 5_000_000_000]
    monkeypatch.setattr(services.live._facts, "_clock", lambda: clock[0])
    client, _ = watch(services, countdown=True)
    assert await tick(services, client) == ["keyframe"]
    made_kinds = []
    for _ in range(40):  # two seconds in steps of 50 ms
        clock[0] += 50_000_000
        made_kinds += await tick(services, client)
    assert made_kinds == ["patch", "patch"]
    assert client.watches[1].caused_ns == 0  # no trade caused them


async def test_without_a_countdown_time_changes_nothing(
    made: tuple[Services, HandMarket], monkeypatch: pytest.MonkeyPatch
) -> None:
    services, _ = made
    clock = [START_NS]
    monkeypatch.setattr(services.live._facts, "_clock", lambda: clock[0])
    client, _ = watch(services)
    assert await tick(services, client) == ["keyframe"]
    clock[0] += 10**10
    assert await tick(services, client) == []


async def test_quotes_move_their_lines(made: tuple[Services, HandMarket]) -> None:
    services, hand = made
    client, view = watch(services, quote=True)
    assert await tick(services, client) == ["keyframe"]
    assert await tick(services, client) == []
    hand.quote(BTC, 101.75, 102.25)
    assert len(await tick(services, client)) == 1
    assert view.data is not None and (view.data.bid, view.data.ask) == (101.75, 102.25)


async def test_a_fill_is_marked_with_a_new_keyframe(made: tuple[Services, HandMarket]) -> None:
    services, _ = made
    client, view = watch(services, trades=True)
    other, _ = watch(services)
    assert await tick(services, client) == ["keyframe"]
    await tick(services, other)
    services.paper.start()
    place = Place(symbol="BTC-USD", side=Side.BUY, size=1.0)
    await services.paper.do(services.paper.main(), place)
    await services.live.tick(next(LATER))
    assert [kind for _, _, kind in client._pictures] == ["keyframe"]
    assert [kind for _, _, kind in other._pictures] == []
    assert view.data is not None and len(view.data.markers) == 1


async def test_smoothed_candles_are_given_those_before_them(
    made: tuple[Services, HandMarket],
) -> None:
    services, _ = made
    client, smoothed = watch(services, style="heikin-ashi", bars=5, indicators=("sma:2",))
    other, plain = watch(services, bars=5)
    await tick(services, client)
    await tick(services, other)
    assert smoothed.data is not None and plain.data is not None
    assert (len(smoothed.data), len(plain.data)) == (30, 6)
    assert smoothed.data.values[0].shape == (1, 30)


async def test_a_wide_palette_is_a_look_of_its_own(made: tuple[Services, HandMarket]) -> None:
    services, _ = made
    _, narrow = watch(services, indicators=("sma:2", "sma:3", "sma:4"))
    _, wide = watch(services, indicators=("sma:2", "sma:3", "sma:4", "sma:5"))
    assert narrow.look != wide.look


async def test_fixed_price_range_is_drawn_and_kept_until_it_is_given_up(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        fitted = meta(await tab.frame())
        await tab.say(type="viewport", chart=1, bars=20, price_range=[90, 120])
        fixed = meta(await tab.frame())
        assert (fixed["price_range"], fixed["price_bottom"]) == ([90.0, 120.0], 90.0)
        assert fixed["price_top"] == pytest.approx(120.0)
        await tab.say(type="ack", sequence=2)
        await tab.say(type="viewport", chart=1, bars=20)
        again = meta(await tab.frame())
    assert again["price_top"] == fitted["price_top"]


async def test_price_range_that_cannot_be_leaves_the_socket_open(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(axis="log")
        await tab.frame()
        await tab.say(type="viewport", chart=1, bars=20, price_range=[-1, 120])
        state = await tab.text("state")
        assert state["detail"].startswith("price_range was (-1.0, 120.0)")
        await tab.subscribe()
        assert (await tab.frame()).entries[0].kind is Kind.KEYFRAME


async def test_keyframes_bring_their_rows(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(indicators=STUDIES, bars=10)
        keyframe = await tab.frame()
        told = meta(keyframe)
    count, width, first = struct.unpack_from("<IId", keyframe.entries[0].rows)
    assert (count, width, first) == (11, 7, told["first_index"] - 1)
    assert told["held"] == [0, 30]
    closes = server.services.candles(BTC, "1m", 11).close
    at = 24 + 8 * 7 + 4 * 11 + 4 * 11 * 3
    middle = struct.unpack_from("<d", keyframe.entries[0].rows, 24 + 8 * 3)[0]
    found = np.frombuffer(keyframe.entries[0].rows, "<f4", 11, at) + middle
    np.testing.assert_array_equal(found, closes)


def test_a_view_that_was_not_looked_at_yet_is_not_called_empty(
    made: tuple[Services, HandMarket],
) -> None:
    services, _ = made
    client = FramesClient()
    services.viewers.attach(client)
    subscribe = Subscribe(1, BTC, "1m", 300, 200)
    services.viewers.watch(client, 1, services.request_of(subscribe))
    services.viewers.tell(monotonic_ns())
    assert not [key for key in client._texts if key.startswith("state")]
