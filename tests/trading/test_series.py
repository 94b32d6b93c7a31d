"""Series show what has closed, and nothing else."""

import numpy as np
import pytest

from market.columns import F64
from tests.trading.backtest.traders import Script, flat, played, strategy
from trading.backtest.event_run import run_events
from trading.errors import BadOrder, StrategyFailed
from trading.event_strategy import Desk
from trading.series import CandleView, Track, series_of

pytestmark = pytest.mark.kernel

MARKET = flat(1, 2, 3, 4)


def test_a_series_grows_with_its_track() -> None:
    track = Track(MARKET, 2)
    close = CandleView(track).close
    assert (len(close), close[-1], close[0], list(close)) == (2, 2, 1, [1, 2])
    track.count = 3
    assert (len(close), close[-1], list(close)) == (3, 3, [1, 2, 3])
    assert type(close[-1]) is float


@pytest.mark.parametrize("place", [2, -3, 100])
def test_what_has_not_closed_cannot_be_asked_for(place: int) -> None:
    with pytest.raises(IndexError, match=f"There is no value {place}; 2 candles have closed"):
        CandleView(Track(MARKET, 2)).close[place]


@pytest.mark.parametrize("cut", [slice(None), slice(0, 100), slice(-2, None)])
def test_slices_end_with_the_newest_close(cut: slice) -> None:
    assert CandleView(Track(MARKET, 2)).close[cut].tolist() == [1, 2]


def test_numpy_sees_what_has_closed() -> None:
    close = CandleView(Track(MARKET, 3)).close
    assert np.asarray(close).tolist() == [1, 2, 3]
    assert np.mean(close) == 2
    assert float(np.max(np.array(close, np.float32))) == 3


def test_values_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        CandleView(Track(MARKET, 3)).close[:][0] = 5


def test_a_view_is_a_window_of_what_has_closed() -> None:
    view = CandleView(Track(MARKET, 3))
    assert len(view) == len(view.window) == len(view.time_ns) == 3
    assert view.window.high.tolist() == [1, 2, 3]


def test_a_longer_window_takes_the_place_of_a_shorter() -> None:
    seen: list[int] = []

    def double(values: F64) -> F64:
        seen.append(len(values))
        return 2 * values

    track = Track(flat(1, 2), 2)
    close = CandleView(track).close
    (twice,) = series_of(track, double, (close,), {})
    assert (close[-1], twice[-1]) == (2, 4)
    track.window, track.count = MARKET, 4
    assert (close[-1], twice[-1], twice[0]) == (4, 8, 2)
    assert seen == [2, 4]


def test_an_indicator_is_computed_once_and_seen_close_by_close() -> None:
    calls, seen = [], []

    class Doubles(Script):
        def init(self, desk: Desk) -> None:
            def double(values: F64) -> F64:
                calls.append(len(values))
                return 2 * values

            self.twice = desk.indicator(double, desk.candles().close)
            self.four_times = desk.indicator(double, self.twice)

        def next(self, desk: Desk) -> None:
            seen.append((self.twice[-1], self.four_times[-1], len(self.twice)))

    run_events({"A": MARKET}, strategy(lambda _: Doubles({})))
    assert calls == [4, 4]
    assert seen == [(2, 4, 1), (4, 8, 2), (6, 12, 3), (8, 16, 4)]


def test_an_indicator_of_several_outputs_is_several_series() -> None:
    def bounds(high: F64, low: F64, away: float) -> tuple[F64, F64]:
        return high + away, low - away

    seen: list[tuple[float, ...]] = []

    class Bounds(Script):
        def init(self, desk: Desk) -> None:
            candles = desk.candles()
            self.both = desk.indicators(bounds, candles.high, candles.low, away=0.5)

        def next(self, desk: Desk) -> None:
            seen.append(tuple(series[-1] for series in self.both))

    run_events({"A": flat(3, 5)}, strategy(lambda _: Bounds({})))
    assert seen == [(3.5, 2.5), (5.5, 4.5)]


@pytest.mark.parametrize(
    ("index", "function", "sentence"),
    [
        (-1, lambda _: [1, 2, 3], r"numbers of shape \(1, 3\); one per candle are needed: \(4,\)"),
        (-1, lambda _: "text", "returned no table of numbers: 'text'"),
        (-1, lambda x: np.array([x, x]), "The indicator has 2 outputs; ask for `indicators`"),
        (0, lambda x: x, "Indicators are computed once, in init; next only reads them"),
        (-1, lambda _: 1 / 0, "Script failed before the first candle: ZeroDivisionError"),
    ],
)
def test_what_is_no_indicator(index: int, function: object, sentence: str) -> None:
    steps = {index: lambda desk: desk.indicator(function, desk.candles().close)}
    with pytest.raises(StrategyFailed, match=sentence):
        played(steps, MARKET)


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (lambda desk: desk.buy(), "either a size or a fraction of the equity; give one"),
        (lambda desk: desk.buy(1, fraction=0.5), "either a size or a fraction"),
        (lambda desk: desk.buy(0), "The size was 0.0; allowed is above 0"),
        (lambda desk: desk.sell(float("nan")), "The size was nan"),
        (lambda desk: desk.buy(1, "Z"), "There is no symbol 'Z'; there are A"),
        (lambda desk: desk.candles("Z"), "There is no symbol 'Z'; there are A"),
        (lambda desk: desk.buy(1, price=3), "An order has no 'price'; it may have limit, stop"),
        (lambda desk: desk.buy(1, limit=0), "has the limit 0; allowed is above 0"),
        (lambda desk: desk.buy(1, limit=3, trail=1), "A trailing stop has neither limit nor stop"),
        (lambda desk: desk.buy(1, stop_loss=0), "The stop-loss was 0; allowed is above 0"),
        (lambda desk: desk.buy(1, stop_loss=2), "stop-loss 2 must lie below the price 1 of its"),
        (lambda desk: desk.buy(1, take_profit=0.5), "take-profit 0.5 must lie above the price 1"),
        (lambda desk: desk.sell(1, stop_loss=0.5), "stop-loss 0.5 must lie above the price 1"),
        (lambda desk: desk.buy(1, limit=5, stop_loss=6), "stop-loss 6 must lie below the price 5"),
        (lambda desk: desk.buy(fraction=2), "The share of equity was 2; with leverage 1 allowed"),
        (lambda desk: desk.buy(fraction=2, limit=1), "fraction of equity was 2; with leverage 1"),
        (lambda desk: desk.target(-2), "The share of equity was -2"),
        (lambda desk: desk.buy(1, post_only=True), "cannot be post-only"),
        (lambda desk: desk.cancel(3), "There is no order 3; there are 0"),
        (lambda desk: desk.order(0), "There is no order 0; there are 0"),
    ],
)
def test_orders_that_cannot_be(order: object, sentence: str) -> None:
    with pytest.raises(StrategyFailed, match=sentence) as caught:
        played({0: order}, MARKET)  # type: ignore[dict-item]
    assert isinstance(caught.value.__cause__, BadOrder)


def test_a_refused_call_places_nothing() -> None:
    def careful(desk: Desk) -> None:
        with pytest.raises(BadOrder):
            desk.buy(1, take_profit=2, stop_loss=3)

    assert len(played({0: careful}, MARKET).orders) == 0
