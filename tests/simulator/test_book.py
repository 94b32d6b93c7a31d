import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_feed.simulator.book import Fill, OrderBook
from data_feed.simulator.errors import BookError
from market.types import Side

Action = tuple[str, Side, int, int]

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["limit", "limit", "limit", "market", "protected", "cancel"]),
        st.sampled_from(Side),
        st.integers(1, 12),
        st.integers(1, 30),
    ),
    max_size=80,
)


class SlowBook:
    """The rules written down as plainly as possible: one list, searched from end to end."""

    def __init__(self) -> None:
        self.orders: list[list[int]] = []  # number, side, price, size; oldest first

    def take(self, side: Side, size: int, worst: int | None) -> tuple[list[Fill], int]:
        fills = []
        while size:
            others = [order for order in self.orders if order[1] == -side]
            if worst is not None:
                others = [order for order in others if (worst - order[2]) * side >= 0]
            if not others:
                break
            best = min(others, key=lambda order: order[2] * side)
            traded = min(size, best[3])
            fills.append(Fill(best[0], best[2], traded))
            best[3] -= traded
            size -= traded
            if not best[3]:
                self.orders.remove(best)
        return fills, size

    def limit(self, order_id: int, side: Side, price: int, size: int) -> list[Fill]:
        fills, left = self.take(side, size, price)
        if left:
            self.orders.append([order_id, side, price, left])
        return fills

    def cancel(self, order_id: int) -> int:
        for order in self.orders:
            if order[0] == order_id:
                self.orders.remove(order)
                return order[3]
        return 0

    def levels(self, side: Side) -> list[tuple[int, int]]:
        sizes: dict[int, int] = {}
        for _, own, price, size in self.orders:
            if own == side:
                sizes[price] = sizes.get(price, 0) + size
        return sorted(sizes.items(), key=lambda level: -level[0] * side)


def target(number: int, price: int, size: int) -> int:
    """Some order sent before."""
    return 1 + (31 * price + size) % number


def apply(book: OrderBook | SlowBook, number: int, action: Action) -> object:
    kind, side, price, size = action
    if kind == "limit":
        return book.limit(number, side, price, size)
    if kind == "cancel":
        return book.cancel(target(number, price, size))
    worst = price if kind == "protected" else None
    if isinstance(book, SlowBook):
        return book.take(side, size, worst)[0]
    return book.market(side, size, worst)


@given(ACTIONS)
@settings(max_examples=150, deadline=None)
def test_book_does_what_the_slow_book_does(actions: list[Action]) -> None:
    book, slow = OrderBook(), SlowBook()
    for number, action in enumerate(actions, 1):
        assert apply(book, number, action) == apply(slow, number, action)
        assert book.bids.levels() == slow.levels(Side.BUY)
        assert book.asks.levels() == slow.levels(Side.SELL)


@given(ACTIONS)
@settings(max_examples=100, deadline=None)
def test_book_is_never_crossed_and_conserves_sizes(actions: list[Action]) -> None:
    book = OrderBook()
    placed = cancelled = traded = 0
    for number, (kind, side, price, size) in enumerate(actions, 1):
        if kind == "cancel":
            cancelled += book.cancel(target(number, price, size))
            continue
        if kind == "limit":
            resting = {p for p, _ in book.side(Side(-side)).levels()}
            fills = book.limit(number, side, price, size)
            placed += size
            traded += 2 * sum(fill.size for fill in fills)
        else:
            resting = {p for p, _ in book.side(Side(-side)).levels()}
            fills = book.market(side, size)
            traded += sum(fill.size for fill in fills)
        assert {fill.price for fill in fills} <= resting
        assert all(fill.size >= 1 for fill in fills)
        bid, ask = book.bids.best, book.asks.best
        assert bid is None or ask is None or bid < ask
        rest = sum(size for side in (book.bids, book.asks) for _, size in side.levels())
        assert placed == rest + cancelled + traded


@given(ACTIONS)
@settings(max_examples=100, deadline=None)
def test_changes_rebuild_the_book(actions: list[Action]) -> None:
    book = OrderBook()
    copy: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
    for number, action in enumerate(actions, 1):
        apply(book, number, action)
        if number % 7 == 0 or number == len(actions):
            for change in book.take_changes():
                copy[change.side][change.price] = change.size
                if change.size == 0:
                    del copy[change.side][change.price]
            assert copy[Side.BUY] == dict(book.bids.levels())
            assert copy[Side.SELL] == dict(book.asks.levels())
    assert book.take_changes() == []


def test_older_order_of_a_price_trades_first() -> None:
    book = OrderBook()
    book.limit(1, Side.SELL, 100, 5)
    book.limit(2, Side.SELL, 100, 5)
    book.limit(3, Side.SELL, 99, 1)
    assert book.market(Side.BUY, 7) == [Fill(3, 99, 1), Fill(1, 100, 5), Fill(2, 100, 1)]
    assert book.asks.orders_at(100) == [(2, 4)]
    assert 1 not in book
    assert 2 in book


def test_partly_filled_order_keeps_its_place() -> None:
    book = OrderBook()
    book.limit(1, Side.BUY, 50, 5)
    book.limit(2, Side.BUY, 50, 5)
    book.market(Side.SELL, 2)
    assert book.market(Side.SELL, 4) == [Fill(1, 50, 3), Fill(2, 50, 1)]


def test_crossing_limit_rests_its_remainder_at_its_own_price() -> None:
    book = OrderBook()
    book.limit(1, Side.SELL, 100, 2)
    assert book.limit(2, Side.BUY, 103, 5) == [Fill(1, 100, 2)]
    assert book.bids.levels() == [(103, 3)]
    assert book.asks.best is None


def test_protected_market_order_stops_at_its_worst_price() -> None:
    book = OrderBook()
    book.limit(1, Side.BUY, 100, 1)
    book.limit(2, Side.BUY, 98, 1)
    assert book.market(Side.SELL, 5, worst=99) == [Fill(1, 100, 1)]
    assert book.bids.levels(1) == [(98, 1)]


def test_cancel_of_an_unknown_order_is_zero() -> None:
    book = OrderBook()
    book.limit(1, Side.BUY, 5, 3)
    assert book.cancel(1) == 3
    assert book.cancel(1) == 0
    assert book.cancel(99) == 0


@pytest.mark.parametrize(("price", "size"), [(0, 1), (1, 0), (-1, 1)])
def test_order_below_one_unit_is_refused(price: int, size: int) -> None:
    with pytest.raises(BookError, match=f"price {price}, size {size}"):
        OrderBook().limit(1, Side.BUY, price, size)


def test_number_used_twice_is_refused() -> None:
    book = OrderBook()
    book.limit(1, Side.BUY, 5, 3)
    with pytest.raises(BookError, match="limit order 1"):
        book.limit(1, Side.BUY, 5, 3)
    with pytest.raises(BookError, match="size was 0"):
        book.market(Side.BUY, 0)
