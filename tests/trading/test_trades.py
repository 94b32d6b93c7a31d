"""Round trips: what they cost, and how far they went against and for the position."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import MINUTE, Side
from tests.trading.series import random_walks
from trading.round_trips import round_trips
from trading.trades import excursions

pytestmark = pytest.mark.kernel


def made() -> CandleWindow:
    open_ = np.asarray([10.0, 11.0, 12.0, 13.0, 14.0])
    return CandleWindow.from_arrays(
        np.arange(5) * MINUTE, open_, open_ + 2, open_ - 3, open_ + 1, np.ones(5)
    )


def test_long_and_still_open_by_hand() -> None:
    fills = np.asarray([[2.0, 11.5, 0.2, 0.0], [-2.0, 12.5, 0.3, 2.0], [1.0, 14.5, 0.1, 0.0]])
    found = round_trips(made(), np.asarray([1, 3, 4]), fills)
    first, last = found
    assert first.pnl == pytest.approx(1.5)
    assert (first.fees, first.bars) == (0.5, 2)
    assert first.return_fraction == pytest.approx(1.5 / 23.2)
    assert found.slippage.tolist() == pytest.approx([2 * 0.5 + 2 * 0.5, 0.5])
    assert found.adverse[0] == pytest.approx(8.0 / 11.5 - 1)  # the low of the candle it came in
    assert found.favourable[0] == pytest.approx(14.0 / 11.5 - 1)
    assert (last.is_open, last.exit_time_ns, last.exit_price) == (True, None, 15.0)
    assert found.exit_ns.tolist() == [3 * MINUTE, 4 * MINUTE]
    assert len(found.closed) == 1 and found.closed[0] == first


def test_short_by_hand() -> None:
    fills = np.asarray([[-2.0, 12.0, 0.0, 0.0], [2.0, 14.0, 0.0, -4.0]])
    (trade,) = (found := round_trips(made(), np.asarray([2, 4]), fills))
    assert (trade.side, trade.size, trade.pnl) == (Side.SELL, 2.0, -4.0)
    assert found.adverse[0] == pytest.approx(-(15.0 / 12 - 1))
    assert found.favourable[0] == pytest.approx(1 - 9.0 / 12)


def test_no_fill_no_trade() -> None:
    assert list(round_trips(made(), np.empty(0, np.int64), np.empty((0, 4)))) == []


@given(random_walks(), st.data())
@settings(deadline=None, max_examples=60)
def test_excursions_equal_a_slow_twin(window: CandleWindow, data: st.DataObject) -> None:
    bars = st.integers(0, len(window) - 1)
    spans = data.draw(st.lists(st.tuples(bars, bars).map(sorted), min_size=1, max_size=8))
    enters, leaves = np.asarray(spans).T
    side = np.asarray([1, -1] * len(spans), np.int8)[: len(spans)]
    entry, exit_ = window.open[enters], window.open[leaves]
    out = np.empty((len(spans), 2))
    excursions(window.high, window.low, side, enters.copy(), leaves.copy(), entry, exit_, out)
    for i, (enter, leave) in enumerate(spans):
        seen = [*window.high[enter:leave], *window.low[enter:leave], entry[i], exit_[i]]
        moves = [side[i] * (price / entry[i] - 1) for price in seen]
        assert out[i].tolist() == pytest.approx([min(moves), max(moves)])
        assert out[i, 0] <= 0 <= out[i, 1]
