"""Automations in a running program: its threads, its journal, its files, a restart."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from time import monotonic_ns
from typing import Any

import numpy as np
import pytest

from data_feed.history_progress import HistoryProgress
from market.types import SECOND, Quote, Side, Trade
from paper_trading import automation_desk
from paper_trading.automation_desk import AutomationDesk
from paper_trading.clock import SteadyClock
from paper_trading.errors import NothingRecorded
from research.catalogue import Catalogue
from research.child import Children
from storage.journal.opening import open_journal
from tests.paper_trading.harness import BTC, Moved, wait_for
from tests.trading.backtest.traders import flat, played
from trading.paper.commands import SetAutomation

FAILS = """
from trading.event_strategy import EventStrategy
class T:
    def __init__(self, values): pass
    def init(self, desk): pass
    def next(self, desk):
        if len(desk.candles()) > 450: raise RuntimeError("enough")
STRATEGY = EventStrategy("fails", "Fails", "Test.", "Test", (), (), T)
"""
CROSS = """
from trading.shelf import strategies
STRATEGY = strategies()["sma_cross"]
"""


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    played({}, flat(1.0, 2.0, 3.0))  # a child has no time to compile
    found = Children()
    found.warm()
    yield found
    found.close()


class Program:
    """A program over a folder; begun again it finds everything there."""

    def __init__(self, folder: Path, children: Children) -> None:
        self.second = 0
        clock = SteadyClock(0, self.now_ns, self.now_ns)
        self.moved = Moved(open_journal(None, folder), capacity=2_000, clock=clock)
        self._steps = 0
        self._events = self.moved.paper.subscribe()
        prices = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.004, 3_000)))
        self.prices: list[float] = prices.round(2).tolist()
        catalogue = Catalogue(folder / "strategies", children)
        self.desk = AutomationDesk(
            self.moved.paper, self.moved.market, HistoryProgress(), folder, catalogue, children
        )

    def now_ns(self) -> int:
        """The time of the newest trade."""
        return 10**18 + self.second * SECOND

    def pass_seconds(self, count: int) -> None:
        """A quote and a trade each."""
        for _ in range(count):
            self.second += 1
            at, price, heard = self.second, self.prices[self.second], monotonic_ns()
            market = self.moved.market
            market.apply(Quote(BTC, 0, price - 0.01, 900.0, price + 0.01, 900.0), heard)
            trade = Trade(BTC, at, self.now_ns(), price, 0.5, Side.SELL)
            market.apply(trade, heard)

    def set(self, state: str = "running", **other: Any) -> Any:
        """Set the automation ``a1``."""
        told: dict[str, Any] = {
            "owner": "a1", "name": "Cross", "strategy": "sma_cross",
            "values": {"fast": 3, "slow": 8}, "symbols": (BTC,), "interval": "5s",
            "capital": Decimal(10_000), "state": state, "direction": "both",
        }  # fmt: skip
        return self.moved.do(SetAutomation(**(told | other)))

    def steps(self) -> int:
        """How many steps of automations were journaled since the start."""
        self._steps += sum(each.kind == "automation_stepped" for each in self._events.take())
        return self._steps

    def fills(self) -> list[tuple[Any, ...]]:
        """Those of the automation, oldest first."""
        records = self.moved.paper.account(self.moved.paper.main()).core.records
        return [
            (each.time_ns, each.symbol, each.side, each.size, each.price)
            for each in records.fills
            if each.owner == "a1"
        ]


@contextmanager
def program(folder: Path, children: Children, second: int = 0) -> Iterator[Program]:
    """It runs until the block ends; ``second`` seconds of the market were before it."""
    made = Program(folder, children)
    made.pass_seconds(max(second, 1))
    made.desk.start()
    made.moved.paper.start()
    try:
        yield made
    finally:
        made.moved.paper.close()
        made.desk.close()


def traded(made: Program, seconds: int, steps: int) -> None:
    """Let the market go on until so many steps are in the journal."""
    for _ in range(seconds // 5):
        before = made.steps()
        made.pass_seconds(5)
        wait_for(lambda before=before: made.steps() > before, "a step")  # type: ignore[misc]
    assert made.steps() == steps


def test_a_session_with_a_restart_is_reconciled(tmp_path: Path, children: Children) -> None:
    with program(tmp_path, children, 100) as made:
        assert made.set().refusal is None
        traded(made, 200, 41)
        account, fills = made.moved.paper.main(), made.fills()
        assert len(fills) > 2
    with program(tmp_path, children, 300) as made:
        assert made.fills() == fills
        traded(made, 100, 20)
        assert len(made.fills()) > len(fills)
        (view,) = made.moved.view().automations
        assert (view.id, view.state) == ("a1", "running")
    with program(tmp_path, children, 400) as made:
        found = made.desk.reconcile(account, "a1")
        assert found.replay is True, found.replay_words
        assert found.problem == ""
        assert found.closes == 60
        assert found.paper_orders > 2
        assert {cause for cause, _, _ in found.causes} <= {"spread", "price between closes", "size"}
        with pytest.raises(NothingRecorded):
            made.desk.reconcile(account, "a2")


def test_a_session_is_reconciled_while_it_trades(tmp_path: Path, children: Children) -> None:
    with program(tmp_path, children, 100) as made:
        made.set()
        account, going = made.moved.paper.main(), threading.Event()

        def go_on() -> None:
            while made.second < 2_900 and not going.wait(0.002):
                made.pass_seconds(1)

        traded(made, 200, 41)
        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            for _ in range(5):
                fills = len(made.fills())
                found = made.desk.reconcile(account, "a1")
                assert found.replay is True, found.replay_words
                assert int(found.replay_words.split()[-3]) >= fills > 2
        finally:
            going.set()
            thread.join()


def test_inputs_that_wait_for_the_disk_are_no_difference(
    tmp_path: Path, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automation_desk, "PATIENCE_S", 0.05)
    with program(tmp_path, children, 100) as made:
        made.set()
        traded(made, 200, 41)
        assert made.desk._recorder is not None
        monkeypatch.setattr(made.desk._recorder, "flush", lambda: False)
        found = made.desk.reconcile(made.moved.paper.main(), "a1")
        assert found.replay is None
        assert "not on the disk yet" in found.replay_words


def test_a_users_file_trades_like_ours(tmp_path: Path, children: Children) -> None:
    ours, users = tmp_path / "ours", tmp_path / "users"
    (users / "strategies").mkdir(parents=True)
    (users / "strategies" / "cross.py").write_text(CROSS)
    found = []
    for folder, key in ((ours, "sma_cross"), (users, "user:cross")):
        with program(folder, children, 100) as made:
            made.set(strategy=key)
            wait_for(lambda made=made: made.steps() == 1, "the beginning", 60)  # type: ignore[misc]
            traded(made, 150, 31)
            found.append(made.fills())
    assert len(found[0]) > 2
    assert found[0] == found[1]


def test_a_users_file_that_fails_says_where(tmp_path: Path, children: Children) -> None:
    (tmp_path / "strategies").mkdir(parents=True)
    (tmp_path / "strategies" / "fails.py").write_text(FAILS)
    with program(tmp_path, children, 2_240) as made:
        made.set(strategy="user:fails", values={})
        wait_for(lambda: made.steps() == 1, "the beginning", 60)
        for _ in range(6):
            made.pass_seconds(5)
        view = made.moved.until(lambda view: view.automations[0].state == "failed", "a failure")
        words = view.automations[0].words
        assert "fails.py, line 7" in words
        assert "RuntimeError: enough" in words
