"""What a fill costs and what it does to cash and a position: the only arithmetic there is for it.

Paper trading and backtests both run the functions below, the same lines of code. They use nothing
but ``+ - * / %`` and comparisons, so they take numbers of one kind throughout: ``Decimal`` where
money is kept (:mod:`trading.paper.ledger`), ``float`` in the compiled engine, which calls the
``compiled_`` twins: numba's translation of the same functions.

State of one symbol is its signed ``size`` (base currency, negative when short) and its signed
``cost`` (quote currency): what the open size was bought for, or minus what it was sold for. The
average entry price is ``cost / size``. Keeping the cost instead of the average makes the books
balance exactly:

    cash + sum of costs = start capital + realised - fees          after every fill
    equity - start capital = realised + unrealised - fees          at any marks

where realised and unrealised are before fees. A rounded division can only move money between
realised and unrealised, never create or lose any.
"""

from decimal import Decimal
from typing import TypeVar

from market.kernel import kernel

__all__ = [
    "apply_fill",
    "compiled_apply_fill",
    "compiled_proportional_fee",
    "compiled_slipped_price",
    "proportional_fee",
    "slipped_price",
]

Number = TypeVar("Number", Decimal, float)


def slipped_price(reference: Number, side: int, rate: Number) -> Number:
    """The price after slippage: worse than ``reference`` by ``rate`` (5 basis points: 0.0005).

    ``side`` is 1 for a buy, which pays more, and -1 for a sale, which gets less.
    """
    return reference * (1 + side * rate)


def proportional_fee(notional: Number, rate: Number) -> Number:
    """The fee for a fill worth ``notional`` (either sign) at ``rate`` (0.1 %: 0.001)."""
    return abs(notional) * rate


def apply_fill(
    cash: Number,
    size: Number,
    cost: Number,
    change: Number,
    price: Number,
    fee: Number,
    grain: Number,
) -> tuple[Number, Number, Number, Number]:
    """Cash, size and cost after a fill of ``change`` at ``price``, and the profit it realised.

    Three cases: the fill opens or adds to the position; it closes a part, which releases that share
    of the cost, cut to a multiple of ``grain`` (0: not cut); or it closes all and opens what is
    left over on the other side. ``fee`` leaves the cash and is not part of the realised profit.
    """
    notional = change * price
    cash = cash - notional - fee
    if size * change >= 0:
        return cash, size + change, cost + notional, price * 0
    if abs(change) < abs(size):
        released = -(cost * change / size)
        if grain > 0:
            released = released - released % grain
        return cash, size + change, cost - released, -notional - released
    opened = (size + change) * price
    return cash, size + change, opened, opened - notional - cost


compiled_slipped_price = kernel(slipped_price)
compiled_proportional_fee = kernel(proportional_fee)
compiled_apply_fill = kernel(apply_fill)
