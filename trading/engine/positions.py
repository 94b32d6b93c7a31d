"""What a fill does to the account, what the account can carry, and when it is liquidated.

    exposure = sum of |size × mark|             equity = cash + sum of size × mark
    a fill passes when, after it, exposure / leverage <= equity, or when it only closes
    liquidation when equity <= maintenance × exposure

In a cash account (leverage 1) that means for longs: cash stays at zero or above.
"""

from math import nan

from market.kernel import lean_kernel
from trading.engine.records import DUST, Books, Cause
from trading.fill_arithmetic import (
    compiled_apply_fill,
    compiled_proportional_fee,
)

__all__ = [
    "book_fill", "equity_of", "exposure_of", "fee_of", "liquidation_price", "margin_allows",
    "nears", "under_margin",
]  # fmt: skip


@lean_kernel
def equity_of(books: Books) -> float:
    """Cash and what the positions are worth at their marks."""
    total = books.account[0]["cash"]
    for position in books.positions:
        total += position["size"] * position["mark"]
    return float(total)


@lean_kernel
def exposure_of(books: Books) -> float:
    """What the positions are worth at their marks, shorts counted like longs."""
    total = 0.0
    for position in books.positions:
        total += abs(position["size"] * position["mark"])
    return total


@lean_kernel
def under_margin(books: Books) -> bool:
    """Whether something is held and equity has fallen to the maintenance margin."""
    exposure = exposure_of(books)
    return exposure > 0 and equity_of(books) <= books.account[0]["maintenance"] * exposure


@lean_kernel
def liquidation_price(books: Books, symbol: int) -> float:
    """The price of ``symbol`` at which the account is liquidated, the others at their marks.

    From size × p + rest = maintenance × (|size| × p + exposure of the others). NaN when flat; may
    be below zero, where no price comes.
    """
    account, position = books.account[0], books.positions[symbol]
    size, mark = position["size"], position["mark"]
    if size == 0:
        return nan
    held = exposure_of(books) - abs(size * mark)
    rest = equity_of(books) - size * mark
    maintenance = account["maintenance"]
    return float((maintenance * held - rest) / (size - maintenance * abs(size)))


@lean_kernel
def fee_of(books: Books, notional: float, maker: bool) -> float:
    """The fee of a fill worth ``notional``, either sign."""
    policy = books.policy[0]
    rate = policy["maker_fee"] if maker else policy["taker_fee"]
    return float(compiled_proportional_fee(notional, rate))


@lean_kernel
def margin_allows(books: Books, symbol: int, change: float, price: float, fee: float) -> bool:
    """Whether the account can carry ``change`` of ``symbol`` bought or sold at ``price``.

    A fill that only closes always passes.
    """
    position = books.positions[symbol]
    size, mark = position["size"], position["mark"]
    if size * change < 0 and abs(change) <= abs(size):
        return True
    before = equity_of(books)
    equity = before - fee - change * (price - mark)
    exposure = exposure_of(books) - abs(size * mark) + abs((size + change) * mark)
    return bool(exposure / books.account[0]["leverage"] <= equity + DUST * abs(before))


@lean_kernel
def nears(amount: float, size: float) -> bool:
    """Whether ``amount`` is ``size`` but for rounding."""
    return abs(amount - size) <= DUST * size


@lean_kernel
def book_fill(
    books: Books, number: int, symbol: int, change: float, reference: float, price: float,
    maker: bool, time_ns: int,
) -> None:  # fmt: skip
    """Change cash and position by a fill of order ``number`` (0: liquidation) and write it down."""
    account, position = books.account[0], books.positions[symbol]
    fee = fee_of(books, change * price, maker)
    cash, size, cost, realised = compiled_apply_fill(
        account["cash"], position["size"], position["cost"], change, price, fee, 0.0
    )
    account["cash"] = cash
    position["size"], position["cost"] = size, cost
    position["realised"] += realised
    position["fees"] += fee
    fill = books.fills[account["fills"]]
    account["fills"] += 1
    fill["number"] = account["fills"]
    fill["order"] = number
    fill["time_ns"], fill["bar"] = time_ns, position["bar"]
    fill["price"], fill["reference"] = price, reference
    fill["size"], fill["fee"], fill["realised"] = abs(change), fee, realised
    fill["symbol"] = symbol
    fill["side"] = 1 if change > 0 else -1
    fill["maker"] = maker
    fill["cause"] = Cause.ORDER if number > 0 else Cause.LIQUIDATION
