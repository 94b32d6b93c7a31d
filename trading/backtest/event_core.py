"""The compiled driver of an event strategy's account: candles of several symbols, by time."""

from math import inf

from market.columns import F64, I64
from market.kernel import lean_kernel
from trading.engine.lifecycle import forget_ended
from trading.engine.motion import jump, pass_rest
from trading.engine.positions import equity_of
from trading.engine.quiet import catch_up, quiet_band
from trading.engine.records import Books

__all__ = ["CLOSE", "HIGH", "LOW", "OPEN", "VOLUME", "pass_moments"]

OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)


@lean_kernel
def _pass_moment(books: Books, columns: F64, at: int, time_ns: int, path: int) -> None:
    """Every symbol opens before any of them goes on, so that one's sale pays for another's buy."""
    for symbol in range(len(columns)):
        opened = columns[symbol, OPEN, at]
        if opened == opened:  # noqa: PLR0124 - not NaN
            jump(books, symbol, opened, time_ns, columns[symbol, VOLUME, at])
    for symbol in range(len(columns)):
        candle = columns[symbol, :, at]
        if candle[OPEN] == candle[OPEN]:
            pass_rest(
                books, symbol, candle[OPEN], candle[HIGH], candle[LOW], candle[CLOSE], time_ns, path
            )
    forget_ended(books)


@lean_kernel
def _quiet_prices(books: Books) -> tuple[float, float]:
    """Bounds for the candles of every symbol between which nothing can happen."""
    if len(books.positions) == 1:
        return quiet_band(books, 0)
    if books.account[0]["live"] > 0:
        return inf, -inf
    for position in books.positions:
        if position["size"] != 0:
            return inf, -inf
    return -inf, inf


@lean_kernel
def _is_quiet(columns: F64, lower: float, upper: float, at: int) -> bool:
    """Whether all candles of a moment lie between the bounds; symbols without one do not count."""
    for symbol in range(len(columns)):
        low, high = columns[symbol, LOW, at], columns[symbol, HIGH, at]
        if low <= lower or high >= upper:
            return False
    return True


@lean_kernel
def _note_moment(books: Books, columns: F64, at: int, time_ns: int) -> None:
    """Let a quiet moment pass."""
    for symbol in range(len(columns)):
        closed = columns[symbol, CLOSE, at]
        if closed == closed:  # noqa: PLR0124 - not NaN
            catch_up(books, symbol, books.positions[symbol]["bar"] + 1, closed, time_ns)


@lean_kernel
def pass_moments(
    books: Books, columns: F64, time_ns: I64, first: int, stop: int, ahead: int, path: int,
    equity: F64, sizes: F64,
) -> int:  # fmt: skip
    """Take the candles of moments ``first`` to before ``stop``, then look up to ``ahead`` whether
    anything happens there while no order is placed or cancelled.

    Returns the first moment where it may, ``ahead`` for none; or a moment before ``stop`` that was
    not taken, because ``books`` might have no space for its fills. ``columns`` (symbols, 5, n):
    open, high, low, close and volume, NaN where a symbol has no candle; it keeps its mark.
    ``time_ns`` (n,) their starts. Writes ``equity`` (n,) and ``sizes`` (n, symbols) at each close.
    """
    account, symbols = books.account[0], len(columns)
    lower, upper = _quiet_prices(books)
    for at in range(first, stop):
        if _is_quiet(columns, lower, upper, at):
            _note_moment(books, columns, at, time_ns[at])
        else:
            if account["fills"] + account["live"] + symbols + 2 > len(books.fills):
                return at
            _pass_moment(books, columns, at, time_ns[at], path)
            lower, upper = _quiet_prices(books)
        equity[at] = equity_of(books)
        for symbol in range(symbols):
            sizes[at, symbol] = books.positions[symbol]["size"]
    at = stop
    while at < ahead and _is_quiet(columns, lower, upper, at):
        at += 1
    return at
