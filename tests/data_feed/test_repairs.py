"""What is missed while a venue is away comes back over REST, and is told with a number."""

import asyncio
import json
import time
from dataclasses import replace
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest

from data_feed.connectors import WebSocketConnector
from data_feed.feed import Feed
from data_feed.history import CoinbaseHistory
from data_feed.policy import LoopPolicy
from data_feed.status import FeedMode, FeedState, Repair
from market.market import Market
from market.types import MINUTE, SECOND, Interval, Symbol
from tests.data_feed.frames import MATCH
from tests.data_feed.test_feed import FakeSource
from tests.data_feed.test_history_loader import answering
from tests.data_feed.test_socket_loop import until
from tests.data_feed.venue_server import hangs_up, sends, serving

BTC = Symbol("BTC-USD")
POLICY = LoopPolicy(slow_s=60.0, base_delay_s=0.01, longest_delay_s=0.02, repair_s=0.05)
NOW = time.time_ns()
START = NOW // MINUTE * MINUTE - 20 * MINUTE
"""The last minute before the outage, twenty minutes ago."""


def row(number: int, minute: int) -> dict[str, object]:
    """Trade ``number``, in minute ``minute`` after the start; its price is its number."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime((START + minute * MINUTE) // SECOND))
    return {
        "trade_id": number, "side": "sell", "size": "1", "price": str(number), "time": at,
        "product_id": BTC, "type": "match",
    }  # fmt: skip


AT_THE_START = 7
"""Questions of the first load: trades, a page of minutes, then each of five intervals."""

TRADES = [row(number, number) for number in range(1, 15)]
"""One trade a minute."""


def live(number: int) -> str:
    return json.dumps({**json.loads(MATCH), **TRADES[number - 1]})


def candles(target: str) -> list[list[float]]:
    """Candles of what was traded, as the venue answers: newest first, low before high."""
    seconds = int(parse_qs(urlsplit(target).query)["granularity"][0])
    rows: dict[int, list[float]] = {}
    for number in range(1, 15):
        at = (START + number * MINUTE) // SECOND // seconds * seconds
        known = rows.setdefault(at, [at, number, number, number, number, 0.0])
        known[1], known[2] = min(known[1], number), max(known[2], number)
        known[4], known[5] = number, known[5] + 1.0
    return [rows[at] for at in sorted(rows, reverse=True)]


class Rest:
    """What the venue's REST interface knows; it can be told to fail."""

    def __init__(self, newest: int = 14) -> None:
        self.newest = newest
        self.trades_known = True
        self.failures = 0
        self.asked_before = 0
        self.asked_after_outage = 0
        self.outage = False

    def __call__(self, target: str) -> tuple[int, object]:
        if target == "/products":  # asked beside the load, at no certain moment
            return 200, []
        if not self.outage:
            self.asked_before += 1
            return 200, []
        self.asked_after_outage += 1
        if self.failures:
            self.failures -= 1
            return 503, {"message": "maintenance"}
        if "/trades" in target:
            return 200, TRADES[: self.newest][::-1] if self.trades_known else []
        return 200, candles(target)


async def repaired(rest: Rest) -> tuple[Repair, Feed, Market]:
    """Trades 1 and 2, an outage, trade 14: what the feed has made of it."""

    async def goes_away(connection: object) -> None:
        await until(lambda: rest.asked_before >= AT_THE_START)
        rest.outage = True
        await hangs_up(connection)  # type: ignore[arg-type]

    market = Market([BTC], capacity=100)
    scripts = sends(live(1), live(2), then=goes_away), sends(live(14))
    async with serving(*scripts) as venue, answering(rest) as server:
        source = FakeSource(
            FeedMode.LIVE, "V", WebSocketConnector(venue.url), CoinbaseHistory(server.url), POLICY
        )
        feed = Feed([source], market, Random(1))
        feed.start()
        try:
            await until(lambda: len(market[BTC].builder.columns(Interval.M1)) == 14)
            await until(lambda: feed.status().repair is not None)
            repair, status = feed.status().repair, feed.status()
        finally:
            await asyncio.to_thread(feed.stop)
    assert status.state is FeedState.STREAMING
    assert repair is not None
    return repair, feed, market


@pytest.mark.parametrize("trades_known", [True, False])
async def test_candles_missed_during_an_outage_come_back(trades_known: bool) -> None:
    rest = Rest()
    rest.trades_known = trades_known
    repair, feed, market = await repaired(rest)
    assert (repair.candles, repair.reconnect, repair.symbols) == (11, True, (BTC,))
    assert repair.sentence == "11 missing candles were loaded after the reconnect."
    assert repair.time_ns >= NOW
    window = market[BTC].builder.columns(Interval.M1).snapshot()
    assert window.close.tolist() == [float(number) for number in range(1, 15)]
    assert window.volume.tolist()[2:13] == [1.0] * 11
    assert feed.symbol_status(BTC).counters.repairs == feed.status().counters.repairs >= 1


async def test_an_answer_that_failed_is_asked_for_again() -> None:
    rest = Rest()
    rest.failures = 3
    repair, feed, _ = await repaired(rest)
    assert repair.candles == 11
    assert feed.status().counters.history_failures == 3


async def test_nothing_missed_is_no_repair() -> None:
    market, rest = Market([BTC], capacity=100), Rest(newest=2)
    rest.outage = True

    def only_known(target: str) -> tuple[int, object]:
        return rest(target) if "/trades" in target else (200, [])

    scripts = sends(live(1), live(2), then=hangs_up), sends(live(2))
    async with serving(*scripts) as venue, answering(only_known) as server:
        source = FakeSource(
            FeedMode.LIVE, "V", WebSocketConnector(venue.url), CoinbaseHistory(server.url), POLICY
        )
        feed = Feed([source], market, Random(1))
        feed.start()
        await until(lambda: feed.status().counters.reconnects >= 1)
        await until(lambda: rest.asked_after_outage >= 2)
        repair = feed.status().repair
        await asyncio.to_thread(feed.stop)
    assert repair is None


def test_a_repair_is_a_sentence() -> None:
    repair = Repair(0, (BTC,), 0, 1234, False)
    assert repair.sentence == "1,234 missing trades were loaded after a gap."
    assert replace(repair, candles=1).sentence == "1 missing candle was loaded after a gap."
