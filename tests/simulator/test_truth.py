"""The truth against sums made the slow way from the trades that were told."""

import numpy as np

from data_feed.simulator.exchange import Match, SimulatedExchange
from data_feed.simulator.products import products_for
from data_feed.simulator.truth import Truth
from market.types import INTERVALS, MINUTE, SECOND, Interval

START = 1_700_000_040 * SECOND
OPENED = START - START % MINUTE


def exchange_with(minutes: int, *, remember: bool) -> tuple[SimulatedExchange, list[Match]]:
    exchange = SimulatedExchange(products_for(["BTC-USD"]), 7, START, remember=remember)
    return exchange, exchange.advance(START + minutes * MINUTE)


def test_all_trades_are_remembered_when_wanted() -> None:
    exchange, matches = exchange_with(40, remember=True)
    assert list(Truth(exchange).trades("BTC-USD")) == matches
    exchange, matches = exchange_with(40, remember=False)
    assert 1000 <= len(Truth(exchange).trades("BTC-USD")) < len(matches)


def test_candles_are_the_sums_of_the_trades() -> None:
    exchange, matches = exchange_with(9, remember=True)
    for interval in INTERVALS:
        by_start: dict[int, list[Match]] = {}
        for match in matches:
            by_start.setdefault(match.time_ns - match.time_ns % interval.nanoseconds, []).append(
                match
            )
        found = Truth(exchange).candles("BTC-USD", interval)
        for start, inside in by_start.items():
            if start < OPENED:
                continue  # this candle has a part that the history made
            at = int(np.searchsorted(found.time_ns, start))
            prices = [match.price / 10 for match in inside]
            assert found.time_ns[at] == start
            assert (found.open[at], found.close[at]) == (prices[0], prices[-1])
            assert (found.high[at], found.low[at]) == (max(prices), min(prices))
            assert found.volume[at] == sum(match.size for match in inside) / 10**8
            assert found.trades[at] == len(inside)
    assert len(Truth(exchange).candles("BTC-USD", Interval.S1)) > 400


def test_longer_candles_reach_back_before_the_opening() -> None:
    exchange, matches = exchange_with(9, remember=True)
    days = Truth(exchange).candles("BTC-USD", Interval.D1)
    assert len(days) > 50
    assert days.trades.sum() == len(matches)
    assert days.volume[-1] > sum(match.size for match in matches) / 10**8


def test_the_book_is_the_exchanges() -> None:
    exchange, _ = exchange_with(1, remember=False)
    bids, asks = Truth(exchange).book("BTC-USD")
    quotation = exchange.listings["BTC-USD"].quotation()
    assert bids[0] == (quotation.bid, quotation.bid_size)
    assert asks[0] == (quotation.ask, quotation.ask_size)
    assert len(bids) > 8
