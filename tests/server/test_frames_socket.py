"""The frames socket end to end: real uvicorn, a real WebSocket client, trades put in by hand."""

import asyncio
import json
from itertools import pairwise

import numpy as np
import pytest

from data_feed.status import FeedState
from server.frames_protocol import Kind
from tests.server.harness import BTC, ETH, MINUTE_NS, Running, until
from tests.server.tab import LAST_NS, draws, open_tab, pixels


async def test_keyframe_then_patch_give_the_picture_of_the_new_candles(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        keyframe = await tab.frame()
        [entry] = keyframe.entries
        assert entry.chart == 1
        assert entry.kind is Kind.KEYFRAME
        assert entry.source == entry.target == (0, 0, 400, 240)
        await tab.ack(keyframe)
        server.hand.trade(BTC, LAST_NS, 103.5)
        patch = await tab.frame()
        [strip] = patch.entries
        assert patch.sequence == keyframe.sequence + 1
        assert strip.kind is Kind.PATCH
        x, y, width, height = strip.target
        assert (x + width, y, height) == (400, 0, 240)
        shown = pixels(keyframe.picture).copy()
        strip_pixels = pixels(patch.picture)[:height, :width]
        before = shown[:, x:].copy()
        shown[:, x:] = strip_pixels
        assert (before != strip_pixels).any()
        # What an eager newcomer gets as a fresh keyframe with patch is the same picture.
        async with open_tab(server) as other:
            await other.subscribe(chart=7)
            again, fresh = await other.frame(), await other.frame()
            np.testing.assert_array_equal(pixels(again.picture), pixels(keyframe.picture))
            np.testing.assert_array_equal(pixels(fresh.picture), pixels(patch.picture))
            assert fresh.entries[0].chart == 7


async def test_meta_describes_the_newest_candle(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS, 103.25, 2.0)
        [meta] = json.loads((await tab.frame()).meta)
    assert meta["chart"] == 1
    assert meta["symbol"] == "BTC-USD"
    assert meta["interval"] == "1m"
    assert meta["venue"] == "Simulator"
    assert (meta["o"], meta["h"], meta["l"], meta["c"]) == (101.0, 104.0, 101.0, 103.25)
    assert meta["volume"] == 3.0
    assert meta["change"] == 0.25  # against the close before, 103.0
    assert meta["change_pct"] == pytest.approx(100 * 0.25 / 103.0)
    assert meta["direction"] == 1
    assert meta["decimals"] == 2
    assert meta["following"] is True
    assert meta["stale"] is False
    assert meta["bars"] == 20
    assert meta["first_index"] == 10
    assert meta["price_top"] > 106.0
    assert meta["price_bottom"] < 100.0
    x0, y0, x1, y1 = meta["plot"]
    assert 0 <= x0 < x1 <= 400
    assert y0 < meta["last_y"] < y1
    steps = [lower - upper for upper, lower in pairwise(meta["ticks"])]
    assert steps and 0 < max(steps) - 1 <= min(steps)  # evenly spread, from the highest down
    assert y0 <= meta["ticks"][0] and meta["ticks"][-1] < y1
    assert meta["alt"] == "BTC-USD 103.25, up 0.24 %"


async def test_at_most_two_patches_are_unacknowledged_and_the_latest_wins(
    server: Running,
) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.frame()
        server.hand.trade(BTC, LAST_NS, 101.25)
        first = await tab.frame()
        server.hand.trade(BTC, LAST_NS, 101.5)
        second = await tab.frame()
        for step in range(10):
            server.hand.trade(BTC, LAST_NS + step, 101.0 + step / 10)
            await asyncio.sleep(0.03)
        await tab.silence()
        await tab.ack(first)
        latest = await tab.frame()
        assert latest.sequence == second.sequence + 1
        [meta] = json.loads(latest.meta)
        assert meta["c"] == 101.9
        await tab.silence()


async def test_new_candle_brings_a_keyframe(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS + MINUTE_NS, 103.0)
        frame = await tab.frame()
        assert frame.entries[0].kind is Kind.KEYFRAME


async def test_late_trade_in_a_closed_candle_brings_a_keyframe(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS - 5 * MINUTE_NS, 104.5, 3.0)
        frame = await tab.frame()
        assert frame.entries[0].kind is Kind.KEYFRAME


async def test_nothing_is_sent_when_nothing_changed(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        drawn = draws(server, "keyframe") + draws(server, "patch")
        server.hand.quote(BTC, 101.0, 102.0)
        server.hand.trade(ETH, LAST_NS, 2000.0)
        await tab.silence()
        assert draws(server, "keyframe") + draws(server, "patch") == drawn


async def test_tabs_with_the_same_chart_share_every_draw(server: Running) -> None:
    async with open_tab(server) as one, open_tab(server) as two:
        for tab in (one, two):
            await tab.subscribe()
            await tab.ack(await tab.frame())
        assert draws(server, "keyframe") == 1
        await asyncio.sleep(0.3)  # no tab is held back for having just got a picture
        server.hand.trade(BTC, LAST_NS, 103.5)
        first, second = await one.frame(), await two.frame()
        assert first.picture == second.picture
        assert draws(server, "patch") == 1


async def test_patches_of_one_tick_travel_in_one_picture(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.subscribe(chart=2, interval="5m", bars=4, width=300, height=200)
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS, 102.5)
        frame = await tab.frame()
        assert {entry.chart for entry in frame.entries} == {1, 2}
        assert all(entry.kind is Kind.PATCH for entry in frame.entries)
        sources = [entry.source for entry in frame.entries]
        assert sources[0].x != sources[1].x or sources[0].y != sources[1].y
        height, width = pixels(frame.picture).shape[:2]
        for source in sources:
            assert source.x + source.width <= width
            assert source.y + source.height <= height
        assert [meta["chart"] for meta in json.loads(frame.meta)] == [
            entry.chart for entry in frame.entries
        ]


async def test_charts_of_two_themes_come_in_two_pictures(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.subscribe(chart=2, theme="light")
        await tab.ack(await tab.frame())
        server.hand.trade(BTC, LAST_NS, 102.5)
        pictures = [await tab.frame(), await tab.frame()]
        assert sorted(frame.entries[0].chart for frame in pictures) == [1, 2]


async def test_zoom_brings_a_keyframe_with_the_new_bars(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.say(type="viewport", chart=1, bars=10, end=25)
        frame = await tab.frame()
        [meta] = json.loads(frame.meta)
        assert frame.entries[0].kind is Kind.KEYFRAME
        assert (meta["bars"], meta["first_index"], meta["following"]) == (10, 15, False)
        await tab.ack(frame)
        server.hand.trade(BTC, LAST_NS, 103.5)  # not in sight
        await tab.silence()


async def test_unsubscribed_chart_gets_nothing_more(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.say(type="unsubscribe", chart=1)
        await until(lambda: not server.services.viewers.watching, "nobody to watch")
        server.hand.trade(BTC, LAST_NS, 103.5)
        await tab.silence()


async def test_hidden_tab_gets_nothing_and_a_keyframe_when_shown_again(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        await tab.ack(await tab.frame())
        await tab.say(type="visibility", visible=False)
        await until(lambda: not server.services.viewers.watching, "nobody to watch")
        drawn = draws(server, "patch")
        server.hand.trade(BTC, LAST_NS, 103.5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):  # longer than the second between two statuses
                await tab.connection.recv()
        assert draws(server, "patch") == drawn
        await tab.say(type="visibility", visible=True)
        frame = await tab.frame()
        assert frame.entries[0].kind is Kind.KEYFRAME


async def test_status_arrives_at_once_and_then_every_second(server: Running) -> None:
    async with open_tab(server) as tab:
        first = await tab.text("status", 0.9)
        assert first["label"] == "SIMULATED"
        assert first["renderer"] == "cpu"
        server.feed.becomes(FeedState.LOST)
        assert (await tab.text("status", 2.5))["label"] == "LOST"


async def test_lost_feed_greys_the_picture(server: Running) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe()
        live = await tab.frame()
        await tab.ack(live)
        server.feed.becomes(FeedState.LOST)
        grey = await tab.frame()
        assert grey.entries[0].kind is Kind.KEYFRAME
        [meta] = json.loads(grey.meta)
        assert meta["stale"] is True
        assert (pixels(grey.picture) != pixels(live.picture)).any()


async def test_chart_without_candles_says_so_and_starts_with_the_first_trade(
    server: Running,
) -> None:
    async with open_tab(server) as tab:
        await tab.subscribe(symbol="ETH-USD")
        state = await tab.text("state")
        assert state["chart"] == 1
        assert state["state"] == "empty"
        assert state["detail"] == (
            "Subscribed 0 s ago. The first candle appears with the first trade."
        )
        server.hand.trade(ETH, LAST_NS, 2000.0)
        frame = await tab.frame()
        assert frame.entries[0].kind is Kind.KEYFRAME
