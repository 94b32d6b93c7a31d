"""The slow, obvious candle builder that the compiled one is compared with."""

from collections.abc import Iterable

from market.columns import CandleWindow
from market.types import Candle, Interval, Side, Symbol, Trade

PAIR = Symbol("BTC-USD")


def trade(trade_id: int, time_ns: int, price: float = 100.0, size: float = 1.0) -> Trade:
    """A trade of ``PAIR``."""
    return Trade(PAIR, trade_id, time_ns, price, size, Side.BUY)


def reference_candles(trades: Iterable[Trade], interval: Interval) -> list[Candle]:
    """Candles of the unique trades, sorted by id: first opens, last closes."""
    unique = {each.trade_id: each for each in trades}
    buckets: dict[int, list[Trade]] = {}
    for trade_id in sorted(unique):
        each = unique[trade_id]
        start = each.time_ns // interval.nanoseconds * interval.nanoseconds
        buckets.setdefault(start, []).append(each)
    return [
        Candle(
            start,
            inside[0].price,
            max(each.price for each in inside),
            min(each.price for each in inside),
            inside[-1].price,
            sum(each.size for each in inside),
            len(inside),
        )
        for start, inside in sorted(buckets.items())
    ]


def rows(window: CandleWindow) -> list[Candle]:
    """A window as a list of candles."""
    columns = (
        window.time_ns, window.open, window.high, window.low, window.close, window.volume,
        window.trades,
    )  # fmt: skip
    return [Candle(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
