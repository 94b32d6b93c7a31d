"""Round trips: what they cost, and how far they went against and for the position."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from market.columns import CandleWindow
from market.types import MINUTE, Side
from tests.trading.series import random_walks
from trading.engine.records import FILL
from trading.round_trips import round_trips
from trading.trades import excursions

pytestmark = pytest.mark.kernel


def made() -> CandleWindow:
    open_ = np.asarray([10.0, 11.0, 12.0, 13.0, 14.0])
    return CandleWindow.from_arrays(
        np.arange(5) * MINUTE, open_, open_ + 2, open_ - 3, open_ + 1, np.ones(5)
    )


def fill(
    bar: int, side: int, size: float, price: float, reference: float, fee: float = 0.0,
    symbol: int = 0,
) -> tuple[float, ...]:  # fmt: skip
    """One fill record in the order of ``FIELDS``."""
    return (bar, bar * MINUTE, side, size, price, reference, fee, symbol)


FIELDS = ("bar", "time_ns", "side", "size", "price", "reference", "fee", "symbol")


def fills(*rows: tuple[float, ...]) -> NDArray[np.void]:
    """FILL records of these rows."""
    made = np.zeros(len(rows), FILL)
    for name, column in zip(FIELDS, zip(*rows, strict=True), strict=False):
        made[name] = column
    return made


def test_long_and_still_open_by_hand() -> None:
    found = round_trips(
        [made()],
        fills(
            fill(1, 1, 2.0, 11.5, 11.0, 0.2), fill(3, -1, 2.0, 12.5, 13.0, 0.3),
            fill(4, 1, 1.0, 14.5, 14.0, 0.1),
        ),
    )  # fmt: skip
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
    found = round_trips([made()], fills(fill(2, -1, 2.0, 12.0, 12.0), fill(4, 1, 2.0, 14.0, 14.0)))
    (trade,) = found
    assert (trade.side, trade.size, trade.pnl) == (Side.SELL, 2.0, -4.0)
    assert found.adverse[0] == pytest.approx(-(15.0 / 12 - 1))
    assert found.favourable[0] == pytest.approx(1 - 9.0 / 12)


def test_parts_make_one_trade_at_mean_prices() -> None:
    """In with 1 at 11 and 3 at 13, out with 2 at 12 and 2 at 14."""
    found = round_trips(
        [made()],
        fills(
            fill(1, 1, 1.0, 11.0, 11.0, 0.1), fill(3, 1, 3.0, 13.0, 13.0, 0.3),
            fill(3, -1, 2.0, 12.0, 12.0, 0.2), fill(4, -1, 2.0, 14.0, 14.0, 0.4),
        ),
    )  # fmt: skip
    (trade,) = found
    assert (trade.size, trade.entry_price, trade.exit_price) == (4.0, 12.5, 13.0)
    assert trade.fees == pytest.approx(1.0)
    assert trade.bars == 3
    assert trade.pnl == pytest.approx(4 * 0.5 - 1.0)
    assert trade.return_fraction == pytest.approx(1.0 / 50.4)


def test_a_flip_shares_its_fee_between_two_trades() -> None:
    """Long 2, then 5 sold: 2 of them close, 3 are short and still open at the last close of 15."""
    found = round_trips(
        [made()], fills(fill(1, 1, 2.0, 11.0, 11.0), fill(3, -1, 5.0, 12.9, 13.0, 1.0))
    )
    first, last = found
    assert first.pnl == pytest.approx(2 * 1.9 - 0.4)
    assert (last.side, last.size, last.is_open, last.bars) == (Side.SELL, 3.0, True, 2)
    assert last.fees == pytest.approx(0.6)
    assert last.pnl == pytest.approx(-3 * (15 - 12.9) - 0.6)
    assert found.slippage.tolist() == pytest.approx([0.2, 0.3])


def test_part_of_an_open_trade_is_closed() -> None:
    found = round_trips([made()], fills(fill(1, 1, 4.0, 11.0, 11.0), fill(2, -1, 1.0, 13.0, 12.0)))
    (trade,) = found
    assert (trade.is_open, trade.size, trade.bars) == (True, 4.0, 4)
    assert trade.exit_price == pytest.approx((13.0 + 3 * 15.0) / 4)
    assert trade.pnl == pytest.approx(2.0 + 3 * 4.0)


def test_moves_begin_after_an_entry_inside_a_candle_and_end_with_a_close() -> None:
    """In at 12.5 inside candle 2, out at the close of candle 3, which counts whole."""
    found = round_trips([made()], fills(fill(2, 1, 1.0, 12.5, 12.5), fill(3, -1, 1.0, 14.0, 14.0)))
    assert found.adverse.tolist() == pytest.approx([10.0 / 12.5 - 1])
    assert found.favourable.tolist() == pytest.approx([15.0 / 12.5 - 1])
    inside = round_trips([made()], fills(fill(2, 1, 1.0, 12.5, 12.5), fill(3, -1, 1.0, 13.5, 13.5)))
    assert inside.adverse.tolist() == [0.0]
    assert inside.favourable.tolist() == pytest.approx([13.5 / 12.5 - 1])


def test_symbols_are_kept_apart() -> None:
    other = made()
    found = round_trips(
        [made(), other],
        fills(
            fill(1, 1, 1.0, 11.0, 11.0), fill(1, -1, 2.0, 11.0, 11.0, symbol=1),
            fill(2, 1, 2.0, 12.0, 12.0, symbol=1), fill(3, -1, 1.0, 13.0, 13.0),
        ),
    )  # fmt: skip
    assert found.symbol.tolist() == [0, 1]
    assert found.pnl.tolist() == pytest.approx([2.0, -2.0])


def test_no_fill_no_trade() -> None:
    assert list(round_trips([made()], fills())) == []


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
