"""What is available, and the words for a lack; :mod:`tests.trading.test_paper` drives the rest."""

from decimal import Decimal

import pytest

from market.types import Side, Symbol
from trading.account import Account
from trading.buying_power import available_cash, check_cash, size_words
from trading.errors import OrderRefused
from trading.fill_models import ProportionalFee
from trading.orders import Order, Position, PriceSource

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
D = Decimal
FREE = ProportionalFee(D(0))


def test_shorts_lock_twice_what_they_were_sold_for() -> None:
    positions = [Position(BTC, D(1), D(300)), Position(ETH, D(-2), D(-40))]
    assert available_cash(D(100), positions) == 20


@pytest.mark.parametrize(
    ("size", "words"),
    [("1", "1.0000"), ("0.437", "0.4370"), ("0.12345678", "0.12345678"), ("1E+3", "1,000.0000")],
)
def test_sizes_have_four_digits_or_more(size: str, words: str) -> None:
    assert size_words(D(size)) == words


def test_covering_a_lost_short_may_use_other_collateral_but_no_debt() -> None:
    account = Account(D(1000))
    account.apply(Order(BTC, Side.SELL, D(5), 1), D(100), PriceSource.BID, FREE)
    cover = Order(BTC, Side.BUY, D(5), 2)
    check_cash(cover, D(300), account, FREE, D("0.01"))
    with pytest.raises(
        OrderRefused, match=r"Needs 15\.05 USD, 0\.0+ available\. Size 4\.9300 BTC fits"
    ):
        check_cash(cover, D(301), account, ProportionalFee(D("0.01")), D("0.01"))
