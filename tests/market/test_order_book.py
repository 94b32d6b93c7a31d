"""The order book against two dictionaries that are sorted at every look."""

import threading
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.book_levels import (
    DROPPED,
    HEAD_SIZE,
    I64,
    LARGEST,
    LENGTHS,
    SEQUENCE,
    copy_top,
    set_levels,
)
from market.book_view import BookView
from market.errors import BadBook, ColumnsBusy
from market.kernel import kernel
from market.order_book import Levels, OrderBook

pytestmark = pytest.mark.kernel

Sides = tuple[list[tuple[int, int]], list[tuple[int, int]]]


class SlowBook:
    """What an order book is, without any care for time."""

    def __init__(self) -> None:
        self.sides: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def replace(self, bids: Levels, asks: Levels, depth: int = 0) -> None:
        self.sides = ({}, {})
        self.change(bids, asks, depth)

    def change(self, bids: Levels, asks: Levels, depth: int = 0) -> None:
        for side, levels in zip(self.sides, (bids, asks), strict=True):
            side.update(dict(levels))
            for price in [price for price, size in side.items() if size == 0]:
                del side[price]
        if depth:
            for side, kept in zip(self.sides, self.best(depth), strict=True):
                side.clear()
                side.update(kept)

    def best(self, depth: int) -> Sides:
        bids, asks = self.sides
        return sorted(bids.items(), reverse=True)[:depth], sorted(asks.items())[:depth]


def levels_of(view: BookView) -> Sides:
    return (
        list(zip(view.bid_ticks.tolist(), view.bid_lots.tolist(), strict=True)),
        list(zip(view.ask_ticks.tolist(), view.ask_lots.tolist(), strict=True)),
    )


# Few prices, so that levels meet again.
LEVELS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 5)), max_size=8)
CHANGES = st.lists(st.tuples(st.booleans(), LEVELS, LEVELS), max_size=30)


@given(CHANGES, st.integers(0, 6), st.integers(1, 40))
def test_the_book_is_what_two_dictionaries_are(
    changes: list[tuple[bool, list[tuple[int, int]], list[tuple[int, int]]]],
    depth: int,
    looked: int,
) -> None:
    book, slow = OrderBook(capacity=30), SlowBook()
    for whole, bids, asks in changes:
        before = book.version
        if whole:
            book.replace(bids, asks, 2, 3, depth)
            slow.replace(bids, asks, depth)
        else:
            book.change(bids, asks, 2, 3, depth)
            slow.change(bids, asks, depth)
        assert book.version > before
        assert book.levels == sum(map(len, slow.sides))
        assert levels_of(book.view(looked)) == slow.best(looked)
        assert book.best(looked)[:2] == slow.best(looked)
        bid, ask = slow.best(1)
        assert book.crossed is bool(bid and ask and bid[0][0] >= ask[0][0])
        assert book.view(1).crossed is book.crossed
    assert book.dropped == 0


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), LEVELS, LEVELS), min_size=1),
)
def test_more_decimals_rescale_the_book(
    changes: list[tuple[int, int, list[tuple[int, int]], list[tuple[int, int]]]],
) -> None:
    """The slow book counts everything in thousandths."""
    book, slow = OrderBook(capacity=2000), SlowBook()
    book.replace([], [], 0, 0)
    most_price = most_size = 0
    for price_decimals, size_decimals, bids, asks in changes:
        price, size = 10 ** (3 - price_decimals), 10 ** (3 - size_decimals)
        book.change(bids, asks, price_decimals, size_decimals)
        scaled = [[(p * price, s * size) for p, s in side] for side in (bids, asks)]
        slow.change(scaled[0], scaled[1])
        most_price, most_size = max(most_price, price_decimals), max(most_size, size_decimals)
        view = book.view()
        assert (view.price_decimals, view.size_decimals) == (most_price, most_size)
        found = [
            [(p * 10 ** (3 - most_price), s * 10 ** (3 - most_size)) for p, s in side]
            for side in levels_of(view)
        ]
        assert found == list(slow.best(5000))


@given(st.lists(st.integers(1, 100), min_size=1, max_size=60), st.integers(1, 9))
def test_without_room_the_best_levels_stay(prices: list[int], capacity: int) -> None:
    book = OrderBook(capacity)
    book.change([(price, 1) for price in prices], [(price, 1) for price in prices], 0, 0)
    view = book.view()
    assert view.bid_ticks.tolist() == sorted(set(prices), reverse=True)[:capacity]
    assert view.ask_ticks.tolist() == sorted(set(prices))[:capacity]
    assert (book.dropped > 0) is (len(set(prices)) > capacity)


def example() -> OrderBook:
    book = OrderBook(100)
    book.replace([(1003, 25), (1002, 50), (1000, 100)], [(1005, 10), (1007, 15)], 1, 2)
    return book


def test_units_sums_and_imbalance() -> None:
    view = example().view()
    assert view.bids.tolist() == [[100.3, 100.2, 100.0], [0.25, 0.5, 1.0]]
    assert view.asks.tolist() == [[100.5, 100.7], [0.1, 0.15]]
    assert view.cumulative_bids.tolist() == [0.25, 0.75, 1.75]
    assert view.cumulative_asks.tolist() == [0.1, 0.25]
    assert view.spread == 0.2
    assert view.imbalance(1) == pytest.approx((25 - 10) / 35)
    assert view.imbalance(2) == pytest.approx((75 - 25) / 100)
    assert view.imbalance(50) == pytest.approx((175 - 25) / 200)
    assert view.valid


@given(st.integers(1, 10**12), st.integers(0, 8))
def test_prices_are_the_floats_of_their_decimal_text(ticks: int, decimals: int) -> None:
    book = OrderBook(4)
    book.replace([(ticks, ticks)], [], decimals, decimals)
    exact = float(Decimal(ticks).scaleb(-decimals))
    assert book.view().bids.tolist() == [[exact], [exact]]


def test_an_empty_side() -> None:
    view = OrderBook(10).view()
    assert (view.spread, view.crossed, view.imbalance(5), view.valid) == (None, False, 0.0, False)
    assert view.bids.shape == view.asks.shape == (2, 0)
    one = OrderBook(10)
    one.replace([(5, 1)], [], 0, 0)
    assert (one.view().imbalance(3), one.crossed) == (1.0, False)


def test_a_book_can_be_doubted_and_believed_again() -> None:
    book = example()
    book.invalidate()
    assert (book.valid, book.view().valid) == (False, False)
    book.change([(1001, 1)], [], 1, 2)
    assert not book.valid
    book.replace([(1001, 1)], [], 1, 2)
    assert book.view().valid


@pytest.mark.parametrize(
    ("bids", "decimals", "reason"),
    [
        ([(-1, 1)], 1, "outside 0 to"),
        ([(1, -1)], 1, "outside 0 to"),
        ([(2**63, 1)], 1, "no pairs of 64-bit integers"),
        ([(2**62 + 1, 1)], 1, "outside 0 to"),
        ([(2**62, 1)], 0, "outside 0 to"),
        ([(1, 2)], 19, "do not fit"),
    ],
)
def test_numbers_that_do_not_fit_change_nothing(
    bids: list[tuple[int, int]], decimals: int, reason: str
) -> None:
    book = example()
    before, version = levels_of(book.view()), book.version
    with pytest.raises(BadBook, match=reason):
        book.change(bids, [], decimals, 2)
    assert levels_of(book.view()) == before
    assert book.version == version
    assert LARGEST == 2**62


def test_levels_that_are_no_pairs_are_refused() -> None:
    with pytest.raises(BadBook, match="levels were no pairs"):
        example().change([], [(1, 2, 3)], 1, 2)  # type: ignore[list-item]


def test_a_copy_is_not_made_while_the_writer_is_inside() -> None:
    book = example()
    book._head[SEQUENCE] += 1
    with pytest.raises(ColumnsBusy, match="no consistent copy in 100 attempts"):
        book.view()
    book._head[SEQUENCE] += 1
    assert book.view().spread == 0.2


@kernel
def hammer(head: I64, ticks: I64, lots: I64, rows: I64, wanted: int, result: I64) -> None:
    """Fill and empty the book, every level of one change with the same size."""
    for i in range(2_000_000_000):
        if result[0] >= wanted:
            break
        for n in range(rows.shape[0]):
            rows[n, 0] = n + 1
            rows[n, 1] = i + 1
        set_levels(head, ticks, lots, rows, rows, 1 + i % rows.shape[0], 1, 1)
    result[2] = 1


@kernel
def count_torn(head: I64, ticks: I64, lots: I64, result: I64) -> None:
    """Copies made, and those among them whose sizes do not belong together."""
    out_ticks, out_lots = np.zeros((2, 8), np.int64), np.zeros((2, 8), np.int64)
    out_head = np.zeros(HEAD_SIZE, np.int64)
    while result[2] == 0:
        if copy_top(head, ticks, lots, out_ticks, out_lots, out_head):
            result[0] += 1
            size = out_lots[0, 0]
            for side in range(2):
                for i in range(out_head[LENGTHS + side]):
                    result[1] += out_lots[side, i] != size


def test_readers_never_see_half_a_change() -> None:
    book = OrderBook(8)
    result = np.zeros(3, np.int64)
    arrays = (book._head, book._ticks, book._lots)
    # Both are compiled before either runs: the writer would wait for a reader that compiles.
    hammer(*arrays, np.zeros((8, 2), np.int64), 0, result)
    count_torn(*arrays, np.array([0, 0, 1]))
    result[:] = 0
    wanted = 50 if not hasattr(hammer, "signatures") else 200_000
    rows = np.zeros((8, 2), np.int64)
    writer = threading.Thread(target=hammer, args=(*arrays, rows, wanted, result))
    reader = threading.Thread(target=count_torn, args=(*arrays, result))
    reader.start()
    writer.start()
    writer.join()
    reader.join()
    assert result[0] >= wanted
    assert result[1] == 0
    assert book._head[SEQUENCE] % 2 == 0
    assert book._head[DROPPED] == 0
