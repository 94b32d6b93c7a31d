"""Circular columns: what goes in comes out, in one consistent piece."""

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market import columns as columns_module
from market.columns import CandleColumns, CandleWindow
from market.errors import BadCandles, ColumnsBusy
from market.ring import LENGTH, NEXT, SEQUENCE, STRUCTURE, VOLUME, RingStorage
from market.types import Candle
from tests.market.reference import rows

pytestmark = pytest.mark.kernel


def candle(number: int) -> Candle:
    """A candle that can be told apart from every other one by any of its fields."""
    return Candle(
        number * 10, number + 0.5, number + 0.75, number + 0.25, number + 0.6, number * 2.0, number
    )


def filled(capacity: int, count: int) -> CandleColumns:
    columns = CandleColumns(capacity)
    for number in range(count):
        columns.append(candle(number))
    return columns


@given(st.integers(1, 9), st.integers(0, 40))
def test_a_ring_holds_the_newest_candles(capacity: int, count: int) -> None:
    columns = filled(capacity, count)
    expected = [candle(number) for number in range(count)][-capacity:]
    assert rows(columns.window()) == rows(columns.snapshot()) == expected
    assert len(columns) == len(expected)
    assert columns.next_index == count
    assert columns.window().first_index == count - len(expected)


@given(
    st.integers(1, 6),
    st.integers(0, 20),
    st.integers(0, 25) | st.none(),
    st.integers(0, 25) | st.none(),
)
def test_a_window_is_what_was_asked_for_as_far_as_it_is_held(
    capacity: int, held: int, count: int | None, end: int | None
) -> None:
    columns = filled(capacity, held)
    stop = held if end is None else min(end, held)
    start = 0 if count is None else max(0, stop - count)
    oldest = max(0, held - capacity)
    expected = [candle(number) for number in range(max(start, oldest), stop)]
    assert rows(columns.window(count, end)) == expected
    assert rows(columns.snapshot(count, end)) == expected


def test_windows_and_snapshots_are_read_only_copies() -> None:
    columns = filled(4, 6)
    windows = columns.window(), columns.snapshot()
    columns.replace_last(candle(5)._replace(close=99.0))
    for window in windows:
        assert window.close[-1] == candle(5).close
        with pytest.raises(ValueError, match="read-only"):
            window.close[0] = 1.0
        assert all(
            array.flags.c_contiguous
            for array in (window.time_ns, window.open, window.volume, window.trades)
        )


def test_every_change_raises_the_even_version() -> None:
    columns = CandleColumns(3)
    versions = [columns.version]
    changes: list[Callable[[], None]] = [
        lambda: columns.append(candle(1)),
        lambda: columns.replace_last(candle(1)),
        lambda: columns.load(columns.snapshot()),
    ]
    for change in changes:
        change()
        versions.append(columns.version)
    assert versions == sorted(set(versions))
    assert all(version % 2 == 0 for version in versions)
    assert columns.snapshot().version == columns.window().version == versions[-1]


def test_loading_replaces_everything_under_new_indices() -> None:
    columns = filled(4, 3)
    columns.load(CandleWindow.from_arrays(*np.arange(1.0, 36.0).reshape(5, 7)[[0, 1, 2, 3, 4, 4]]))
    window = columns.window()
    assert window.time_ns.tolist() == [4, 5, 6, 7]
    assert (window.first_index, columns.next_index) == (3, 7)
    columns.append(candle(9))
    assert columns.window().first_index == 4


def test_candles_must_rise_in_time() -> None:
    columns = filled(4, 3)
    with pytest.raises(BadCandles, match="starts at 20 ns, not after 20 ns"):
        columns.append(candle(2))
    with pytest.raises(BadCandles, match="starts at 30 ns; the newest starts at 20 ns"):
        columns.replace_last(candle(3))
    with pytest.raises(BadCandles, match="the newest starts at None"):
        CandleColumns(1).replace_last(candle(3))
    with pytest.raises(BadCandles, match="capacity was 0"):
        CandleColumns(0)


def test_arrays_must_be_a_candle_series() -> None:
    with pytest.raises(BadCandles, match="candle 2 starts at 5 ns, not after 5 ns"):
        CandleWindow.from_arrays([1, 5, 5], *np.ones((5, 3)))
    with pytest.raises(BadCandles, match="column shapes"):
        CandleWindow.from_arrays([1, 5], *np.ones((5, 3)))
    window = CandleWindow.from_arrays([1, 5], *np.ones((5, 2)))
    assert (len(window), window.first_index) == (2, 0)
    assert window.trades.dtype == np.int32


def test_a_snapshot_gives_up_on_a_writer_that_died_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns_module, "ATTEMPTS", 3)
    storage = RingStorage.allocate(1, 4)
    columns = CandleColumns(4, storage)
    columns.append(candle(1))
    storage.heads[0, SEQUENCE] += 1
    with pytest.raises(ColumnsBusy, match="3 attempts"):
        columns.snapshot()


def test_bounds_are_none_of_a_write_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns_module, "ATTEMPTS", 3)
    storage = RingStorage.allocate(1, 4)
    columns = CandleColumns(4, storage)
    columns.append(candle(1))
    before = columns.bounds()
    assert before == (columns.structure, 1)
    storage.heads[0, SEQUENCE] += (
        1  # as a fold of many trades does first, and NEXT candle by candle
    )
    storage.heads[0, STRUCTURE] += 1
    storage.heads[0, NEXT] += 1
    with pytest.raises(ColumnsBusy, match="3 attempts"):
        columns.bounds()
    storage.heads[0, NEXT] += 1
    storage.heads[0, SEQUENCE] += 1
    assert columns.bounds() == (before[0] + 1, 3)


def test_a_snapshot_never_mixes_two_states() -> None:
    """A writer rewrites whole rings of candles whose fields determine each other."""
    columns = CandleColumns(64)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            columns.append(candle(number))
            for twist in range(3):
                columns.replace_last(
                    candle(number)._replace(close=number + 0.7, trades=number + twist)
                )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = 0
        while seen < 300:
            window = columns.snapshot()
            if not len(window):
                continue
            seen += 1
            number = window.time_ns // 10
            assert (np.diff(number) == 1).all()
            assert (window.open == number + 0.5).all()
            assert (window.volume == number * 2.0).all()
            assert (window.trades - number <= 2).all()
            assert window.first_index + 1 == number[0]
    finally:
        stop.set()
        writer.join()


def test_a_row_holds_each_candle_once() -> None:
    storage = RingStorage.allocate(2, 5)
    columns = CandleColumns(5, storage, row=1)
    for number in range(13):
        columns.append(candle(number))
    assert storage.heads[1, [NEXT, LENGTH]].tolist() == [13, 5]
    assert storage.values.shape == (2, 5, 5)
    assert (storage.values[0] == 0).all()
    assert sorted(storage.values[1, VOLUME].tolist()) == [16.0, 18.0, 20.0, 22.0, 24.0]


def test_a_part_shares_the_arrays_and_keeps_its_place() -> None:
    columns = CandleColumns(4)
    for at in range(6):
        columns.append(Candle(at * 10, 1.0 + at, 2.0 + at, 0.5, 1.5, 3.0, at))
    window = columns.window()
    part = window.part(1, 3)
    assert part.time_ns.tolist() == [30, 40]
    assert part.open.tolist() == [4.0, 5.0]
    assert (part.first_index, part.version) == (3, window.version)
    assert np.shares_memory(part.high, window.high)
    assert not part.close.flags.writeable
    assert len(window.part(2, 2)) == 0
