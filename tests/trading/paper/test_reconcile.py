"""Fills on paper beside those of a backtest: which belong together, and why they differ."""

from math import isnan

import numpy as np
import pytest

from market.types import MINUTE
from trading.engine.records import FILL
from trading.engine.records import Cause as FillCause
from trading.paper.executions import Execution, equity_at, executions
from trading.paper.reconcile import Cause, Course, by_cause, differences

pytestmark = pytest.mark.kernel

COURSE = Course(MINUTE, 0)


def one(
    price: float, reference: float | None = None, *, side: int = 1, size: float = 1.0,
    at: int = 0, maker: bool = False, order: int = 1,
) -> Execution:  # fmt: skip
    """An execution at ``at`` ns."""
    best = price if reference is None else reference
    return Execution(order, "A", side, size, price, best, 0.0, maker, at)


def fills(*rows: tuple[int, int, float, float, int]) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
    """FILL records of (order, side, size, price, time)."""
    found = np.zeros(len(rows), FILL)
    for record, (order, side, size, price, at) in zip(found, rows, strict=True):
        record["order"], record["side"], record["size"] = order, side, size
        record["price"], record["reference"], record["time_ns"] = price, price, at
        record["fee"] = 1.0
        record["cause"] = FillCause.ORDER if order else FillCause.LIQUIDATION
    return found


def test_fills_of_an_order_are_one_execution() -> None:
    found = executions(
        fills((1, 1, 1.0, 100.0, 5), (1, 1, 3.0, 104.0, 5), (2, -1, 4.0, 99.0, 9)), "A"
    )
    assert [(each.order, each.side, each.size, each.price, each.fee) for each in found] == [
        (1, 1, 4.0, 103.0, 2.0), (2, -1, 4.0, 99.0, 1.0),
    ]  # fmt: skip


def test_equal_fills_are_no_difference() -> None:
    assert differences([one(100.0, at=7)], [one(100.0)], COURSE) == []


@pytest.mark.parametrize(
    ("paper", "backtest", "course", "cause", "money"),
    [
        (one(101.0), one(100.0), COURSE, Cause.SPREAD, 1.0),
        (one(99.0, side=-1), one(100.0, side=-1), COURSE, Cause.SPREAD, 1.0),
        (one(102.0, 100.5), one(100.0), COURSE, Cause.DEPTH, 2.0),
        (one(101.0), one(100.0), Course(MINUTE, 50_000_000), Cause.LATENCY, 1.0),
        (one(100.0), one(100.9, 100.0), COURSE, Cause.SLIPPAGE, -0.9),
        (one(100.0, size=2.0), one(100.0), COURSE, Cause.SIZE, 0.0),
        (one(99.0, maker=True), one(100.0), COURSE, Cause.QUEUE, -1.0),
        (one(98.0, maker=True), one(99.0, maker=True), COURSE, Cause.BETWEEN, -1.0),
        (one(103.0, at=MINUTE - 1), one(100.0), COURSE, Cause.BETWEEN, 3.0),
    ],
)
def test_a_pair_differs_for_a_reason(
    paper: Execution, backtest: Execution, course: Course, cause: Cause, money: float
) -> None:
    (found,) = differences([paper], [backtest], course)
    assert (found.cause, found.paper, found.backtest) == (cause, paper, backtest)
    assert found.money == pytest.approx(money)
    assert found.words.endswith(".")


def test_what_moved_most_is_named_first_and_all_is_said() -> None:
    (found,) = differences([one(101.5, 101.0)], [one(100.1, 100.0)], COURSE)
    assert found.cause is Cause.SPREAD
    assert found.words == (
        "The best price was 1 worse than the candle's; the book behind the best price made it 0.5 "
        "worse; the slippage that the backtest assumes is 0.1 better."
    )
    assert found.money == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("paper", "backtest", "course", "cause"),
    [
        ([one(100.0, maker=True)], [], COURSE, Cause.BETWEEN),
        ([one(100.0)], [], COURSE, Cause.PATH),
        ([one(100.0, order=0)], [], COURSE, Cause.LIQUIDATION),
        ([], [one(100.0, maker=True)], COURSE, Cause.QUEUE),
        ([], [one(100.0)], COURSE, Cause.PATH),
        ([], [one(100.0, order=0)], COURSE, Cause.LIQUIDATION),
        ([], [one(100.0, at=MINUTE)], Course(MINUTE, 0, (MINUTE,)), Cause.NOT_ASKED),
        ([], [one(100.0)], Course(MINUTE, 0, (), ((5, "Order refused: stale."),)), Cause.REFUSED),
    ],
)
def test_one_alone_has_a_reason_too(
    paper: list[Execution], backtest: list[Execution], course: Course, cause: Cause
) -> None:
    (found,) = differences(paper, backtest, course)
    assert found.cause is cause
    assert isnan(found.money)


def test_each_has_one_partner_the_nearest_of_its_side() -> None:
    paper = [one(100.0, at=MINUTE), one(100.0, at=3 * MINUTE), one(100.0, at=9 * MINUTE, side=-1)]
    backtest = [one(100.0, at=MINUTE), one(100.0, at=MINUTE + 1), one(100.0, at=9 * MINUTE)]
    found = differences(paper, backtest, COURSE)
    assert [(each.time_ns // MINUTE, each.paper is None) for each in found] == [
        (1, True), (3, False), (9, False), (9, True),
    ]  # fmt: skip


def test_sums_by_cause() -> None:
    found = differences(
        [one(101.0), one(102.0, at=2 * MINUTE)], [one(100.0), one(100.0, at=2 * MINUTE),
         one(5.0, at=9 * MINUTE)], COURSE,
    )  # fmt: skip
    assert by_cause(found) == {Cause.SPREAD: (2, 3.0), Cause.PATH: (1, 0.0)}


def test_equity_at_closes() -> None:
    """1,000 − 10 × 20 − 1, then 10 at the marks; sold at 30 for 300 − 1."""
    times = np.array([0, 10, 20, 30])
    marks = np.array([[20.0], [25.0], [28.0], [99.0]])
    traded = fills((1, 1, 10.0, 20.0, 10), (2, -1, 10.0, 30.0, 25))
    assert equity_at(traded, 1_000.0, times, marks).tolist() == [1_000, 1_049, 1_079, 1_098]
