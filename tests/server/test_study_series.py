"""Values that follow a market equal the batch form over what its ring holds."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.parts import F64
from market.candle_builder import CandleBuilder
from market.columns import CandleColumns, CandleWindow
from market.types import SECOND, Candle, Interval
from server.ring_studies import RingStudies
from server.studies import ChosenIndicator, chosen_indicators
from server.study_series import StudySeries, batch

CAPACITY = 24
START = 1_700_000_000 * SECOND
CHOSEN = chosen_indicators(["sma:3", "ema:4", "macd:2:5:3", "obv", "session_vwap", "parabolic_sar"])
TICK, NEXT, GAP, LATE, HISTORY, RELOAD = range(6)

steps = st.lists(
    st.tuples(
        st.sampled_from([TICK, TICK, NEXT, NEXT, NEXT, GAP, LATE, HISTORY, RELOAD]),
        st.integers(1, 30),
        st.integers(1, 500),
    ),
    min_size=1,
    max_size=60,
)


@dataclass
class Made:
    """A market of one symbol that the steps change."""

    builder: CandleBuilder = field(default_factory=lambda: CandleBuilder(CAPACITY))
    now: int = START
    number: int = 0

    @property
    def ring(self) -> CandleColumns:
        return self.builder.columns(Interval.S1)

    def take(self, step: int, distance: int, price: int) -> None:
        if step in {NEXT, GAP}:
            self.now += SECOND * (1 if step == NEXT else distance)
        if step in {TICK, NEXT, GAP}:
            self.number += 10
            self.builder.add(self.number, self.now, float(price), 1.5)
        elif step == LATE:
            late = max(0, self.number - 10 * distance + 5)
            time = max(START, self.now - SECOND * distance)
            self.builder.add(late, time, float(price), 0.5)
        else:
            count = 3 if step == HISTORY else 2 * CAPACITY
            first = self.now - SECOND * (distance + count)
            self.builder.load_history(Interval.S1, history(first, count, float(price)))


def history(first: int, count: int, price: float) -> CandleWindow:
    times = first // SECOND * SECOND + SECOND * np.arange(count)
    close = price + np.arange(count) % 3
    return CandleWindow.from_arrays(times, close, close + 2, close - 0.5, close, close)


def equal(live: tuple[F64, ...], candles: CandleWindow, whole: CandleWindow) -> bool:
    first = candles.first_index - whole.first_index
    return all(
        np.array_equal(values, batch(each, whole)[:, first : first + len(candles)], equal_nan=True)
        for each, values in zip(CHOSEN, live, strict=True)
    )


@given(steps)
@settings(max_examples=60, deadline=None)
def test_live_values_are_the_batch_values_whatever_happens(
    taken: list[tuple[int, int, int]],
) -> None:
    made = Made()
    studies = RingStudies(made.ring)
    studies.keep(CHOSEN)
    for step in taken:
        made.take(*step)
        if studies.behind:
            studies.follow()
        whole = made.ring.snapshot()
        for count, end in ((5, None), (CAPACITY, None), (7, made.ring.next_index - 3)):
            candles, live = studies.window(CHOSEN, count, end)
            assert len(candles) == len(made.ring.snapshot(count, end))
            assert candles.first_index == made.ring.snapshot(count, end).first_index
            assert equal(live, candles, whole)


def test_closed_candles_are_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    series = StudySeries(ChosenIndicator("sma", (3,)))
    bars: list[int] = []
    real = StudySeries._run

    def counted(self: StudySeries, state: F64, columns: list[F64]) -> F64:
        bars.append(len(columns[0]))
        return real(self, state, columns)

    monkeypatch.setattr(StudySeries, "_run", counted)
    ring = CandleColumns(100)
    for minute in range(50):
        ring.append(Candle(minute, 1.0, 2.0, 0.5, 1.0 + minute, 1.0, 1))
    series.follow(ring.snapshot())
    series.beside(ring.snapshot(10))
    ring.replace_last(Candle(49, 1.0, 2.0, 0.5, 7.0, 1.0, 1))
    series.beside(ring.snapshot(10))
    ring.append(Candle(50, 1.0, 2.0, 0.5, 9.0, 1.0, 1))
    series.follow(ring.snapshot())
    assert bars == [49, 1, 1, 1]
    assert series.beside(ring.snapshot(2))[0].tolist() == pytest.approx([104 / 3, 65 / 3])


def test_values_are_those_of_the_candles_even_when_the_ring_has_moved_on() -> None:
    made = Made()
    for _ in range(10):
        made.take(NEXT, 1, 100)
    studies = RingStudies(made.ring)
    studies.keep(CHOSEN)
    studies.follow()
    then = made.ring.snapshot()
    made.take(NEXT, 1, 300)
    assert studies.behind
    candles, live = studies.window(CHOSEN, 4, None)
    assert candles.time_ns.tolist() == then.time_ns[-4:].tolist()
    assert candles.version == then.version
    assert equal(live, candles, then)


def test_another_choice_of_indicators_is_followed_from_the_start() -> None:
    made = Made()
    for price in range(10):
        made.take(NEXT, 1, 100 + price)
    studies = RingStudies(made.ring)
    studies.keep(CHOSEN[:2])
    studies.follow()
    studies.keep(CHOSEN)
    assert studies.behind
    studies.follow()
    candles, live = studies.window(CHOSEN, 4, None)
    assert equal(live, candles, made.ring.snapshot())
    studies.keep(CHOSEN)
    assert not studies.behind


def test_an_empty_ring_has_no_values() -> None:
    studies = RingStudies(CandleColumns(8))
    studies.keep(CHOSEN)
    studies.follow()
    candles, live = studies.window(CHOSEN, 4, None)
    assert len(candles) == 0
    assert [values.shape for values in live] == [(1, 0), (1, 0), (3, 0), (1, 0), (1, 0), (1, 0)]
