"""A candle made of shorter ones equals the one that saw every trade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.candle_builder import CandleBuilder
from market.columns import CandleWindow
from market.types import HOUR, INTERVALS, MINUTE, SECOND, Interval

pytestmark = pytest.mark.kernel

START = 1_700_000_400 * SECOND - 1_700_000_400 * SECOND % HOUR
TRADES = st.lists(
    st.tuples(st.integers(0, 90 * 60), st.integers(1, 40), st.integers(1, 9)),
    min_size=1,
    max_size=40,
).map(sorted)


def fed(trades: list[tuple[int, int, int]], first_id: int = 0) -> CandleBuilder:
    builder = CandleBuilder(capacity=200)
    for number, (second, price, size) in enumerate(trades, first_id):
        builder.add(number, START + second * SECOND, float(price), float(size))
    return builder


def rows(builder: CandleBuilder, interval: Interval) -> list[tuple[float, ...]]:
    found = builder.columns(interval).snapshot()
    columns = (
        found.time_ns,
        found.open,
        found.high,
        found.low,
        found.close,
        found.volume,
        found.trades,
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(trades=TRADES, known=st.integers(0, 40))
def test_what_was_open_at_the_start_becomes_exact(
    trades: list[tuple[int, int, int]], known: int
) -> None:
    """Trades from ``known`` on are seen, of the minutes before only the venue's candles."""
    known = min(known, len(trades) - 1)
    since_s = trades[known][0] - trades[known][0] % 60
    whole = fed(trades)
    seen = [trade for trade in trades if trade[0] >= since_s]
    builder = fed(seen[: len(seen) // 2], len(trades) - len(seen))
    minutes = whole.columns(Interval.M1).snapshot()
    before = minutes.time_ns < START + since_s * SECOND
    columns = (minutes.time_ns, minutes.open, minutes.high, minutes.low, minutes.close,
               minutes.volume, minutes.trades)  # fmt: skip
    builder.load_history(
        Interval.M1, CandleWindow.from_arrays(*(column[before] for column in columns))
    )
    builder.compose(Interval.H1, Interval.M1, START + since_s * SECOND // HOUR * HOUR)
    for number, (second, price, size) in enumerate(seen, len(trades) - len(seen)):
        builder.add(number, START + second * SECOND, float(price), float(size))
    hours = rows(whole, Interval.H1)
    assert rows(builder, Interval.H1) == [
        hour for hour in hours if hour[0] + HOUR > START + since_s * SECOND
    ]


def test_without_shorter_candles_nothing_changes() -> None:
    builder = fed([(0, 5, 1), (70, 6, 2)])
    before = {interval: rows(builder, interval) for interval in INTERVALS}
    version = builder.version
    builder.compose(Interval.H1, Interval.M1, START + 5 * HOUR)
    assert {interval: rows(builder, interval) for interval in INTERVALS} == before
    assert builder.version == version


def test_a_candle_between_others_is_put_in() -> None:
    builder = fed([(0, 5, 1), (HOUR * 2 // SECOND, 6, 2)])
    minute = CandleWindow.from_arrays(
        *[[value] for value in (START + HOUR, 2.0, 4.0, 1.0, 3.0, 7.0)]
    )
    builder.load_history(Interval.M1, minute)
    builder.compose(Interval.H1, Interval.M1, START + HOUR)
    assert [row[1:6] for row in rows(builder, Interval.H1)] == [
        (5.0, 5.0, 5.0, 5.0, 1.0), (2.0, 4.0, 1.0, 3.0, 7.0), (6.0, 6.0, 6.0, 6.0, 2.0),
    ]  # fmt: skip
    assert rows(builder, Interval.M5)[1][0] == START + 2 * HOUR
    builder.add(7, START + HOUR + MINUTE, 9.0, 1.0)
    assert rows(builder, Interval.H1)[1][1:6] == (2.0, 9.0, 1.0, 9.0, 8.0)
