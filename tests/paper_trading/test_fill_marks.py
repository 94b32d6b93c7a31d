"""Where an account traded, for charts."""

from decimal import Decimal

import numpy as np

from chart_acceleration.chart_data import MarkerKind
from market.types import Side
from paper_trading.fill_marks import NO_MARKS, FillMarks, MarkKind
from server.paper_markers import markers
from trading.engine.records import Cause
from trading.paper.events import Filled


def fill(time_ns: int, side: Side, size: int, realised: int = 0, owner: str = "manual") -> Filled:
    """A fill of BTC-USD."""
    amounts = Decimal(size), Decimal(100), Decimal(0), Decimal(realised)
    return Filled(
        time_ns, 1, 1, owner, "BTC-USD", side, *amounts, False, Cause.ORDER, 100.0
    )  # fmt: skip


def test_fills_are_entries_and_exits_by_what_they_realised() -> None:
    marks = FillMarks()
    for each in (
        fill(1, Side.BUY, 1),
        fill(2, Side.BUY, 1),
        fill(3, Side.SELL, 1, 5),
        fill(4, Side.SELL, 1, -20),
        fill(5, Side.SELL, 1),  # opens a short
        fill(6, Side.BUY, 1, 20),
    ):
        marks.add(each)
    shown = markers(marks.all()["BTC-USD"])
    kinds = MarkerKind
    assert shown.kind.tolist() == [
        kinds.ENTRY, kinds.ENTRY, kinds.EXIT_PROFIT, kinds.EXIT_LOSS, kinds.ENTRY, kinds.EXIT_PROFIT
    ]  # fmt: skip
    assert shown.time_ns.tolist() == [1, 2, 3, 4, 5, 6]
    assert len(markers(NO_MARKS)) == 0


def test_owners_have_positions_of_their_own() -> None:
    marks = FillMarks()
    marks.add(fill(1, Side.BUY, 1))
    marks.add(fill(2, Side.SELL, 1, owner="a1"))
    assert marks.all()["BTC-USD"].kind.tolist() == [MarkKind.ENTRY, MarkKind.ENTRY]


def test_what_was_given_out_stays_as_it_was() -> None:
    marks = FillMarks()
    marks.add(fill(0, Side.BUY, 1))
    first = marks.all()["BTC-USD"]
    for time_ns in range(1, 200):
        marks.add(fill(time_ns, Side.BUY, 1))
    assert first.time_ns.tolist() == [0]
    assert (marks.all()["BTC-USD"].time_ns == np.arange(200)).all()
