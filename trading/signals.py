"""What signals are made of: comparisons of curves, and a position that is held until it is left.

Values that differ by less than a billionth of a thousandth (``TIE``) are equal, so that rounding
never trades. Where a curve is NaN, because it is still warming up, nothing is above or below.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from market.columns import F64
from market.kernel import lean_kernel
from trading.errors import BadStrategy

__all__ = ["BOOLS", "TIE", "above", "crosses", "held", "sides", "turns"]

BOOLS = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)

TIE = 1e-12
"""The share of the scale by which values must differ to be different."""


@lean_kernel
def _sides(a: F64, b: F64, scale: F64, out: F64) -> None:
    for i in range(len(out)):
        reach = TIE * abs(scale[i])
        out[i] = (a[i] > b[i] + reach) * 1.0 - (a[i] < b[i] - reach) * 1.0


@lean_kernel
def _above(a: F64, b: F64, scale: F64, out: BOOLS) -> None:
    for i in range(len(out)):
        out[i] = a[i] > b[i] + TIE * abs(scale[i])


@lean_kernel
def _crosses(a: F64, b: F64, scale: F64, out: F64) -> None:
    _sides(a, b, scale, out)
    before = 0.0
    for i in range(len(out)):
        side = out[i]
        out[i] = side if side * before < 0.0 else 0.0
        if side != 0.0:
            before = side


@lean_kernel
def _turns(side: F64, out: F64) -> None:
    """0 until ``side`` has changed from one to the other for the first time, then it."""
    before, turned = 0.0, False
    for i in range(len(out)):
        turned = turned or side[i] * before < 0.0
        out[i] = side[i] if turned else 0.0
        if side[i] != 0.0:
            before = side[i]


@lean_kernel
def _held(buy: BOOLS, sell: BOOLS, short: BOOLS, cover: BOOLS, out: F64) -> None:
    position = 0.0
    for i in range(len(out)):
        if (position > 0.0 and sell[i]) or (position < 0.0 and cover[i]):
            position = 0.0
        long, down = buy[i] and not sell[i], short[i] and not cover[i]
        if long != down:
            position = 1.0 if long else -1.0
        out[i] = position


def sides(a: F64, b: F64, scale: F64 | None = None) -> F64:
    """1 while ``a`` is above ``b``, −1 while it is below, 0 while equal or not known; float64 (n,).

    ``scale`` (n,): what a difference is measured by, ``b`` unless given. Values that themselves are
    differences of prices, such as a MACD, want the prices.
    """
    out = np.empty(len(a))
    _sides(*_curves(a, b, scale), out)
    return out


def above(a: F64, b: F64, scale: F64 | None = None) -> BOOLS:
    """Whether ``a`` is above ``b``; bool (n,). ``scale`` as for :func:`sides`."""
    out = np.empty(len(a), np.bool_)
    _above(*_curves(a, b, scale), out)
    return out


def crosses(a: F64, b: F64, scale: F64 | None = None) -> F64:
    """1 where ``a`` comes above ``b`` from below, −1 where below from above, else 0; float64 (n,).

    Values that touch and part again on the same side do not cross. ``scale`` as for :func:`sides`.
    """
    out = np.empty(len(a))
    _crosses(*_curves(a, b, scale), out)
    return out


def turns(side: F64) -> F64:
    """``side`` (−1, 0 or 1), but 0 until it has gone from one sign to the other; float64 (n,).

    For curves whose first side is a guess, such as that of a SuperTrend.
    """
    out = np.empty(len(side))
    _turns(_frozen(side), out)
    return out


def held(buy: BOOLS, sell: BOOLS, short: BOOLS | None = None, cover: BOOLS | None = None) -> F64:
    """The position, 1, −1 or 0, after each candle; float64 (n,).

    It goes long where ``buy`` and stays so until ``sell``; short where ``short`` until ``cover``.
    A ``buy`` while short turns the position over, and a ``short`` while long. A candle that says
    both to enter and to leave a side leaves it; one that says to enter both enters none.
    """
    never = np.zeros(len(buy), np.bool_)
    given = (buy, sell, never if short is None else short, never if cover is None else cover)
    if len({len(moments) for moments in given}) > 1:
        raise BadStrategy(f"Moments had the lengths {', '.join(map(str, map(len, given)))}; "
                          "allowed is one value per candle.")  # fmt: skip
    buy, sell, short, cover = (_frozen(np.asarray(moments, np.bool_)) for moments in given)
    out = np.empty(len(buy))
    _held(buy, sell, short, cover, out)
    return out


def _curves(a: F64, b: F64, scale: F64 | None) -> tuple[F64, F64, F64]:
    if not len(a) == len(b) == len(b if scale is None else scale):
        raise BadStrategy(f"Curves of {len(a):,} and {len(b):,} values were compared; allowed are "
                          "curves of one length.")  # fmt: skip
    a, b = _frozen(a), _frozen(b)
    return a, b, b if scale is None else _frozen(scale)


def _frozen(values: NDArray[T]) -> NDArray[T]:
    """Read-only and in one run, so that every kernel is compiled for one kind of array only."""
    flags = values.flags
    if flags.c_contiguous and not flags.writeable:
        return values
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view
