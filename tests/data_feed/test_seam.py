"""Where the venue's candles end and those made of trades begin."""

import numpy as np

from data_feed.seam import Seams
from market.candle_builder import CandleBuilder
from market.columns import CandleWindow
from market.types import HOUR, MINUTE, SECOND, Interval, Side, Symbol, Trade

BTC = Symbol("BTC-USD")
NOON = 1_699_963_200 * SECOND


def trades(*seconds: float) -> list[Trade]:
    return [
        Trade(BTC, number, NOON + int(second * SECOND), 1.0, 1.0, Side.BUY)
        for number, second in enumerate(seconds, 1)
    ]


def candles(interval: Interval, starts_s: list[int], volumes: list[float]) -> CandleWindow:
    times = NOON + np.array(starts_s, np.int64) * SECOND
    ones = np.ones(len(times))
    assert all(time % interval.nanoseconds == 0 for time in times)
    return CandleWindow.from_arrays(times, ones, ones * 2, ones / 2, ones, volumes)


def rows(builder: CandleBuilder, interval: Interval) -> list[tuple[int, float]]:
    found = builder.columns(interval).snapshot()
    starts = ((found.time_ns - NOON) // SECOND).tolist()
    return list(zip(starts, found.volume.tolist(), strict=True))


def test_trades_count_from_a_whole_short_candle_on() -> None:
    seams = Seams()
    assert not seams.known(BTC)
    assert seams.trades(BTC, trades(7, 16, 20), broken=False) == trades(7, 16, 20)[1:]
    assert seams.known(BTC)
    older = trades(1, 7, 14.9, 15, 20)
    assert seams.trades(BTC, older, broken=False) == older[3:], "the seam stays where it is"
    assert seams.trades(BTC, trades(100, 106, 107), broken=True) == trades(100, 106, 107)[1:]


def test_few_trades_count_from_a_shorter_candle_on() -> None:
    assert Seams().trades(BTC, trades(16, 18, 21), broken=False) == trades(16, 18, 21)[2:]
    assert Seams().trades(BTC, trades(16.2, 18), broken=False) == trades(16.2, 18)[1:]
    assert Seams().trades(BTC, trades(16.2, 16.4), broken=False) == trades(16.2, 16.4)
    assert Seams().trades(BTC, [], broken=True) == []


def test_what_trades_know_better_is_not_taken_from_a_stale_answer() -> None:
    seams, builder = Seams(), CandleBuilder(50)
    for trade in seams.trades(BTC, trades(89, 90, 119, 121, 185), broken=False):
        builder.add(trade.trade_id, trade.time_ns, trade.price, trade.size)
    seams.take(BTC, Interval.M1, candles(Interval.M1, [0, 60, 120], [9.0, 7.0, 0.5]), builder)
    assert rows(builder, Interval.M1) == [(0, 9.0), (60, 7.0), (120, 1.0), (180, 1.0)]
    seams.compose(BTC, builder)
    assert rows(builder, Interval.M5) == [(0, 18.0)]
    assert rows(builder, Interval.H1) == [(0, 18.0)]


def test_longer_candles_are_made_of_the_longest_that_reach_back() -> None:
    seams, builder = Seams(), CandleBuilder(50)
    since_s = 2 * 3600 + 70
    for trade in seams.trades(BTC, trades(since_s + 5, since_s + 30), broken=False):
        builder.add(trade.trade_id, trade.time_ns, trade.price, trade.size)
    minutes = candles(Interval.M1, [7200, 7260, 7320], [3.0, 4.0, 9.0])
    seams.take(BTC, Interval.M1, minutes, builder)
    seams.take(
        BTC,
        Interval.H1,
        candles(Interval.H1, [-3600, 0, 3600, 7200], [1.0, 2.0, 5.0, 6.0]),
        builder,
    )
    seams.compose(BTC, builder)
    assert rows(builder, Interval.H1) == [(-3600, 1.0), (0, 2.0), (3600, 5.0), (7200, 7.0)]
    assert rows(builder, Interval.H4) == [(0, 14.0)]


def test_a_minute_open_at_the_seam_is_asked_for_again_and_then_right() -> None:
    seams, builder = Seams(), CandleBuilder(50)
    for trade in seams.trades(BTC, trades(70, 76), broken=False):
        builder.add(trade.trade_id, trade.time_ns, trade.price, trade.size)
    seams.take(BTC, Interval.M1, candles(Interval.M1, [0, 60], [9.0, 4.0]), builder)
    builder.add(3, NOON + 80 * SECOND, 1.0, 1.0)
    assert rows(builder, Interval.M1) == [(0, 9.0), (60, 5.0)], "the answer had that trade already"
    assert seams.unsettled(NOON + 121 * SECOND) == []
    assert seams.unsettled(NOON + 122 * SECOND) == [BTC]
    seams.take(BTC, Interval.M1, candles(Interval.M1, [0, 60, 120], [9.0, 4.0, 1.0]), builder)
    assert rows(builder, Interval.M1) == [(0, 9.0), (60, 4.0)]
    assert seams.unsettled(NOON + 10 * MINUTE) == []


def test_a_page_of_older_candles_is_final() -> None:
    seams, builder = Seams(), CandleBuilder(50)
    seams.begin(BTC, NOON + HOUR, NOON + HOUR)
    seams.take(BTC, Interval.M1, candles(Interval.M1, [120, 180], [2.0, 3.0]), builder)
    builder.load_history(Interval.M1, candles(Interval.M1, [60], [99.0]))
    seams.take(BTC, Interval.M1, candles(Interval.M1, [0, 60], [5.0, 1.0]), builder)
    assert rows(builder, Interval.M1) == [(0, 5.0), (60, 1.0), (120, 2.0), (180, 3.0)]
