"""What live orders look like from outside: their place in a queue."""

from decimal import Decimal

from msgspec.structs import replace

from market.order_book import OrderBook
from market.types import Side
from tests.paper_trading.harness import BTC, Moved, limit, moved
from trading.engine.records import Kind
from trading.paper.commands import Place
from trading.paper.terms import AccountTerms


def ahead(desk: Moved, account: int | None = None) -> list[Decimal | None]:
    """Of the live orders in the order of their ids."""
    return [order.queue_ahead for order in reversed(desk.view(account).orders) if order.live]


def book(desk: Moved, below: float) -> None:
    """A book with five at 95 and ``below`` at the bid."""
    shown = OrderBook(100)
    shown.replace([(990, int(below * 10)), (950, 50)], [(1010, 50), (1050, 70)], 1, 1)
    desk.feed.books[BTC] = shown


def test_only_what_stands_in_a_queue_tells_its_place() -> None:
    with moved() as desk:
        book(desk, 10.0)
        desk.do(limit(95.0))
        desk.do(Place(symbol=BTC, side=Side.BUY, kind=Kind.STOP, size=1.0, stop=120.0))
        desk.do(replace(limit(96.0), kind=Kind.STOP_LIMIT, stop=104.0))
        desk.do(Place(symbol=BTC, side=Side.SELL, kind=Kind.TRAILING, size=1.0, trail=9.0))
        assert ahead(desk) == [5, None, None, None]
        desk.trade(104.0)
        view = desk.until(lambda view: any(each.triggered for each in view.orders), "the stop")
        [triggered] = [order for order in view.orders if order.triggered]
        assert triggered.kind == "stop limit" and triggered.queue_ahead == 0
        assert ahead(desk) == [5, None, 0, None]


def test_what_closes_an_entry_queues_once_there_is_something_to_close() -> None:
    with moved() as desk:
        book(desk, 10.0)
        desk.do(replace(limit(95.0), take_profit=105.0, stop_loss=80.0))
        assert ahead(desk) == [5, None, None]
        desk.trade(94.0)
        view = desk.until(lambda view: bool(view.positions), "the entry")
        exits = {order.role: order.queue_ahead for order in view.orders if order.live}
        assert exits == {"stop loss": None, "take profit": 7}


def test_an_order_on_its_way_is_in_no_queue() -> None:
    with moved() as desk:
        book(desk, 10.0)
        terms = AccountTerms(name="Far away", latency_ns=3600 * 10**9)
        account = desk.paper.open_account(terms).result(60)
        desk.do(limit(95.0), account)
        assert ahead(desk, account) == [None]
