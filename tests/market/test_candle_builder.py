"""Trades become candles: the same ones, whatever the order and however often they come."""

import threading
import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.aggregation import WINDOW
from market.candle_builder import BuilderCounters, CandleBuilder, Outcome
from market.columns import CandleWindow
from market.types import DAY, INTERVALS, SECOND, Interval, Trade
from tests.market.reference import reference_candles, rows, trade

pytestmark = pytest.mark.kernel

START = 1_700_000_000 * SECOND


@st.composite
def trade_lists(draw: st.DrawFn) -> list[Trade]:
    """Up to 60 trades over half an hour; sizes are multiples of ½, so that volumes are exact."""
    steps = draw(
        st.lists(
            st.tuples(st.integers(0, 30 * SECOND), st.integers(1, 4000), st.integers(1, 64)),
            max_size=60,
        )
    )
    time_ns, result = START, []
    for number, (step, price, size) in enumerate(steps, 100):
        time_ns += step
        result.append(trade(number, time_ns, price / 4, size / 2))
    return result


def built(trades: Sequence[Trade], capacity: int = 5000) -> CandleBuilder:
    builder = CandleBuilder(capacity)
    for each in trades:
        builder.add(each.trade_id, each.time_ns, each.price, each.size)
    return builder


@settings(max_examples=60)
@given(st.data())
def test_any_order_and_repetition_gives_the_candles_of_the_sorted_trades(
    data: st.DataObject,
) -> None:
    trades = data.draw(trade_lists())
    repeated = trades + data.draw(
        st.lists(st.sampled_from(trades), max_size=20) if trades else st.just([])
    )
    builder = built(data.draw(st.permutations(repeated)))
    for interval in INTERVALS:
        assert rows(builder.columns(interval).snapshot()) == reference_candles(trades, interval)
    counters = builder.counters
    assert counters.duplicates == len(repeated) - len(trades)
    assert counters.applied + counters.patched == len(trades)
    assert counters.too_late == 0


@settings(max_examples=40)
@given(st.data())
def test_a_small_ring_keeps_the_newest_candles_in_any_order(data: st.DataObject) -> None:
    trades = data.draw(trade_lists())
    builder = built(data.draw(st.permutations(trades)), capacity=5)
    for interval in INTERVALS:
        kept = rows(builder.columns(interval).snapshot())
        assert kept == reference_candles(trades, interval)[-5:]


def test_open_and_close_follow_the_ids_within_one_instant() -> None:
    builder = built(
        [trade(5, START, 50.0), trade(3, START, 30.0), trade(7, START, 70.0), trade(4, START, 1.0)]
    )
    assert rows(builder.columns(Interval.S1).snapshot()) == [(START, 30.0, 70.0, 1.0, 70.0, 4.0, 4)]


def test_outcomes_tell_what_became_of_a_trade() -> None:
    builder = CandleBuilder()
    newest = WINDOW + 10
    script = [
        (trade(newest, START), Outcome.APPLIED),
        (trade(newest, START), Outcome.DUPLICATE),
        (trade(newest - 1, START), Outcome.PATCHED),
        (trade(newest - 2, START - 5 * SECOND), Outcome.PATCHED),
        (trade(11, START), Outcome.PATCHED),
        (trade(10, START), Outcome.TOO_LATE),
        (trade(newest + 1, START + SECOND), Outcome.APPLIED),
        (trade(newest + 2, START - SECOND), Outcome.PATCHED),
    ]
    for each, outcome in script:
        assert builder.add(each.trade_id, each.time_ns, each.price, each.size) is outcome
    assert builder.counters == BuilderCounters(2, 1, 4, 1)


def test_a_late_trade_makes_a_candle_only_near_the_newest() -> None:
    trades = [trade(number, START + 2 * number * SECOND) for number in range(300)]
    builder = built(trades)
    before = len(builder.columns(Interval.S1))
    # Between seconds that have a candle: 257 lie after the first place, 256 after the next.
    builder.add(1001, START + (2 * 42 + 1) * SECOND, 2.0, 1.0)
    assert len(builder.columns(Interval.S1)) == before
    assert builder.add(1000, START + (2 * 43 + 1) * SECOND, 1.0, 1.0) is Outcome.PATCHED
    assert len(builder.columns(Interval.S1)) == before + 1
    assert builder.columns(Interval.D1).snapshot().trades.sum() == 302


def test_a_trade_from_the_far_future_does_not_stop_the_candles_that_follow() -> None:
    builder = CandleBuilder(20)
    builder.add(0, 0, 1.0, 1.0)
    builder.add(1, 80 * 365 * DAY, 999.0, 1.0)
    for second in range(1, 301):
        assert builder.add(second + 1, second * SECOND, float(second), 1.0) is Outcome.PATCHED
    seconds = builder.columns(Interval.S1).snapshot()
    assert seconds.close.tolist() == [*map(float, range(282, 301)), 999.0]
    day = builder.columns(Interval.D1).snapshot()
    assert (day.close[0], day.high[0], day.trades[0]) == (300.0, 300.0, 301)


def test_a_trade_too_old_for_every_interval_is_refused() -> None:
    builder = CandleBuilder(capacity=1)
    builder.add(10, START, 1.0, 1.0)
    assert builder.add(9, START - 2 * Interval.D1.nanoseconds, 1.0, 1.0) is Outcome.TOO_LATE
    assert builder.counters.too_late == 1
    assert builder.add(9, START, 1.0, 1.0) is Outcome.PATCHED


def test_digits_after_the_point_are_learned() -> None:
    builder = CandleBuilder()
    seen = []
    for number, price in enumerate(
        (38500.0, 38500.5, 0.25, 61837.63, 0.5, 0.00033458, 1e-9, 123456789.12345678)
    ):
        builder.add(number, START, price, 1.0)
        seen.append(builder.price_decimals)
    assert seen == [0, 1, 2, 2, 2, 8, 8, 8]


@given(st.integers(1, 10**10), st.integers(0, 8))
def test_digits_of_any_decimal_price(digits: int, decimals: int) -> None:
    builder = CandleBuilder(capacity=1)
    text = f"{digits}e-{decimals}"
    builder.add(1, START, float(text), 1.0)
    exact = f"{digits / 10**decimals:.{decimals}f}" if digits < 10**15 else text
    assert builder.price_decimals == len(exact.rstrip("0").partition(".")[2])


def test_adding_allocates_nothing() -> None:
    """10,000 trades of every outcome, under the tracer, leave not one block behind."""
    builder = CandleBuilder(capacity=50)
    calls = [
        (
            number - number % 7 * 3 if number % 5 else number,
            START + number * SECOND // 3,
            1.0 + number % 9,
            0.5,
        )
        for number in range(100, 10_100)
    ]

    def add_all() -> None:
        for trade_id, time_ns, price, size in calls:
            builder.add(trade_id, time_ns, price, size)

    add_all()
    tracemalloc.start()
    try:
        add_all()
        before = tracemalloc.take_snapshot()
        add_all()
        after = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    market_only = [tracemalloc.Filter(True, "*/market/*")]
    growth = after.filter_traces(market_only).compare_to(
        before.filter_traces(market_only), "lineno"
    )
    assert sum(line.size_diff for line in growth) <= 0


def test_snapshots_are_never_torn_by_trades() -> None:
    """Each second's trades have rising prices and a size of their count, so that every state of a
    candle obeys the same formulas.
    """
    builder = CandleBuilder(capacity=32)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            for _ in range(200):
                builder.add(number, START + number * SECOND // 50, 100.0 + number % 50, 0.5)
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = 0
        while seen < 400:
            window = builder.columns(Interval.S1).snapshot()
            if len(window):
                seen += 1
                check_untorn(window)
    finally:
        stop.set()
        writer.join()


def check_untorn(window: CandleWindow) -> None:
    assert (np.diff(window.time_ns) == SECOND).all()
    assert (window.low == 100.0).all()
    assert (window.open == 100.0).all()
    assert (window.high == window.close).all()
    assert (window.close == 99.0 + window.trades).all()
    assert (window.volume == 0.5 * window.trades).all()
    assert (window.trades[:-1] == 50).all()
    assert window.first_index == (window.time_ns[0] - START) // SECOND


def test_history_goes_before_the_live_candles() -> None:
    builder = built([trade(1, START + 61 * SECOND, 10.0, 2.0)])
    minute = Interval.M1.nanoseconds
    first = START // minute * minute
    history = CandleWindow.from_arrays(
        [first - minute, first, first + minute],
        [1, 2, 3],
        [9, 9, 20],
        [1, 2, 3],
        [5, 6, 7],
        [4, 4, 4.5],
    )
    builder.load_history(Interval.M1, history)
    window = builder.columns(Interval.M1).snapshot()
    assert rows(window) == [
        (first - minute, 1.0, 9.0, 1.0, 5.0, 4.0, 0),
        (first, 2.0, 9.0, 2.0, 6.0, 4.0, 0),
        (first + minute, 3.0, 20.0, 3.0, 10.0, 4.5, 1),
    ]
    assert window.first_index == 1
    assert len(builder.columns(Interval.M5)) == 1
    builder.add(2, START + 62 * SECOND, 30.5, 0.5)
    assert rows(builder.columns(Interval.M1).snapshot(1)) == [
        (first + minute, 3.0, 30.5, 3.0, 30.5, 5.0, 2)
    ]


def test_loading_the_same_history_twice_changes_nothing() -> None:
    builder = built(
        [trade(number, START + number * 20 * SECOND, 10.0 + number) for number in range(9)]
    )
    minute = Interval.M1.nanoseconds
    times = [(START // minute + step) * minute for step in range(-2, 2)]
    history = CandleWindow.from_arrays(times, *np.full((5, 4), 12.0))
    builder.load_history(Interval.M1, history)
    once = builder.columns(Interval.M1).snapshot()
    builder.load_history(Interval.M1, history)
    twice = builder.columns(Interval.M1).snapshot()
    assert rows(twice) == rows(once)
    assert twice.first_index == once.first_index


def test_a_late_trade_is_not_counted_into_a_candle_the_venue_has_closed() -> None:
    builder = CandleBuilder()
    minute = Interval.M1.nanoseconds
    first = START // minute * minute
    builder.load_history(
        Interval.M1, CandleWindow.from_arrays([first, first + minute], *np.full((5, 2), 4.0))
    )
    assert builder.add(1, first + 2 * minute, 4.0, 1.0) is Outcome.APPLIED
    assert builder.add(0, first, 9.0, 1.0) is Outcome.PATCHED
    assert rows(builder.columns(Interval.M1).snapshot())[0] == (first, 4.0, 4.0, 4.0, 4.0, 4.0, 0)


def test_history_longer_than_the_ring_keeps_the_newest() -> None:
    builder = CandleBuilder(capacity=3)
    times = [START + step * Interval.D1.nanoseconds for step in range(7)]
    history = CandleWindow.from_arrays(times, *np.arange(1.0, 36.0).reshape(5, 7))
    builder.load_history(Interval.D1, history)
    window = builder.columns(Interval.D1).snapshot()
    assert window.time_ns.tolist() == times[4:]
    assert builder.columns(Interval.D1).next_index == window.first_index + 3


def test_loading_nothing_is_nothing() -> None:
    builder = built([trade(1, START)])
    version = builder.version
    builder.load_history(Interval.M1, CandleWindow.from_arrays([], *np.empty((5, 0))))
    assert builder.version == version
    builder.load_history(Interval.M1, CandleWindow.from_arrays([START], *np.full((5, 1), 1.125)))
    assert builder.version == version + 1
    assert builder.price_decimals == 3


def test_candles_after_the_newest_leave_the_indices_alone() -> None:
    builder = built([trade(number, START + number * 60 * SECOND) for number in range(4)])
    minute = Interval.M1.nanoseconds
    first = START // minute * minute
    times = [first + step * minute for step in (2, 3, 4, 5)]
    builder.load_history(Interval.M1, CandleWindow.from_arrays(times, *np.full((5, 4), 100.0)))
    window = builder.columns(Interval.M1).snapshot()
    assert window.first_index == 0
    assert builder.columns(Interval.M1).next_index == 6
    assert window.time_ns.tolist() == [first + step * minute for step in range(6)]


def test_memory_is_that_of_the_rings_and_stays() -> None:
    builder = CandleBuilder(100)
    ring = 4 * 8 + 100 * (3 * 8 + 5 * 8 + 4)  # heads; then times and ids, values, counts
    assert builder.nbytes == len(INTERVALS) * ring
    for number in range(300):
        builder.add(number, number * SECOND, 100.0, 1.0)
    assert builder.nbytes == len(INTERVALS) * ring


def test_stored_candles_are_complete_up_to_the_newest() -> None:
    minute = Interval.M1.nanoseconds
    first = START // minute * minute
    history = CandleWindow.from_arrays([first, first + minute], *np.full((6, 2), 4.0))
    builder = CandleBuilder()
    builder.load_history(Interval.M1, history, closed=True)
    builder.add(1, first + minute + SECOND, 9.0, 1.0)  # it was counted when it was traded
    assert rows(builder.columns(Interval.M1).snapshot()) == rows(history)
    builder.add(2, first + 2 * minute, 5.0, 1.0)
    builder.add(3, first + 2 * minute + 1, 6.0, 1.0)
    newest = rows(builder.columns(Interval.M1).snapshot())[-1]
    assert newest == (first + 2 * minute, 5.0, 6.0, 5.0, 6.0, 2.0, 2)
