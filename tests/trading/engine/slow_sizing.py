"""The size of an order by share of the equity, found by trying."""

from collections.abc import Callable, Mapping, Sequence
from math import inf

NEAR = 1e-9


def size_by_share(
    target: bool, side: int, share: float, held: float, mark: float, equity: float,
    offers: Mapping[int, Sequence[tuple[float, float]]], fee: float,
) -> float:  # fmt: skip
    """The signed size; ``offers`` of each side are prices and sizes, the last goes on for ever."""
    if target:
        gap = share * equity - held * mark
        if share == 0 or equity <= 0:
            return -held
        if abs(gap) <= NEAR * max(abs(share * equity), abs(held * mark)):
            return 0.0
        side = 1 if gap > 0 else -1
    elif equity <= 0:
        return 0.0

    def missing(size: float) -> float:
        """How much more, in money, the share asks for after ``size`` was traded and paid."""
        after = equity - _cost(size, side, mark, offers[side], fee)
        if target:
            return side * (share * after - (held + side * size) * mark)
        return share * after - size * mark

    most = _sensible(missing, offers[side])
    if most == 0:
        return -held if target else 0.0
    return side * _root(missing, most)


def _cost(
    size: float, side: int, mark: float, offers: Sequence[tuple[float, float]], fee: float
) -> float:
    total, price = 0.0, mark
    for price, offered in offers:
        part = min(size, offered)
        total += part * (side * (price - mark) + fee * price)
        size -= part
        if size <= 0:
            return total
    return total + size * (side * (price - mark) + fee * price)


def _sensible(missing: Callable[[float], float], offers: Sequence[tuple[float, float]]) -> float:
    """The size up to which each further unit brings the share nearer."""
    total = 0.0
    for _, offered in offers:
        if missing(total + min(offered, 1.0) * 1e-3) >= missing(total) and offered > 0:
            return total
        total += offered
    return inf


def _root(missing: Callable[[float], float], most: float) -> float:
    if most < inf and missing(most) > 0:
        return most
    low, high = 0.0, 1.0
    while high < most and missing(high) > 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if missing(middle) > 0 else (low, middle)
    return high
