"""Candles close by trades, or by the clock."""

import pytest

from market.types import MINUTE, SECOND
from trading.paper.closes import GRACE_NS, Closes

pytestmark = pytest.mark.kernel


def test_the_first_trade_of_the_next_candle_closes() -> None:
    closes = Closes(["A"], MINUTE, 90 * SECOND)
    assert closes.trade("A", 2 * MINUTE - 1) is None
    assert closes.trade("A", 2 * MINUTE) == 2 * MINUTE
    assert closes.trade("A", 2 * MINUTE + SECOND) is None
    assert closes.trade("A", 3 * MINUTE + SECOND) == 3 * MINUTE


def test_all_symbols_have_to_close() -> None:
    closes = Closes(["A", "B"], MINUTE, 0)
    assert closes.trade("A", MINUTE + 1) is None
    assert closes.trade("A", MINUTE + 2) is None
    assert closes.trade("B", MINUTE + 3) == MINUTE


@pytest.mark.parametrize(("late", "closed"), [(-1, None), (0, MINUTE)])
def test_the_clock_closes_what_nobody_trades(late: int, closed: int | None) -> None:
    closes = Closes(["A"], MINUTE, 0)
    assert closes.next_ns == MINUTE + GRACE_NS
    assert closes.clock(MINUTE + GRACE_NS + late) == closed


def test_a_trade_after_the_clock_closes_the_next() -> None:
    closes = Closes(["A"], MINUTE, 0)
    closes.clock(MINUTE + GRACE_NS)
    assert closes.trade("A", MINUTE + 30 * SECOND) is None
    assert closes.trade("A", 2 * MINUTE) == 2 * MINUTE


def test_after_a_long_silence_only_the_newest_close_counts() -> None:
    closes = Closes(["A"], MINUTE, 0)
    assert closes.trade("A", 10 * MINUTE + 5) == 10 * MINUTE
    assert closes.end_ns == 11 * MINUTE
