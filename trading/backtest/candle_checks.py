"""Whether candles can be backtested at all, and in which steps they come."""

from typing import NamedTuple

import numpy as np

from market.columns import F64, I64, CandleWindow
from market.kernel import lean_kernel
from trading.errors import BacktestError

__all__ = ["Steps", "check_candles", "steps_of"]

MIN_PRICE, MAX_PRICE = 1e-12, 1e12
MAX_VOLUME = 1e30

_TIME, _OPEN, _HIGH, _LOW, _CLOSE, _VOLUME, _RANGE, _OPEN_OUTSIDE, _CLOSE_OUTSIDE = range(9)
_PRICES = {_OPEN: "open", _HIGH: "high", _LOW: "low", _CLOSE: "close"}


class Steps(NamedTuple):
    """Between the starts of candles: the median step, how many are longer, and the longest."""

    interval_ns: int
    gaps: int
    longest_ns: int


def check_candles(candles: CandleWindow) -> None:
    """Raise :class:`BacktestError`, which names the first bad candle and its value, unless

    there are two candles or more, all columns are as long, times rise, prices are within 10^-12 to
    10^12, no open or close lies outside low to high, and no volume is negative or no number.
    """
    columns = {
        name: getattr(candles, name)
        for name in ("time_ns", "open", "high", "low", "close", "volume")
    }
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        words = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise BacktestError(f"The columns of the candles differ in length: {words}.")
    if len(candles) < 2:
        raise BacktestError(
            f"There {'is 1 candle' if len(candles) else 'are no candles'}; a backtest needs 2 or "
            "more."
        )
    if _bad(*columns.values()):
        raise BacktestError(_sentence(candles, *_first_bad(*columns.values())))


def _sentence(candles: CandleWindow, kind: int, at: int) -> str:
    if kind == _TIME:
        return _order_sentence(candles.time_ns, at)
    if kind in _PRICES:
        name = _PRICES[kind]
        return (
            f"Candle {at} has the {name} price {getattr(candles, name)[at]}; allowed is "
            f"{MIN_PRICE:g} to {MAX_PRICE:g}."
        )
    if kind == _VOLUME:
        return f"Candle {at} has the volume {candles.volume[at]}; allowed is 0 or above."
    high, low = candles.high[at], candles.low[at]
    if kind == _RANGE:
        return f"Candle {at} has the high {high} below its low {low}."
    name = "open" if kind == _OPEN_OUTSIDE else "close"
    return (
        f"Candle {at} has the {name} price {getattr(candles, name)[at]}, outside its low {low} to "
        f"its high {high}."
    )


def _order_sentence(time_ns: I64, at: int) -> str:
    time, before = (str(moment) for moment in time_ns[[at, at - 1]].astype("datetime64[ns]"))
    if time == before:
        return f"Candle {at} is there twice: it starts at {time} UTC like candle {at - 1}."
    return (
        f"Candle {at} starts at {time} UTC, before candle {at - 1} at {before}; candles must be "
        "sorted by time."
    )


@lean_kernel
def _bad(
    time_ns: I64, opens: F64, highs: F64, lows: F64, closes: F64, volumes: F64
) -> int:  # fmt: skip
    """What is wrong, counted: without asking where, many candles are looked at at once."""
    count, later = 0, time_ns[1:]
    for at in range(len(later)):
        count += not later[at] > time_ns[at]
    for at in range(len(opens)):
        opened, high, low, closed = opens[at], highs[at], lows[at], closes[at]
        inside = (low <= opened) & (opened <= high) & (low <= closed) & (closed <= high)
        bounded = (low >= MIN_PRICE) & (high <= MAX_PRICE)
        volume = (volumes[at] >= 0) & (volumes[at] <= MAX_VOLUME)
        count += not inside & bounded & volume
    return count


@lean_kernel
def _first_bad(
    time_ns: I64, opens: F64, highs: F64, lows: F64, closes: F64, volumes: F64
) -> tuple[int, int]:
    """What is wrong first, and at which candle; -1 for nothing."""
    for at in range(len(time_ns)):
        opened, high, low, closed = opens[at], highs[at], lows[at], closes[at]
        ordered = low <= opened <= high and low <= closed <= high
        later = at == 0 or time_ns[at] > time_ns[at - 1]
        volume = 0 <= volumes[at] <= MAX_VOLUME
        if ordered and later and volume and low >= MIN_PRICE and high <= MAX_PRICE:
            continue
        if not later:
            return _TIME, at
        for kind, price in ((_OPEN, opened), (_CLOSE, closed), (_HIGH, high), (_LOW, low)):
            if not MIN_PRICE <= price <= MAX_PRICE:
                return kind, at
        if not volume:
            return _VOLUME, at
        if high < low:
            return _RANGE, at
        return (_CLOSE_OUTSIDE if low <= opened <= high else _OPEN_OUTSIDE), at
    return 0, -1


def steps_of(time_ns: I64) -> Steps:
    """The steps between two or more rising times."""
    interval = int(_majority_step(time_ns)) or int(np.median(np.diff(time_ns)))
    gaps, longest = _longer_steps(time_ns, interval)
    return Steps(interval, int(gaps), int(longest))


@lean_kernel
def _count_of(time_ns: I64, step: int) -> int:
    """How many steps are ``step``."""
    count = 0
    for at in range(1, len(time_ns)):
        count += time_ns[at] - time_ns[at - 1] == step
    return count


@lean_kernel
def _majority_step(time_ns: I64) -> int:
    """The step that more than half of all are, which then is their median; 0 for none.

    Boyer and Moore, MJRTY: A Fast Majority Vote Algorithm, 1991. Their vote waits for itself at
    each step, a count does not: the first step, mostly the right one, is only counted.
    """
    step, votes = time_ns[1] - time_ns[0], 0
    if 2 * _count_of(time_ns, step) > len(time_ns) - 1:
        return int(step)
    for at in range(1, len(time_ns)):
        found = time_ns[at] - time_ns[at - 1]
        if votes == 0:
            step = found
        votes += 1 if found == step else -1
    return int(step) if 2 * _count_of(time_ns, step) > len(time_ns) - 1 else 0


@lean_kernel
def _longer_steps(time_ns: I64, interval: int) -> tuple[int, int]:
    count, longest = 0, 0
    for at in range(1, len(time_ns)):
        step = time_ns[at] - time_ns[at - 1]
        if step > interval:
            count += 1
        longest = max(longest, step)
    return count, longest
