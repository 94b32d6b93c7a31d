"""The account's books."""

import random
from decimal import Decimal
from fractions import Fraction

from market.types import Side, Symbol
from trading.account import Account
from trading.fill_models import ProportionalFee
from trading.orders import Order, Position, PriceSource

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
FEES = ProportionalFee(Decimal("0.001"))


def order(symbol: Symbol, side: Side, size: str, time_ns: int = 1) -> Order:
    return Order(symbol, side, Decimal(size), time_ns)


def test_fills_are_numbered_and_kept_in_order() -> None:
    account = Account(Decimal(1000))
    first = account.apply(order(BTC, Side.BUY, "2", 5), Decimal(100), PriceSource.ASK, FEES)
    second = account.apply(order(BTC, Side.SELL, "2", 6), Decimal(110), PriceSource.BID, FEES)
    assert account.fills == (first, second)
    assert (first.fill_id, second.fill_id) == (1, 2)
    assert (first.time_ns, first.source) == (5, PriceSource.ASK)
    assert (first.fee, first.realised) == (Decimal("0.2"), Decimal(0))
    assert (second.fee, second.realised) == (Decimal("0.22"), Decimal(20))
    assert account.cash == Decimal("1019.58")
    assert account.positions == ()


def test_positions_are_separate_and_average() -> None:
    account = Account(Decimal(1000))
    account.apply(order(BTC, Side.BUY, "1"), Decimal(100), PriceSource.ASK, FEES)
    account.apply(order(ETH, Side.SELL, "4"), Decimal(10), PriceSource.BID, FEES)
    account.apply(order(BTC, Side.BUY, "3"), Decimal(120), PriceSource.ASK, FEES)
    assert account.positions == (
        Position(BTC, Decimal(4), Decimal(460)),
        Position(ETH, Decimal(-4), Decimal(-40)),
    )
    long, short = account.positions
    assert (long.side, long.average_price) == (Side.BUY, Decimal(115))
    assert (short.side, short.average_price) == (Side.SELL, Decimal(10))


def test_ten_thousand_random_fills_leave_no_error_at_all() -> None:
    chance = random.Random(7)
    account, cash, size = Account(Decimal(10**9)), Fraction(10**9), Fraction(0)
    for time_ns in range(10_000):
        lots = Decimal(chance.randint(1, 10**10)).scaleb(-8)
        price = Decimal(chance.randint(1, 10**13)).scaleb(-8)
        side = chance.choice((Side.BUY, Side.SELL))
        account.apply(Order(BTC, side, lots, time_ns), price, PriceSource.LAST, FEES)
        value = Fraction(lots) * Fraction(price)
        cash -= side * value + value / 1000
        size += side * Fraction(lots)
    position = account.position(BTC)
    assert position is not None
    assert Fraction(account.cash) == cash
    assert Fraction(position.size) == size
    assert account.cash + position.cost == account.start_capital + account.realised - account.fees
    assert account.realised == sum(fill.realised for fill in account.fills)
    assert account.fees == sum(fill.fee for fill in account.fills)
