"""One arithmetic, three executions: Decimal, float, compiled float."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading import fill_arithmetic as arithmetic
from trading.paper.ledger import MONEY

pytestmark = pytest.mark.kernel

SIZES = st.decimals("-1000", "1000", places=8).filter(lambda size: size != 0)
MARKET = st.decimals("0.01", "100000", places=6)
GRID = st.integers(-(2**20), 2**20).filter(bool).map(lambda steps: Decimal(steps) / 1024)
FILLS = st.lists(st.tuples(SIZES, MARKET), min_size=1, max_size=40)
GRAIN = Decimal("1E-16")
RATE = Decimal("0.001")

D = Decimal


@pytest.mark.parametrize(
    ("before", "change", "price", "after"),
    [
        # cash, size, cost -> cash, size, cost, realised; fee 1
        ((D(100), D(0), D(0)), D(2), D(10), (D(79), D(2), D(20), D(0))),
        ((D(100), D(2), D(20)), D(1), D(16), (D(83), D(3), D(36), D(0))),
        ((D(100), D(3), D(36)), D(-1), D(15), (D(114), D(2), D(24), D(3))),
        ((D(100), D(2), D(24)), D(-2), D(10), (D(119), D(0), D(0), D(-4))),
        ((D(100), D(2), D(24)), D(-5), D(10), (D(149), D(-3), D(-30), D(-4))),
        ((D(100), D(-3), D(-30)), D(1), D(8), (D(91), D(-2), D(-20), D(2))),
        ((D(100), D(-2), D(-20)), D(3), D(12), (D(63), D(1), D(12), D(-4))),
    ],
    ids=["open", "add", "close part", "close", "flip", "cover part", "flip back"],
)
def test_every_case_by_hand(
    before: tuple[Decimal, Decimal, Decimal],
    change: Decimal,
    price: Decimal,
    after: tuple[Decimal, Decimal, Decimal, Decimal],
) -> None:
    assert arithmetic.apply_fill(*before, change, price, D(1), GRAIN) == after
    cash, size, cost = (float(number) for number in before)
    compiled = arithmetic.compiled_apply_fill(
        cash, size, cost, float(change), float(price), 1.0, 0.0
    )
    assert compiled == pytest.approx([float(x) for x in after], abs=1e-12)


@given(FILLS)
@settings(deadline=None, max_examples=80)
def test_books_balance_exactly_in_decimal(fills: list[tuple[Decimal, Decimal]]) -> None:
    start = D(1_000_000)
    cash, size, cost, realised, fees = start, D(0), D(0), D(0), D(0)
    with localcontext(MONEY):
        for change, price in fills:
            fee = arithmetic.proportional_fee(change * price, RATE)
            cash, size, cost, gain = arithmetic.apply_fill(
                cash, size, cost, change, price, fee, GRAIN
            )
            realised += gain
            fees += fee
            assert cash + cost == start + realised - fees
    exact_cash = Fraction(start) - sum(
        Fraction(change) * Fraction(price)
        + abs(Fraction(change) * Fraction(price)) * Fraction(RATE)
        for change, price in fills
    )
    assert Fraction(cash) == exact_cash
    assert size == sum(change for change, _ in fills)
    assert (cost > 0) == (size > 0)
    assert (cost < 0) == (size < 0)


@given(st.lists(st.tuples(GRID, MARKET), min_size=1, max_size=40))
@settings(deadline=None, max_examples=120)
def test_compiled_float_follows_decimal(fills: list[tuple[Decimal, Decimal]]) -> None:
    """Cash, cost and profit agree to 1e-13 of the money moved so far, sizes exactly.

    Sizes are multiples of 1/1024, so that float too knows when a position is closed.
    """
    exact, fast = (D(1_000_000), D(0), D(0)), (1e6, 0.0, 0.0)
    moved = 1e6
    with localcontext(MONEY):
        for change, price in fills:
            fee = arithmetic.proportional_fee(change * price, RATE)
            cash, size, cost, gain = arithmetic.apply_fill(*exact, change, price, fee, GRAIN)
            change_f, price_f = float(change), float(price)
            fee_f = arithmetic.compiled_proportional_fee(change_f * price_f, float(RATE))
            after = arithmetic.compiled_apply_fill(*fast, change_f, price_f, fee_f, 0.0)
            exact, fast = (cash, size, cost), after[:3]
            moved += abs(change_f * price_f)
            expected = [float(number) for number in (cash, size, cost, gain)]
            assert after == pytest.approx(expected, rel=0, abs=1e-13 * moved)
            assert after[1] == expected[1]


@given(MARKET, st.sampled_from([1, -1]), st.decimals("0", "0.1", places=6))
@settings(deadline=None, max_examples=40)
def test_slippage_agrees_in_float_and_is_worse_for_the_trader(
    reference: Decimal, side: int, rate: Decimal
) -> None:
    price = arithmetic.slipped_price(reference, side, rate)
    assert (price - reference) * side >= 0
    assert abs(price - reference) == reference * rate
    compiled = arithmetic.compiled_slipped_price(float(reference), side, float(rate))
    assert compiled == pytest.approx(float(price), rel=1e-15)
