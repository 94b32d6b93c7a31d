"""Orders that say which share of the equity they trade, and get their size when they start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.types import Side
from tests.trading.engine.desk import BUY, SELL, Desk, X, free
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import Fees, Margin, Policies, Slippage
from trading.engine.records import Kind, Reason, Sizing, State
from trading.engine.sizing import change_by, change_to
from trading.errors import BadOrder

pytestmark = pytest.mark.kernel

COSTLY = Policies(Fees(0.0, 0.01), Slippage(0.02))


def target(desk: Desk, share: float) -> int:
    return desk.order(BUY, 0.0, share=share, sizing=Sizing.TARGET)


def part(desk: Desk, side: Side, share: float) -> int:
    return desk.order(side, 0.0, share=share, sizing=Sizing.SHARE)


def test_all_the_equity_pays_for_position_slippage_and_fee() -> None:
    desk = Desk(COSTLY)
    desk.price(100.0)
    target(desk, 1.0)
    desk.candle(200.0, 210.0, 190.0, 205.0)
    # At the open of 200: slipped to 204, and 1 % of that as fee.
    assert desk.size == pytest.approx(10_000 / (204 * 1.01))
    assert desk.engine.cash == pytest.approx(0.0, abs=1e-9)


def test_a_short_target_is_worth_its_share_after_costs() -> None:
    desk = Desk(COSTLY)
    desk.price(100.0)
    target(desk, -0.5)
    desk.price(100.0)
    assert desk.size < 0
    assert -desk.size * 100 == pytest.approx(0.5 * desk.engine.equity)


def test_a_target_flips_a_position_in_one_fill() -> None:
    desk = Desk()
    desk.price(100.0)
    desk.order(BUY, 40.0)
    desk.price(100.0)
    target(desk, -1.0)
    desk.price(50.0)
    # 6,000 in cash and 40 at 50: equity 8,000, 160 short.
    assert desk.size == pytest.approx(-160.0)
    assert [fill[0] for fill in desk.filled] == [1, 2]


def test_a_target_of_nothing_closes_to_the_last_digit() -> None:
    desk = Desk(COSTLY)
    desk.price(0.3)
    target(desk, 0.7)
    desk.price(0.7)
    assert desk.size > 0
    target(desk, 0.0)
    desk.price(0.1)
    assert desk.size == 0


def test_a_target_that_is_met_ends_without_a_fill() -> None:
    desk = Desk()
    desk.price(100.0)
    first = target(desk, 0.5)
    desk.price(100.0)
    second = target(desk, 0.5)
    desk.price(100.0)
    assert desk.state(first) == (State.FILLED, Reason.NONE)
    assert desk.state(second) == (State.CANCELLED, Reason.NO_SIZE)
    assert len(desk.filled) == 1


def test_a_share_comes_on_top_of_what_is_held() -> None:
    desk = Desk()
    desk.price(100.0)
    part(desk, BUY, 0.25)
    part(desk, BUY, 0.25)
    part(desk, SELL, 0.1)
    desk.price(100.0)
    assert [fill[1] for fill in desk.filled] == pytest.approx([25.0, 25.0, -10.0])


def test_sizes_are_cut_to_whole_steps() -> None:
    desk = Desk(step=0.5)
    desk.price(100.0)
    target(desk, 0.128)
    desk.price(100.0)
    assert desk.size == 12.5


def test_a_share_below_one_step_trades_nothing() -> None:
    desk = Desk(step=50.0)
    desk.price(100.0)
    number = part(desk, BUY, 0.4)
    desk.price(100.0)
    assert desk.state(number) == (State.CANCELLED, Reason.NO_SIZE)


def test_latency_counts_before_the_size_is_taken() -> None:
    desk = Desk(free(latency_ns=1_500_000_000))
    desk.price(100.0)
    target(desk, 1.0)
    desk.price(100.0)
    assert desk.size == 0
    desk.price(50.0)
    assert desk.size == 200.0


def test_a_bracket_takes_the_size_of_its_entry() -> None:
    desk = Desk(step=1.0)
    desk.price(100.0)
    entry = Order(symbol=X, side=BUY, size=0.0, share=0.5, sizing=Sizing.SHARE)
    numbers = desk.engine.place_bracket(entry, stop=90.0, target=120.0)
    desk.price(100.0)
    assert desk.size == 50.0
    desk.candle(100.0, 101.0, 89.0, 95.0)
    assert desk.size == 0
    assert desk.filled[-1] == (numbers.stop, -50.0, 90.0)
    assert desk.state(numbers.target) == (State.CANCELLED, Reason.PARTNER)


def test_children_end_with_an_entry_that_found_nothing_to_trade() -> None:
    desk = Desk(step=500.0)
    desk.price(100.0)
    entry = Order(symbol=X, side=BUY, size=0.0, share=0.5, sizing=Sizing.SHARE)
    numbers = desk.engine.place_bracket(entry, stop=90.0)
    desk.price(100.0)
    assert desk.state(numbers.entry) == (State.CANCELLED, Reason.NO_SIZE)
    assert desk.state(numbers.stop) == (State.CANCELLED, Reason.PARENT)
    assert desk.engine.books.account[0]["live"] == 0


def test_without_equity_a_target_closes_and_a_share_trades_nothing() -> None:
    desk = Desk(free(leverage=3.0))
    desk.price(100.0)
    target(desk, 3.0)
    desk.price(100.0)
    # 300 bought with 20,000 borrowed: at 60 all is lost and more.
    desk.price(60.0)
    assert desk.engine.equity < 0
    assert desk.size == 0
    books = desk.engine.books
    assert change_to(books, 0, 1.0, 60.0) == 0
    assert change_by(books, 0, 1, 1.0, 60.0) == 0


@given(st.integers(-30, 30), st.integers(-30, 30), st.floats(0, 0.01), st.floats(0, 0.01))
def test_a_position_is_worth_its_share_of_what_the_costs_leave(
    first: int, second: int, fee: float, slippage: float
) -> None:
    policies = Policies(Fees(0.0, fee), Slippage(slippage), margin=Margin(3.0))
    desk = Desk(policies)
    desk.price(100.0)
    target(desk, first / 10)
    desk.price(100.0)
    desk.price(101.0)
    number = target(desk, second / 10)
    desk.price(101.0)
    assert desk.state(number)[0] is not State.REFUSED
    if second:
        assert desk.size * 101.0 == pytest.approx(second / 10 * desk.engine.equity)


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"share": 1.5}, "The share of equity was 1.5; with leverage 1 allowed is -1 to 1."),
        ({"share": float("nan")}, "share of equity was nan"),
        ({"share": 0.5, "size": 1.0}, "A market order cannot be sized by share"),
        ({"share": 0.5, "kind": Kind.LIMIT, "limit": 5.0}, "A limit order cannot be sized"),
        ({"share": 0.5, "sizing": Sizing.GIVEN, "size": 1.0}, "of a given size has no share"),
        ({"share": 0.0, "sizing": Sizing.SHARE}, "allowed is above 0 to 1"),
        ({"share": -0.5, "sizing": Sizing.SHARE}, "allowed is above 0 to 1"),
    ],
)
def test_shares_that_cannot_be(order: dict[str, float], sentence: str) -> None:
    engine = Engine([X])
    given = {"symbol": X, "side": BUY, "size": 0.0, "sizing": Sizing.TARGET, **order}
    with pytest.raises(BadOrder, match=sentence):
        engine.place(Order(**given))  # type: ignore[arg-type]
