"""Why a paper account's fills are others than those of a backtest over the same candles.

A backtest fills at prices of candles; a paper account fills against quotes, books and queues, some
time later. Fills of one order are taken together, then paired by side and time. Of a pair

    paper price − backtest price = (best price − open) + (paper price − best price) − slippage

where *best price* is what was best for the order when it came and *slippage* what the backtest
assumed. The first part is the spread, and the way of the price during the latency; the second the
depth of the book that the order had to go into.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import nan

from trading.paper.executions import Execution

__all__ = ["Cause", "Course", "Difference", "by_cause", "differences"]

NEAR = 1e-9
"""Shares of a price or size that count as the same."""


class Cause(StrEnum):
    """Why a fill differs, the cause that moved most money first."""

    SPREAD = "spread"
    LATENCY = "latency"
    DEPTH = "book depth"
    SLIPPAGE = "assumed slippage"
    QUEUE = "queue"
    BETWEEN = "price between closes"
    SIZE = "size"
    REFUSED = "refused"
    NOT_ASKED = "not asked"
    LIQUIDATION = "liquidation"
    PATH = "other orders before"


@dataclass(frozen=True, slots=True)
class Difference:
    """``paper`` or ``backtest`` is None where the other is alone; ``money`` is what paper lost by
    it, in quote currency, negative where it gained.
    """

    paper: Execution | None
    backtest: Execution | None
    cause: Cause
    words: str
    money: float

    @property
    def time_ns(self) -> int:
        """When it happened, on paper where it did there."""
        one = self.paper or self.backtest
        assert one is not None
        return one.time_ns


@dataclass(frozen=True, slots=True)
class Course:
    """What else is known of a session.

    ``interval_ns``, ``latency_ns``; ``unasked`` are ends of candles at which the strategy was not
    asked, ``refused`` (time, words) of orders that were not taken, both sorted.
    """

    interval_ns: int
    latency_ns: int
    unasked: Sequence[int] = ()
    refused: Sequence[tuple[int, str]] = ()


def differences(
    paper: Sequence[Execution], backtest: Sequence[Execution], course: Course
) -> list[Difference]:
    """Every execution that is another one, or that has no partner, by time."""
    found = []
    partners = _partners(paper, backtest, course.interval_ns)
    for at, execution in enumerate(paper):
        partner = partners.get(at)
        if partner is None:
            found.append(_alone_on_paper(execution, course))
        elif not _same(execution, backtest[partner]):
            found.append(_apart(execution, backtest[partner], course))
    paired = set(partners.values())
    found += [
        _alone_in_backtest(execution, course)
        for at, execution in enumerate(backtest)
        if at not in paired
    ]
    return sorted(found, key=lambda each: each.time_ns)


def _partners(
    paper: Sequence[Execution], backtest: Sequence[Execution], reach_ns: int
) -> dict[int, int]:
    """By place in ``paper`` the place in ``backtest``: the nearest of its kind, each taken once."""
    free: dict[tuple[str, int], list[int]] = {}
    for at, each in enumerate(backtest):
        free.setdefault((each.symbol, each.side), []).append(at)
    found = {}
    for at, each in enumerate(paper):
        rivals = free.get((each.symbol, each.side), [])
        away = {other: abs(backtest[other].time_ns - each.time_ns) for other in rivals}
        best = min(away, key=away.__getitem__, default=-1)
        if best >= 0 and away[best] <= reach_ns:
            rivals.remove(best)
            found[at] = best
    return found


def _same(paper: Execution, backtest: Execution) -> bool:
    return all(
        abs(one - other) <= NEAR * max(abs(one), abs(other))
        for one, other in ((paper.price, backtest.price), (paper.size, backtest.size))
    )


def _apart(paper: Execution, backtest: Execution, course: Course) -> Difference:
    side, size = paper.side, paper.size
    money = side * (paper.price - backtest.price) * size
    parts = _parts(paper, backtest, course)
    cause = max(parts, key=lambda each: abs(parts[each]))
    if abs(parts[cause]) <= NEAR * paper.price:
        words = (
            f"The same price; the size follows from the equity, {paper.size:.8g} instead of "
            f"{backtest.size:.8g}."
        )
        return Difference(paper, backtest, Cause.SIZE, words, 0.0)
    return Difference(paper, backtest, cause, _words(parts, paper, course), money)


def _parts(paper: Execution, backtest: Execution, course: Course) -> Mapping[Cause, float]:
    """What each cause did to the price, positive where it was worse for the order."""
    side = paper.side
    if paper.maker != backtest.maker:
        return {Cause.QUEUE: side * (paper.price - backtest.price)}
    way = side * (paper.reference - backtest.reference)
    if abs(paper.time_ns - backtest.time_ns) > course.interval_ns // 2 or paper.maker:
        return {Cause.BETWEEN: side * (paper.price - backtest.price)}
    return {
        Cause.LATENCY if course.latency_ns else Cause.SPREAD: way,
        Cause.DEPTH: side * (paper.price - paper.reference),
        Cause.SLIPPAGE: -side * (backtest.price - backtest.reference),
    }


_SENTENCES = {
    Cause.SPREAD: "the best price was {} than the candle's",
    Cause.LATENCY: "after {latency:g} ms the best price was {} than the candle's",
    Cause.DEPTH: "the book behind the best price made it {}",
    Cause.SLIPPAGE: "the slippage that the backtest assumes is {}",
    Cause.QUEUE: "one rested in the queue, the other took: {}",
    Cause.BETWEEN: "the price moved between the closes: {}",
}


def _words(parts: Mapping[Cause, float], paper: Execution, course: Course) -> str:
    sentences = [
        _SENTENCES[cause].format(
            f"{abs(amount):.6g} {'worse' if amount > 0 else 'better'}",
            latency=course.latency_ns / 1e6,
        )
        for cause, amount in parts.items()
        if abs(amount) > NEAR * paper.price
    ]
    text = "; ".join(sentences)
    return f"{text[:1].upper()}{text[1:]}."


def _alone_on_paper(paper: Execution, course: Course) -> Difference:
    if not paper.order:
        words = "The account was liquidated on paper; the backtest's was not."
        return Difference(paper, None, Cause.LIQUIDATION, words, nan)
    if paper.maker:
        words = "A trade reached the limit on paper; in the backtest no candle did, or later."
        return Difference(paper, None, Cause.BETWEEN, words, nan)
    words = "The backtest had no such order then: it held or asked for something else."
    return Difference(paper, None, Cause.PATH, words, nan)


def _alone_in_backtest(backtest: Execution, course: Course) -> Difference:
    near = course.interval_ns
    if any(abs(end_ns - backtest.time_ns) <= near for end_ns in course.unasked):
        words = "The strategy was not asked at that close: it was paused, or nobody was there."
        return Difference(None, backtest, Cause.NOT_ASKED, words, nan)
    for time_ns, why in course.refused:
        if abs(time_ns - backtest.time_ns) <= near:
            return Difference(None, backtest, Cause.REFUSED, why, nan)
    if backtest.maker:
        words = (
            "A candle touched the limit; on paper the orders before it in the queue were not "
            "traded through."
        )
        return Difference(None, backtest, Cause.QUEUE, words, nan)
    if not backtest.order:
        words = "The backtest's account was liquidated; the one on paper was not."
        return Difference(None, backtest, Cause.LIQUIDATION, words, nan)
    words = "On paper there was no such order then: it held or asked for something else."
    return Difference(None, backtest, Cause.PATH, words, nan)


def by_cause(found: Iterable[Difference]) -> dict[Cause, tuple[int, float]]:
    """How many differences each cause made, and the money of those that have a partner."""
    sums: dict[Cause, tuple[int, float]] = {}
    for each in found:
        count, money = sums.get(each.cause, (0, 0.0))
        sums[each.cause] = (count + 1, money + (each.money if each.money == each.money else 0.0))
    return sums
