"""What has really happened on a simulated exchange, whatever its clients were told.

Everything here is made anew from the exchange's own integers, by means of its own, so that it can
judge what a client has made of the frames. Candles shorter than a minute, and the counts of trades,
reach back to the exchange's opening and need one that remembers; other candles reach back further.
"""

from collections.abc import Iterable

import numpy as np

from data_feed.simulator.candle_archive import (
    CLOSE,
    HIGH,
    I64,
    LOW,
    MINUTE_S,
    OPEN,
    TIME,
    VOLUME,
    aggregate,
)
from data_feed.simulator.exchange import Match, SimulatedExchange
from market.columns import CandleWindow
from market.order_book import Levels
from market.types import SECOND, Interval


class Truth:
    """Reads ``exchange``, which goes on trading in between."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self._listings = exchange.listings

    def trades(self, symbol: str) -> tuple[Match, ...]:
        """All trades since the opening, oldest first."""
        return tuple(self._listings[symbol].tape)

    def candles(self, symbol: str, interval: Interval) -> CandleWindow:
        """All candles known, oldest first; ``trades`` is 0 before the opening."""
        listing = self._listings[symbol]
        tape = listing.tape
        counts = dict[int, int]()
        for match in tape:
            bucket = match.time_ns // SECOND // interval.seconds
            counts[bucket] = counts.get(bucket, 0) + 1
        if interval.seconds < MINUTE_S:
            rows = aggregate(_rows(tape), interval.seconds)
        else:
            rows = listing.candles.rows(interval.seconds, 0, 2**40, 2**40)[::-1]
        tick, lot = 10**listing.product.price_decimals, 10**listing.product.size_decimals
        traded = [counts.get(time // interval.seconds, 0) for time in rows[:, TIME].tolist()]
        return CandleWindow.from_arrays(
            rows[:, TIME] * SECOND,
            rows[:, OPEN] / tick,
            rows[:, HIGH] / tick,
            rows[:, LOW] / tick,
            rows[:, CLOSE] / tick,
            rows[:, VOLUME] / lot,
            np.array(traded, np.int32),
        )

    def book(self, symbol: str) -> tuple[Levels, Levels]:
        """Bids and asks now, best first, in ticks and lots."""
        book = self._listings[symbol].book
        return book.bids.levels(), book.asks.levels()


def _rows(tape: Iterable[Match]) -> I64:
    """Trades as candles of their own, int64 (n, 6)."""
    rows = np.array(
        [(m.time_ns // SECOND, m.price, m.price, m.price, m.price, m.size) for m in tape], np.int64
    )
    return rows.reshape(-1, 6)
