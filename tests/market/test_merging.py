"""Where a venue's candle and a live one meet, nothing is counted twice."""

import numpy as np
import pytest

from market.columns import CandleWindow
from market.merging import Rows, merge_history
from market.ring import BEFORE_EVERY_ID, COMPLETE, FIRST_ID, LAST_ID
from market.types import Candle

pytestmark = pytest.mark.kernel


def live(*candles: Candle) -> Rows:
    """Live candles; the i-th was built from trades 10·i … 10·i + 9."""
    times = np.array([each.time_ns for each in candles], np.int64)
    ids = np.arange(len(candles)) * 10
    values = np.array([each[1:6] for each in candles], np.float64).reshape(-1, 5).T
    counts = np.array([each.trades for each in candles], np.int32)
    return Rows(np.stack([times, ids, ids + 9]), values, counts)


def venue(*candles: Candle) -> CandleWindow:
    return CandleWindow.from_arrays(*np.array(candles, np.float64).reshape(-1, 7).T)


def merged(rows: Rows, window: CandleWindow) -> list[Candle]:
    result = merge_history(rows, window)
    columns = (result.longs[0], *result.values, result.counts)
    return [Candle(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def test_the_open_candle_takes_the_larger_volume_and_the_live_close() -> None:
    mine = Candle(60, 5.0, 7.0, 4.0, 6.0, 10.0, 3)
    theirs = Candle(60, 3.0, 6.5, 3.5, 5.5, 12.0, 0)
    assert merged(live(mine), venue(theirs)) == [Candle(60, 3.0, 7.0, 3.5, 6.0, 12.0, 3)]
    assert merged(live(mine), venue(theirs._replace(volume=2.0)))[0].volume == 10.0


def test_a_closed_candle_takes_the_close_of_the_one_that_saw_more() -> None:
    newest = Candle(120, 1.0, 1.0, 1.0, 1.0, 1.0, 1)
    mine = Candle(60, 5.0, 7.0, 4.0, 6.0, 10.0, 3)
    complete = Candle(60, 3.0, 6.5, 3.5, 5.5, 12.0, 9)
    stale = complete._replace(volume=8.0)
    assert merged(live(mine, newest), venue(complete))[0] == Candle(60, 3.0, 7.0, 3.5, 5.5, 12.0, 9)
    assert merged(live(mine, newest), venue(stale))[0] == Candle(60, 3.0, 7.0, 3.5, 6.0, 10.0, 9)


def test_rounding_does_not_make_a_venue_stale() -> None:
    newest = Candle(120, 1.0, 1.0, 1.0, 1.0, 1.0, 1)
    mine = Candle(60, 5.0, 7.0, 4.0, 6.0, 0.1 + 0.2, 3)
    theirs = Candle(60, 5.0, 7.0, 4.0, 5.5, 0.3, 0)
    assert merged(live(mine, newest), venue(theirs))[0].close == 5.5


def test_candles_of_one_side_only_stay_as_they_are() -> None:
    mine = Candle(60, 5.0, 7.0, 4.0, 6.0, 10.0, 3)
    before, after = mine._replace(time_ns=0), mine._replace(time_ns=120, trades=0)
    assert merged(live(mine), venue(before, after)) == [before, mine, after]
    assert merged(live(), venue(before)) == [before]
    assert merged(live(mine), venue()) == [mine]
    assert merged(live(), venue()) == []


def test_ids_say_which_candles_trades_may_still_change() -> None:
    mine = Candle(60, 5.0, 7.0, 4.0, 6.0, 10.0, 3)
    ids = merge_history(
        live(mine, mine._replace(time_ns=120), mine._replace(time_ns=180)),
        venue(*(mine._replace(time_ns=time) for time in (0, 60, 180))),
    ).longs
    assert ids[FIRST_ID].tolist() == [BEFORE_EVERY_ID, BEFORE_EVERY_ID, 10, BEFORE_EVERY_ID]
    assert ids[LAST_ID].tolist() == [COMPLETE, COMPLETE, 19, 29]
    ids = merge_history(live(mine), venue(mine._replace(time_ns=120))).longs
    assert ids[LAST_ID].tolist() == [9, BEFORE_EVERY_ID]


def test_the_newest_rows_are_kept() -> None:
    mine = Candle(60, 5.0, 7.0, 4.0, 6.0, 10.0, 3)
    rows = live(mine, mine._replace(time_ns=120))
    assert rows.newest(1).longs[0].tolist() == [120]
    assert len(rows.newest(5)) == 2


def test_final_candles_are_the_venues_but_for_the_count_of_trades() -> None:
    mine = Candle(60, 5.0, 9.0, 1.0, 6.0, 10.0, 3)
    theirs = Candle(60, 3.0, 6.5, 3.5, 5.5, 8.0, 0)
    result = merge_history(live(mine), venue(theirs), final=True)
    assert result.values[:, 0].tolist() == [3.0, 6.5, 3.5, 5.5, 8.0]
    assert result.counts.tolist() == [3]
    assert result.longs[LAST_ID, 0] == COMPLETE
