"""What commands and the market make of an account; figures by hand."""

from decimal import Decimal

import pytest

from market.types import Side
from tests.trading.paper.account import BTC, ETH, MS, Account, book
from trading.engine.records import Kind, Reason, Sizing, State, TimeInForce
from trading.errors import BadMarketData, BadPolicy, BadQuantity
from trading.paper.commands import (
    Cancel,
    CancelAll,
    Change,
    Close,
    CloseAll,
    Kill,
    Place,
    Resume,
    SetLimits,
    Target,
)
from trading.paper.core import open_account
from trading.paper.events import (
    CommandRefused,
    EquityMarked,
    Filled,
    Halted,
    LimitsSet,
    OrderAccepted,
    OrderChanged,
    OrderEnded,
    OrderRefused,
    OrderTriggered,
    Resumed,
    RiskTripped,
)
from trading.paper.risk import RiskLimits
from trading.paper.tape import FeedState, NoBook, PassTime
from trading.paper.terms import AccountTerms, Role

pytestmark = pytest.mark.kernel


@pytest.fixture
def account() -> Account:
    """100,000 USD, fee 0.1 %, no latency; BTC at 60,000, bid 59,990, ask 60,010."""
    made = Account()
    made.trade(60_000.0)
    made.quote(59_990.0, 60_010.0)
    return made


def named(events: tuple[object, ...]) -> list[str]:
    """The names of events."""
    return [type(event).__name__ for event in events]


def test_a_market_order_takes_the_levels_of_the_book(account: Account) -> None:
    account.market(book(BTC, [(59_990.0, 1.0)], [(60_010.0, 0.2), (60_020.0, 0.5)]))
    accepted, first, second, ended = account.do(Place(symbol=BTC, side=Side.BUY, size=0.3, key="a"))
    assert isinstance(accepted, OrderAccepted)
    assert (accepted.id, accepted.owner, accepted.key, accepted.order.size) == (
        1,
        "manual",
        "a",
        0.3,
    )
    assert isinstance(first, Filled)
    assert isinstance(second, Filled)
    assert (first.size, first.price, first.fee) == (
        Decimal("0.2"),
        Decimal("60010.0"),
        Decimal("12.002"),
    )
    assert (second.size, second.price, second.fee) == (
        Decimal("0.1"),
        Decimal(60_020),
        Decimal("6.002"),
    )
    assert ended == OrderEnded(account.time_ns, 1, State.FILLED, Reason.NONE)
    ledger = account.core.records.portfolios["manual"].ledger
    assert ledger.cash == 100_000 - Decimal("12002") - 6002 - Decimal("18.004")
    assert account.core.equity == pytest.approx(100_000 - 4 - 18.004)
    assert account.balances()


def test_a_limit_order_waits_and_fills_as_a_maker(account: Account) -> None:
    assert named(
        account.do(Place(symbol=BTC, side=Side.BUY, kind=Kind.LIMIT, size=0.1, limit=59_000.0))
    ) == ["OrderAccepted"]
    assert account.core.waiting_symbols == {BTC}
    assert account.trade(59_500.0) == ()
    fill, ended = account.trade(58_900.0, side=Side.SELL)
    assert isinstance(fill, Filled)
    assert (fill.price, fill.maker, fill.order) == (Decimal(59_000), True, 1)
    assert isinstance(ended, OrderEnded)
    assert account.core.waiting_symbols == frozenset()
    assert account.core.active == {BTC}


def test_exits_wait_for_their_entry_and_cancel_each_other(account: Account) -> None:
    placed = account.do(
        Place(
            symbol=BTC, side=Side.BUY, size=0.1, stop_loss=59_000.0, take_profit=61_000.0, key="b"
        )
    )  # fmt: skip
    orders = [event for event in placed if isinstance(event, OrderAccepted)]
    assert [(each.id, each.order.role, each.order.parent, each.key) for each in orders] == [
        (1, Role.ENTRY, 0, "b"), (2, Role.STOP_LOSS, 1, None), (3, Role.TAKE_PROFIT, 1, None),
    ]  # fmt: skip
    assert account.trade(60_500.0) == ()
    account.quote(58_980.0, 58_990.0)
    events = account.trade(58_985.0, side=Side.SELL)
    assert named(events) == ["OrderTriggered", "Filled", "OrderEnded", "OrderEnded"]
    fill = events[1]
    assert isinstance(fill, Filled)
    assert (fill.order, fill.price) == (2, Decimal(58_980))
    assert fill.realised == Decimal("0.1") * (58_980 - 60_010)
    assert events[3] == OrderEnded(account.time_ns, 3, State.CANCELLED, Reason.PARTNER)
    assert account.core.records.orders == {}


def test_size_by_fraction_of_the_equity_pays_the_costs_too(account: Account) -> None:
    accepted = account.do(Place(symbol=BTC, side=Side.BUY, fraction=1.0))[0]
    assert isinstance(accepted, OrderAccepted)
    # At the mark of 60,000 an equity of 100,000 less 10 + 60.01 per unit: 100000/(60000+70.01).
    assert accepted.order.size == 1.6647
    assert accepted.order.sizing is Sizing.SHARE
    assert account.core.records.portfolios["manual"].ledger.cash > 0


def test_size_by_risk_to_the_stop_includes_the_costs(account: Account) -> None:
    accepted = account.do(
        Place(
            symbol=BTC, side=Side.BUY, kind=Kind.LIMIT, limit=60_000.0, risk=100.0,
            stop_loss=59_000.0,
        )
    )[0]  # fmt: skip
    assert isinstance(accepted, OrderAccepted)
    # 100 / (1000 + 0.001 × (60000 + 59000)) = 0.08937..., in steps of 0.0001
    assert accepted.order.size == 0.0893


def test_dragging_changes_an_order(account: Account) -> None:
    account.do(Place(symbol=BTC, side=Side.BUY, kind=Kind.LIMIT, size=0.1, limit=59_000.0))
    assert account.do(Change(id=1, limit=59_500.0, by="page")) == (
        OrderChanged(account.time_ns, 1, 0.1, 59_500.0, 0.0, 0.0, 0.0, "page"),
    )
    assert account.core.records.orders[1].limit == 59_500.0
    fill = account.trade(59_400.0, side=Side.SELL)[0]
    assert isinstance(fill, Filled)
    assert fill.price == 59_500


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (Change(id=7, limit=1.0), "unknown_order", "There is no order 7; there are 2."),
        (Change(id=2, limit=1.0), "ended", "Order 2 has ended already."),
        (Change(id=1, limit=1.0), "price", "far from the market"),
        (Change(id=1, limit=25_000.0), "price_collar", "price collar"),
        (Change(id=1, size=float("nan")), "size", "It was nan; allowed is above 0."),
        (Change(id=1, stop=59_100.0), "order", "A limit order has no stop"),
        (Change(id=1), "order", "Nothing was given"),
    ],
)
def test_changes_that_cannot_be_are_refused(
    account: Account, change: Change, code: str, words: str
) -> None:
    account.do(Place(symbol=BTC, side=Side.BUY, kind=Kind.LIMIT, size=0.1, limit=59_000.0))
    account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))
    (refused,) = account.do(change)
    assert isinstance(refused, CommandRefused)
    assert (refused.command, refused.code) == ("change", code)
    assert words in refused.words
    assert account.core.records.orders[1].limit == 59_000.0


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [
        (Place(symbol="XRP-USD", side=Side.BUY, size=1.0), "symbol", "XRP-USD is not traded here"),
        (Place(symbol="ETH-BTC", side=Side.BUY, size=1.0), "symbol", "is paid in USD: BTC-USD"),
        (Place(symbol=ETH, side=Side.BUY, size=1.0), "no_price", "ETH-USD has no price yet"),
        (Place(symbol=BTC, side=Side.BUY, size=0.0), "size", "It was 0.0; allowed is above 0"),
        (Place(symbol=BTC, side=Side.BUY, size=-1.0), "size", "It was -1.0"),
        (Place(symbol=BTC, side=Side.BUY, size=float("nan")), "size", "It was nan"),
        (Place(symbol=BTC, side=Side.BUY, size=float("inf")), "size", "It was inf"),
        (Place(symbol=BTC, side=Side.BUY, size=1e300), "size", "to 1e+12"),
        (Place(symbol=BTC, side=Side.BUY, size=0.00015), "step", "go in steps of 0.0001"),
        (Place(symbol=BTC, side=Side.BUY), "size", "none of size, fraction and risk"),
        (Place(symbol=BTC, side=Side.BUY, size=1.0, risk=5.0), "size", "2 of size, fraction and"),
        (Place(symbol=BTC, side=Side.BUY, fraction=1.5), "size", "above 0 to 1."),
        (Place(symbol=BTC, side=Side.BUY, fraction=1e-9), "size", "allowed is 0.0001 to"),
        (Place(symbol=BTC, side=Side.BUY, risk=5.0), "size", "it needs a stop loss"),
        (Place(symbol=BTC, side=Side.BUY, risk=-5.0, stop_loss=59_000.0), "size", "risk was -5.0"),
        (Place(symbol=BTC, side=Side.BUY, size=2.0), "cash", "Needs 120,140.02 USD, 100,000.00"),
        (Place(symbol=BTC, side=Side.BUY, size=0.1, stop_loss=61_000.0), "exit", "must lie below"),
        (Place(symbol=BTC, side=Side.BUY, size=0.1, limit=59_000.0), "order", "A market order"),
        (
            Place(symbol=BTC, side=Side.BUY, size=0.1, kind=Kind.LIMIT, limit=600_100.0), "price",
            "far from the market",
        ),
        (Place(symbol=BTC, side=Side.BUY, size=0.1, kind=Kind.STOP), "order", "the stop 0.0"),
        (
            Place(
                symbol=BTC, side=Side.BUY, size=0.1, kind=Kind.LIMIT, limit=59_000.0,
                post_only=True, tif=TimeInForce.IOC,
            ),
            "order", "cannot be post-only",
        ),
        (Place(symbol=BTC, side=Side.BUY, size=0.1, owner="nobody"), "owner", "'nobody'"),
    ],
)  # fmt: skip
def test_orders_that_cannot_be_are_refused_with_a_reason(
    account: Account, place: Place, code: str, words: str
) -> None:
    before = account.core.records.portfolios["manual"].ledger.cash
    (refused,) = account.do(place)
    assert isinstance(refused, OrderRefused)
    assert (refused.code, words in refused.words) == (code, True), refused.words
    assert refused.words.startswith("Order refused: ")
    assert account.core.records.portfolios["manual"].ledger.cash == before
    assert account.core.records.order_count == 0


def test_nothing_is_placed_while_the_feed_says_why_not(account: Account) -> None:
    account.market(FeedState("Coinbase is lost."))
    (refused,) = account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))
    assert isinstance(refused, OrderRefused)
    assert refused.words == "Order refused: Coinbase is lost."
    account.market(FeedState(""))
    assert named(account.do(Place(symbol=BTC, side=Side.BUY, size=0.1)))[0] == "OrderAccepted"


def test_old_prices_fill_nothing(account: Account) -> None:
    (refused,) = account.do(Place(symbol=BTC, side=Side.BUY, size=0.1), later_ns=20_000 * MS)
    assert isinstance(refused, OrderRefused)
    assert refused.code == "stale_after_s"


def test_selling_more_than_is_held_needs_leave() -> None:
    account = Account(AccountTerms(name="Spot", short=False))
    account.trade(60_000.0)
    account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))
    (refused,) = account.do(Place(symbol=BTC, side=Side.SELL, size=0.2))
    assert isinstance(refused, OrderRefused)
    assert refused.words.endswith("Sells 0.2, 0.1 held, and short selling is off.")
    account.do(Place(symbol=BTC, side=Side.SELL, size=0.1))
    assert account.core.active == frozenset()


def test_a_target_is_an_order_only_when_it_changes(account: Account) -> None:
    accepted = account.do(Target("manual", ((BTC, 0.5),)))[0]
    assert isinstance(accepted, OrderAccepted)
    assert (accepted.order.side, accepted.order.share) == (Side.BUY, 0.5)
    assert account.do(Target("manual", ((BTC, 0.5),))) == ()
    account.trade(66_000.0)
    account.quote(65_990.0, 66_010.0)
    assert account.do(Target("manual", ((BTC, 0.5),))) == ()
    again = account.do(Target("manual", ((BTC, 0.5),), again=True))[0]
    assert isinstance(again, OrderAccepted)
    assert again.order.side is Side.SELL
    account.do(Target("manual", ((BTC, -0.5),)))
    assert account.core.records.portfolios["manual"].ledger.size(BTC) < 0
    account.do(Target("manual", ((BTC, 0.0),)))
    assert account.core.records.portfolios["manual"].ledger.size(BTC) == 0
    assert account.do(Target("manual", ((ETH, 0.0),))) == ()


def test_cancels_and_closes(account: Account) -> None:
    limit = Place(symbol=BTC, side=Side.BUY, kind=Kind.LIMIT, size=0.1, limit=59_000.0)
    account.do(limit)
    account.do(limit)
    assert account.do(Cancel(1)) == (OrderEnded(account.time_ns, 1, State.CANCELLED, Reason.ASKED),)
    (refused,) = account.do(Cancel(1))
    assert isinstance(refused, CommandRefused)
    assert account.do(CancelAll(symbol=ETH)) == ()
    assert named(account.do(CancelAll(symbol=BTC))) == ["OrderEnded"]
    (refused,) = account.do(Close(BTC))
    assert isinstance(refused, CommandRefused)
    assert account.do(CloseAll()) == ()
    account.do(Place(symbol=BTC, side=Side.SELL, size=0.1))
    accepted, fill, _ = account.do(Close(BTC))
    assert isinstance(accepted, OrderAccepted)
    assert (accepted.order.side, accepted.order.reduce_only) == (Side.BUY, True)
    assert isinstance(fill, Filled)
    assert fill.realised == Decimal("0.1") * (59_990 - 60_010)
    assert account.core.active == frozenset()


def test_the_kill_switch_cancels_flattens_and_halts(account: Account) -> None:
    account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))
    account.do(Place(symbol=BTC, side=Side.BUY, kind=Kind.LIMIT, size=0.1, limit=59_000.0))
    events = account.do(Kill("page"))
    assert named(events) == ["Halted", "OrderEnded", "OrderAccepted", "Filled", "OrderEnded"]
    assert account.core.active == frozenset()
    (refused,) = account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))
    assert isinstance(refused, OrderRefused)
    assert refused.code == "halted"
    assert account.do(Resume("page")) == (Resumed(account.time_ns, "page"),)
    (refused,) = account.do(Resume("page"))
    assert isinstance(refused, CommandRefused)
    assert named(account.do(Place(symbol=BTC, side=Side.BUY, size=0.1)))[0] == "OrderAccepted"


def test_a_daily_loss_halts_and_flattens(account: Account) -> None:
    limits = RiskLimits(max_daily_loss=1_000.0, flatten_when_tripped=True)
    assert account.do(SetLimits(limits)) == (LimitsSet(account.time_ns, limits, "manual"),)
    account.do(Place(symbol=BTC, side=Side.BUY, size=1.0))
    account.do(Place(symbol=BTC, side=Side.SELL, kind=Kind.LIMIT, size=0.1, limit=70_000.0))
    account.quote(58_990.0, 59_010.0)
    events = account.market(PassTime(), later_ns=100 * MS)
    assert events == ()  # 100,000 − 10 − 60.01 − … at the mark of 60,000: no loss yet
    account.trade(59_000.0)
    events += account.market(PassTime(), later_ns=100 * MS)
    assert [each for each in named(events) if each != "EquityMarked"] == [
        "RiskTripped", "Halted", "OrderEnded", "OrderAccepted", "Filled", "OrderEnded",
    ]  # fmt: skip
    tripped = next(event for event in events if isinstance(event, RiskTripped))
    assert tripped.rule == "max_daily_loss"
    halted = next(event for event in events if isinstance(event, Halted))
    assert halted.by == "risk"


def test_a_row_of_refusals_halts(account: Account) -> None:
    account.do(SetLimits(RiskLimits(rejects_in_a_row=3)))
    nonsense = Place(symbol=BTC, side=Side.BUY, size=-1.0)
    assert named(account.do(nonsense)) == ["OrderRefused"]
    assert named(account.do(nonsense)) == ["OrderRefused"]
    assert named(account.do(nonsense)) == ["OrderRefused", "RiskTripped", "Halted"]


def test_latency_passes_before_an_order_acts() -> None:
    account = Account(AccountTerms(name="Slow", latency_ns=50 * MS))
    account.trade(60_000.0)
    account.quote(59_990.0, 60_010.0)
    assert named(account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))) == ["OrderAccepted"]
    assert account.core.next_ns() == account.time_ns + 50 * MS
    account.quote(60_090.0, 60_110.0)
    assert account.market(PassTime()) == ()
    events = account.market(PassTime(), later_ns=50 * MS)
    assert named(events) == ["Filled", "OrderEnded"]
    assert isinstance(events[0], Filled)
    assert events[0].price == 60_110
    assert account.core.next_ns() is None


def test_a_trailing_stop_is_told_as_it_moves(account: Account) -> None:
    account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))
    events = account.do(
        Place(symbol=BTC, side=Side.SELL, kind=Kind.TRAILING, size=0.1, trail=500.0)
    )
    assert named(events) == ["OrderAccepted", "OrderChanged"]
    assert account.core.records.orders[2].stop == 59_500.0
    assert account.trade(60_010.0) == ()
    (moved,) = account.trade(60_200.0)
    assert isinstance(moved, OrderChanged)
    assert (moved.stop, moved.by) == (59_700.0, "market")
    account.quote(59_690.0, 59_700.0)
    events = account.trade(59_700.0)
    assert named(events) == ["OrderTriggered", "Filled", "OrderEnded"]
    assert isinstance(events[0], OrderTriggered)


def test_equity_is_marked_once_a_minute_when_it_changed(account: Account) -> None:
    def marks(events: tuple[object, ...]) -> list[float]:
        return [event.equity for event in events if isinstance(event, EquityMarked)]

    account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))
    found = account.market(PassTime(), later_ns=60_000 * MS)
    assert marks(found) == [pytest.approx(100_000 - 1 - 6.001)]
    account.trade(60_010.0)
    assert marks(account.market(PassTime(), later_ns=200 * MS)) == []
    assert marks(account.market(PassTime(), later_ns=60_000 * MS)) == [
        pytest.approx(100_000 - 6.001)
    ]
    assert marks(account.market(PassTime(), later_ns=60_000 * MS)) == []
    assert marks(account.market(PassTime(), later_ns=86_400_000 * MS)) == [
        pytest.approx(100_000 - 6.001)
    ]


def test_without_a_book_any_more_the_quote_counts(account: Account) -> None:
    account.market(book(BTC, [(59_000.0, 1.0)], [(61_000.0, 1.0)]))
    account.market(NoBook(BTC))
    account.quote(59_990.0, 60_010.0)
    fill = account.do(Place(symbol=BTC, side=Side.BUY, size=0.1))[1]
    assert isinstance(fill, Filled)
    assert fill.price == 60_010


def test_prices_that_no_market_has_are_told(account: Account) -> None:
    with pytest.raises(BadMarketData, match="had the price nan"):
        account.trade(float("nan"))
    assert account.core.marks == {BTC: 60_000.0}


def test_terms_that_nothing_can_trade_under_open_nothing() -> None:
    with pytest.raises(BadPolicy, match=r"Leverage was 0\.5"):
        open_account(AccountTerms(name="A", leverage=0.5), RiskLimits(), 1, {BTC: 0.0})
    with pytest.raises(BadQuantity, match="Start capital was 0"):
        open_account(AccountTerms(name="A", start_capital=Decimal(0)), RiskLimits(), 1, {BTC: 0.0})
