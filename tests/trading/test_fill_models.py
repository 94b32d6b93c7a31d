"""Fees and slippage as objects."""

from decimal import Decimal

import pytest

from market.types import Side
from trading.errors import BadCosts
from trading.fill_models import Costs, ProportionalFee, ProportionalSlippage


def test_fee_is_a_share_of_the_value() -> None:
    assert ProportionalFee(Decimal("0.001")).fee(Decimal(25_000)) == Decimal(25)


def test_slippage_is_against_the_trader() -> None:
    slippage = ProportionalSlippage(Decimal(5))
    assert slippage.price(Decimal(20_000), Side.BUY) == Decimal(20_010)
    assert slippage.price(Decimal(20_000), Side.SELL) == Decimal(19_990)


def test_costs_of_a_backtest() -> None:
    assert Costs().slippage_rate == pytest.approx(0.0005)
    assert not Costs().free
    assert not Costs(0.0, 1.0).free
    assert Costs(0.0, 0.0).free


@pytest.mark.parametrize("rate", ["-0.001", "0.11", "NaN", "Infinity", "0.123456789"])
def test_impossible_fees_are_refused(rate: str) -> None:
    with pytest.raises(BadCosts, match="fee rate was"):
        ProportionalFee(Decimal(rate))


@pytest.mark.parametrize("points", ["-1", "1001", "NaN"])
def test_impossible_slippage_is_refused(points: str) -> None:
    with pytest.raises(BadCosts, match="slippage in bp was"):
        ProportionalSlippage(Decimal(points))


@pytest.mark.parametrize(
    ("fee", "slippage", "words"),
    [
        (-0.1, 5.0, "fee_rate was -0.1; allowed is 0 to 0.1"),
        (float("nan"), 5.0, "fee_rate was nan"),
        (0.001, 1001.0, "slippage_bp was 1001.0; allowed is 0 to 1000"),
    ],
)
def test_impossible_costs_are_refused(fee: float, slippage: float, words: str) -> None:
    with pytest.raises(BadCosts, match=words):
        Costs(fee, slippage)
