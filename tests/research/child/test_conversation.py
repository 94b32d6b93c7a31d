"""A user's strategy that lives in a child decides as it does in this process."""

from pathlib import Path

import numpy as np
import pytest

from market.columns import CandleWindow
from market.types import HOUR
from research.child import Children, Limits
from research.child.conversation import LIVE_LIMITS, conversation
from research.errors import ChildStopped, StrategyFailed
from research.strategy_ref import StrategyRef
from trading.candles import Candles
from trading.shelf import strategies
from trading.strategy import SignalStrategy, checked, decided

pytestmark = pytest.mark.kernel

HEAD = "from trading.event_strategy import EventStrategy\n"
EVENT = (
    HEAD
    + """
class T:
    def __init__(self, values): self.asked = 0
    def init(self, desk): self.close = desk.candles().close
    def next(self, desk):
        self.asked += 1
        if desk.position() == 0 and self.asked == 2:
            self.number = desk.buy(1.5, limit=float(self.close[-1]))
STRATEGY = EventStrategy("t", "T", "Buys.", "Test", (), (), T)
"""
)
FAILING = (
    HEAD
    + """
class T:
    def __init__(self, values): pass
    def init(self, desk): pass
    def next(self, desk):
        if len(desk.candles()) > 500:
            {what}
STRATEGY = EventStrategy("t", "T", "Fails.", "Test", (), (), T)
"""
)


def walk(count: int) -> CandleWindow:
    """Hours of a random walk."""
    close = 100 * np.exp(np.cumsum(np.random.default_rng(2).normal(0, 0.01, count)))
    opened = np.concatenate(([100.0], close[:-1]))
    return CandleWindow.from_arrays(
        np.arange(count) * HOUR, opened, np.maximum(opened, close) + 1,
        np.minimum(opened, close) - 1, close, np.ones(count),
    )  # fmt: skip


def moment(window: CandleWindow, row: int) -> dict[str, list[float]]:
    """One candle as it is sent."""
    columns = (window.open, window.high, window.low, window.close, window.volume, window.trades)
    return {"A": [window.time_ns.item(row), *(column.item(row) for column in columns)]}


def never(*_: object) -> None:
    """Nobody asks."""
    raise AssertionError


def test_a_signal_decides_what_it_decides_here(children: Children) -> None:
    window, strategy = walk(400), strategies()["ema_cross"]
    assert isinstance(strategy, SignalStrategy)
    values = checked(strategy, {"fast": 3, "slow": 9})
    expected = decided(strategy, Candles(window), values).target
    ref = StrategyRef("ema_cross")
    with conversation(children, ref, values, {"A": window.part(0, 300)}, HOUR, never) as talk:
        assert talk.form == "signal"
        talk.ask({"do": "begin"})
        found = [
            talk.ask({"do": "step", "moments": [moment(window, row)], "act": True})
            for row in range(300, 400)
        ]
    assert found == expected[300:].tolist()


def test_an_event_strategy_asks_for_its_account(children: Children, tmp_path: Path) -> None:
    file, window, asked = tmp_path / "t.py", walk(20), []
    file.write_text(EVENT)

    def answers(question: str, *arguments: object) -> object:
        asked.append((question, *arguments))
        return 0.0 if question == "position" else 7

    ref = StrategyRef("t", str(file))
    with conversation(children, ref, {}, {"A": window.part(0, 10)}, HOUR, answers) as talk:
        talk.ask({"do": "begin"})
        for row in range(10, 14):
            talk.ask({"do": "step", "moments": [moment(window, row)], "act": True})
    price = window.close.item(11)
    assert asked[1:3] == [("position", None), ("enter", 1, 1.5, None, None, {"limit": price})]
    assert len(asked) == 5


def test_it_lives_through_its_past_without_orders(children: Children, tmp_path: Path) -> None:
    file, window, asked = tmp_path / "t.py", walk(20), []
    file.write_text(EVENT)
    steps = [[{}, ""], [moment(window, 10), '[["position",0.0,""]]']]

    def answers(question: str, *arguments: object) -> object:
        asked.append(question)
        return 0.0 if question == "position" else 7

    ref = StrategyRef("t", str(file))
    with conversation(children, ref, {}, {"A": window.part(0, 10)}, HOUR, answers) as talk:
        talk.ask({"do": "recall", "steps": steps})
        assert asked == []
        talk.ask({"do": "step", "moments": [moment(window, 11)], "act": True})
    assert asked == ["position", "enter"]


def test_what_it_raises_has_file_and_line(children: Children, tmp_path: Path) -> None:
    file = tmp_path / "t.py"
    file.write_text(FAILING.format(what="1 / 0"))
    ref, window = StrategyRef("t", str(file)), walk(502)
    with (
        pytest.raises(StrategyFailed, match=r"t.py, line 8: .*ZeroDivisionError") as caught,
        conversation(children, ref, {}, {"A": window.part(0, 501)}, HOUR, never) as talk,
    ):
        talk.ask({"do": "begin"})
        talk.ask({"do": "step", "moments": [moment(window, 501)], "act": True})
    assert (caught.value.file, caught.value.line) == ("t.py", 8)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("while True: pass", "took longer than 0.5 s"),
        ("import os; os._exit(3)", "ended its own process .exit code 3."),
    ],
)
def test_what_ends_it_is_told(children: Children, tmp_path: Path, what: str, words: str) -> None:
    file = tmp_path / "t.py"
    file.write_text(FAILING.format(what=what))
    ref, window = StrategyRef("t", str(file)), walk(502)
    limits = Limits(seconds=0.5, memory=LIVE_LIMITS.memory)
    with (
        pytest.raises(ChildStopped, match=words),
        conversation(children, ref, {}, {"A": window.part(0, 501)}, HOUR, never, limits) as talk,
    ):
        talk.ask({"do": "begin"})
        talk.ask({"do": "step", "moments": [moment(window, 501)], "act": True})
