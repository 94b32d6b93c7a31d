"""The tape against a plain list, its rule of large trades, and its protocol for readers."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.book_levels import I64
from market.errors import ColumnsBusy
from market.kernel import kernel
from market.market import Market
from market.tape import CAPACITY, F64, Tape, TapeView, add_to_tape, copy_tape
from market.types import SECOND, Side, Symbol, Trade

pytestmark = pytest.mark.kernel

BTC = Symbol("BTC-USD")
TRADES = st.lists(
    st.tuples(
        st.integers(0, 2**62), st.floats(1e-9, 1e9), st.floats(0, 1e9), st.sampled_from(Side)
    ),
    max_size=40,
)


def trade(number: int, time_ns: int, price: float, size: float, side: Side = Side.BUY) -> Trade:
    return Trade(BTC, number, time_ns, price, size, side)


def rows(view: TapeView) -> list[tuple[int, float, float, int]]:
    columns = (view.time_ns, view.price, view.size, view.side)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def tape_of(sizes: list[float], step_ns: int = SECOND) -> Tape:
    tape = Tape()
    for number, size in enumerate(sizes):
        tape.add(trade(number, number * step_ns, 100.0, size))
    return tape


@given(TRADES, st.integers(1, 30), st.integers(1, 35))
def test_it_holds_the_newest_trades(
    trades: list[tuple[int, float, float, Side]], capacity: int, most: int
) -> None:
    tape = Tape(capacity)
    memory = tape.nbytes
    for number, (time_ns, price, size, side) in enumerate(trades):
        tape.add(trade(number, time_ns, price, size, side))
        held = trades[max(0, number + 1 - min(capacity, most)) : number + 1]
        assert rows(tape.view(most)) == [(t, p, s, int(side)) for t, p, s, side in held]
        assert tape.view(most).next == tape.next == number + 1
    assert tape.nbytes == memory


@given(st.lists(st.floats(0, 1e6), min_size=50, max_size=300))
def test_large_trades_are_few_and_larger_than_the_middle(sizes: list[float]) -> None:
    least = tape_of(sizes).view().large_from
    assert least is not None
    assert least >= 3.0 * float(np.median(sizes))
    if least > 0:
        assert sum(size > least for size in sizes) <= 0.05 * len(sizes) + 1


def test_large_is_the_95th_percentile_of_what_is_held() -> None:
    sizes = [1.0] * 90 + [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0]
    view = tape_of(sizes).view()
    assert view.large_from == np.quantile(sizes, 0.95) == 60.0
    assert (view.size >= view.large_from).sum() == 6


def test_no_trade_is_large_among_few_or_equal_ones() -> None:
    assert tape_of([5.0] * 49).view().large_from is None
    assert tape_of([5.0] * 50).view().large_from == 15.0


def test_large_is_judged_by_the_newest_thousand() -> None:
    sizes = [1000.0] * 500 + [1.0] * CAPACITY
    assert tape_of(sizes).view().large_from == 3.0


def test_trades_a_second_are_those_of_the_last_ten() -> None:
    second = tape_of([1.0] * 100, SECOND // 4).view()  # from 0 to 24.75 s
    assert second.per_second(25 * SECOND) == 3.9
    assert second.per_second(30 * SECOND) == 1.9
    assert second.per_second(90 * SECOND) == 0.0
    assert Tape().view().per_second(5) == 0.0


def test_a_tape_that_reaches_back_less_counts_over_what_it_holds() -> None:
    view = tape_of([1.0] * 8, SECOND // 2).view()
    assert view.per_second(4 * SECOND) == 2.0
    assert tape_of([1.0] * 3, 1).view().per_second(2) == 3.0  # not less than a second


def test_a_market_keeps_each_live_trade_once() -> None:
    market = Market([BTC])
    for number in (1, 2, 2, 1, 3):
        market.apply(trade(number, number, 100.0 + number, 1.0, Side.SELL), 1)
    market.fill(trade(9, 4, 1.0, 1.0))  # asked for afterwards: nobody saw it happen
    found = [(1, 101.0, 1.0, -1), (2, 102.0, 1.0, -1), (3, 103.0, 1.0, -1)]
    assert rows(market[BTC].tape.view()) == found


def test_a_cleared_tape_goes_on_counting() -> None:
    tape = tape_of([1.0, 2.0, 3.0])
    tape.clear()
    assert (len(tape.view()), tape.view().next) == (0, 3)
    tape.add(trade(3, 7, 5.0, 4.0, Side.SELL))
    assert rows(tape.view()) == [(7, 5.0, 4.0, -1)]
    assert tape.view().next == 4


def test_a_copy_is_not_made_while_the_writer_is_inside() -> None:
    tape = tape_of([1.0])
    tape._head[0] += 1
    with pytest.raises(ColumnsBusy):
        tape.view()


@kernel
def write_many(head: I64, longs: I64, values: F64, wanted: int, result: I64) -> None:
    """Trades whose four numbers are the same, until enough copies were made."""
    number = 0
    while result[0] < wanted:
        number = (number + 1) % 1000
        add_to_tape(head, longs, values, number, number, float(number), float(number))
    result[2] = 1


@kernel
def count_torn_trades(head: I64, longs: I64, values: F64, result: I64) -> None:
    out_longs, out_values = np.zeros((2, 8), np.int64), np.zeros((2, 8))
    out_head = np.zeros(3, np.int64)
    while result[2] == 0:
        count = copy_tape(head, longs, values, out_longs, out_values, out_head)
        if count >= 0:
            result[0] += 1
        for i in range(count):
            number = out_longs[0, i]
            result[1] += out_longs[1, i] != number or out_values[0, i] != number
            result[1] += out_values[1, i] != number


def test_readers_never_see_half_a_trade() -> None:
    tape = Tape(8)
    result = np.zeros(3, np.int64)
    # Both are compiled before either runs: the writer would wait for a reader that compiles.
    write_many(*tape._arrays, 0, result)
    count_torn_trades(*tape._arrays, np.array([0, 0, 1]))
    result[:] = 0
    wanted = 50 if not hasattr(write_many, "signatures") else 200_000
    writer = threading.Thread(target=write_many, args=(*tape._arrays, wanted, result))
    reader = threading.Thread(target=count_torn_trades, args=(*tape._arrays, result))
    reader.start()
    writer.start()
    writer.join()
    reader.join()
    assert result[0] >= wanted
    assert result[1] == 0
