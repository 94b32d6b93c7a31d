"""What an account can pay for, and the sentence when it cannot.

Nothing is borrowed. Opening a position, long or short, takes its value and the fee from the
available cash; for a short that is the collateral, locked with the proceeds until the short is
closed:

    available = cash - 2 x what the open shorts were sold for

so without shorts all cash is available. An order must leave cash, and if it opens anything the
available cash, at zero or above.
"""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from market.types import Side, base_currency, quote_currency
from trading.account import ZERO, Account
from trading.errors import OrderRefused
from trading.fill_arithmetic import affordable_size
from trading.fill_models import FeeModel
from trading.orders import Order, Position

__all__ = ["available_cash", "check_cash", "check_short"]

_CENT = Decimal("0.01")
_SATOSHI = Decimal("0.00000001")


def available_cash(cash: Decimal, positions: Iterable[Position]) -> Decimal:
    """Cash that is not locked as proceeds or collateral of shorts."""
    return cash - 2 * sum((-item.cost for item in positions if item.size < 0), ZERO)


def check_short(order: Order, account: Account) -> None:
    """Raise :class:`OrderRefused` when ``order`` sells more than is held."""
    held = max(_position(order, account).size, ZERO)
    if order.side is Side.SELL and order.size > held:
        base = base_currency(order.symbol)
        fits = f" Size {size_words(held)} {base} fits." if held else ""
        raise OrderRefused(
            "position",
            f"Sells {size_words(order.size)} {base}, {size_words(held)} held, "
            f"and short selling is off.{fits}",
        )


def check_cash(
    order: Order, price: Decimal, account: Account, fees: FeeModel, step: Decimal
) -> None:
    """Raise :class:`OrderRefused` when ``account`` cannot pay for ``order`` at ``price``.

    The text gives the largest multiple of ``step`` that it could pay for instead.
    """
    held = _position(order, account).size
    closing = min(abs(held), order.size) if held * order.change < 0 else ZERO
    free = _free_once_closed(order, price, account, closing)
    needs = (order.size - closing) * price + fees.fee(order.size * price)
    if needs <= free:
        return
    left = free - fees.fee(closing * price)
    if left >= 0:
        fits = closing + _affordable(left, price, fees, step)
    elif order.side is Side.BUY:
        fits = min(closing, _affordable(account.cash, price, fees, step))
    else:
        fits = closing
    currency, base = quote_currency(order.symbol), base_currency(order.symbol)
    fitting = f"Size {size_words(fits)} {base} fits." if fits else "No size fits."
    raise OrderRefused(
        "cash",
        f"Needs {_money_words(needs, ROUND_UP)} {currency}, "
        f"{_money_words(max(free, ZERO), ROUND_DOWN)} available. {fitting}",
    )


def size_words(size: Decimal) -> str:
    """At least four digits after the point, more where the size has them."""
    return f"{size:,.{max(4, -int(size.normalize().as_tuple().exponent))}f}"


def _position(order: Order, account: Account) -> Position:
    return account.position(order.symbol) or Position(order.symbol, ZERO, ZERO)


def _free_once_closed(order: Order, price: Decimal, account: Account, closing: Decimal) -> Decimal:
    """What is free to open with, fees aside, when ``closing`` of the position has been closed.

    An order that only closes may use the collateral of the other shorts: it lowers the risk.
    """
    received = closing * price * -int(order.side)
    if closing == order.size:
        return account.cash + received
    unlocked = 2 * -_position(order, account).cost if order.side is Side.BUY and closing else ZERO
    return available_cash(account.cash, account.positions) + received + unlocked


def _affordable(free: Decimal, price: Decimal, fees: FeeModel, step: Decimal) -> Decimal:
    if free <= 0:
        return ZERO
    size = affordable_size(free, price, fees.fee(price) / price)
    size = size.quantize(step, ROUND_DOWN)
    return size if size * price + fees.fee(size * price) <= free else ZERO


def _money_words(amount: Decimal, rounding: str) -> str:
    return f"{amount.quantize(_CENT if amount >= 1 else _SATOSHI, rounding):,f}"
