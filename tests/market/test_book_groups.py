"""Groups of a book's levels against dictionaries, and what divides its prices."""

from collections import defaultdict
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.book_levels import LENGTHS, PRICE_DECIMALS
from market.book_view import F64, BookGroups
from market.errors import BadBook, ColumnsBusy
from market.order_book import OrderBook

pytestmark = pytest.mark.kernel

Rows = list[tuple[float, float, float]]
SIDE = st.dictionaries(st.integers(1, 400), st.integers(1, 50), max_size=40)


def rows(side: F64) -> Rows:
    return list(zip(*side.tolist(), strict=True))


def slow_groups(levels: dict[int, int], step: int, count: int, sign: int) -> Rows:
    """Prices and sizes in whole numbers; bids (sign 1) go down to a multiple, asks up."""
    sizes: dict[int, int] = defaultdict(int)
    for price, size in levels.items():
        sizes[price // step * step if sign > 0 else -(-price // step) * step] += size
    found: Rows = []
    total = 0
    for price in sorted(sizes, reverse=sign > 0)[:count]:
        total += sizes[price]
        found.append((price, sizes[price], total))
    return found


def slow_imbalance(bids: Rows, asks: Rows) -> float:
    bought, sold = (side[-1][2] if side else 0.0 for side in (bids, asks))
    return (bought - sold) / (bought + sold) if bought + sold else 0.0


def book_of(bids: dict[int, int], asks: dict[int, int], decimals: int = 0) -> OrderBook:
    book = OrderBook(64)
    book.replace(list(bids.items()), list(asks.items()), decimals, 0)
    return book


@given(SIDE, SIDE, st.integers(1, 120), st.integers(1, 12))
def test_groups_are_those_of_dictionaries(
    bids: dict[int, int], asks: dict[int, int], step: int, count: int
) -> None:
    found = book_of(bids, asks).groups(step, 0, count)
    wanted = slow_groups(bids, step, count, 1), slow_groups(asks, step, count, -1)
    assert (rows(found.bids), rows(found.asks)) == wanted
    assert found.best_bid == max(bids, default=None)
    assert found.best_ask == min(asks, default=None)
    assert found.imbalance == pytest.approx(slow_imbalance(*wanted))
    assert found.valid


@given(SIDE, st.integers(1, 40), st.integers(0, 3), st.integers(0, 3))
def test_step_and_book_may_have_other_decimals(
    bids: dict[int, int], step: int, of_book: int, of_step: int
) -> None:
    """Counted in units of the finer of both, the slow groups are the same."""
    finest = max(of_book, of_step)
    scaled = {price * 10 ** (finest - of_book): size for price, size in bids.items()}
    wanted = slow_groups(scaled, step * 10 ** (finest - of_step), 8, 1)
    found = book_of(bids, {}, of_book).groups(step, of_step, 8)
    assert found.price_decimals == finest
    assert rows(found.bids) == [(p / 10**finest, s, t) for p, s, t in wanted]


def test_prices_sizes_and_totals_have_units() -> None:
    book = OrderBook()
    book.replace([(3853250, 2545), (3853200, 338)], [(3853350, 1297)], 2, 4)
    found = book.groups(50, 2, 10)
    assert rows(found.bids) == [(38532.5, 0.2545, 0.2545), (38532.0, 0.0338, 0.2883)]
    assert rows(found.asks) == [(38533.5, 0.1297, 0.1297)]
    assert (found.best_bid, found.best_ask, found.size_decimals) == (38532.5, 38533.5, 4)


def test_an_empty_book_has_no_groups() -> None:
    found = OrderBook().groups(1, 0, 5)
    assert (rows(found.bids), rows(found.asks)) == ([], [])
    assert (found.best_bid, found.best_ask, found.imbalance) == (None, None, 0.0)
    assert not found.valid
    assert OrderBook().price_unit() == (0, 0)


def test_a_step_below_one_is_refused() -> None:
    with pytest.raises(BadBook, match="step was 0; allowed is 1 and more"):
        OrderBook().groups(0, 0, 5)


@given(SIDE, SIDE, st.integers(1, 60))
def test_the_price_unit_divides_every_price(
    bids: dict[int, int], asks: dict[int, int], unit: int
) -> None:
    bids, asks = ({price * unit: size for price, size in side.items()} for side in (bids, asks))
    assert book_of(bids, asks, 2).price_unit() == (gcd(*bids, *asks), 2)


def test_groups_wait_for_the_writer() -> None:
    book = book_of({10: 1}, {11: 1})
    before: BookGroups = book.groups(1, 0, 4)
    book._head[0] += 1
    for read in (lambda: book.groups(1, 0, 4), book.price_unit):
        with pytest.raises(ColumnsBusy):
            read()
    book._head[0] += 1
    assert book.groups(1, 0, 4).version == before.version + 2


def test_torn_lengths_stay_inside_the_arrays() -> None:
    book = book_of({10: 1}, {11: 1})
    book._head[LENGTHS] = 1_000_000
    book._head[PRICE_DECIMALS] = 0
    assert book.groups(1, 0, 4).bids.shape[1] <= 4
