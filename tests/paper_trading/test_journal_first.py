"""Nothing is told before the journal holds it, and nothing is taken while it cannot be written."""

import pytest

from market.types import Side
from storage.errors import JournalConflict, JournalFailed
from storage.journal import writer
from tests.paper_trading.harness import BTC, Gate, limit, moved
from trading.paper.commands import CancelAll, Kill, Place


def test_nobody_is_told_before_the_journal_has_it() -> None:
    gate = Gate()
    with moved(gate) as desk:
        queue = desk.paper.subscribe(1)
        gate.tried.clear()
        gate.open.clear()
        answer = desk.paper.submit(1, Place(symbol=BTC, side=Side.BUY, size=1.0))
        assert gate.tried.wait(60)
        assert not answer.done() and desk.view().fills == () and queue.take() == []
        gate.open.set()
        told = [event.kind for event in answer.result(10).events]
        assert [event.kind for event in queue.take()] == told
        assert len(desk.view().fills) == 1


def test_no_orders_are_taken_while_the_journal_fails_and_nothing_is_lost() -> None:
    gate = Gate()
    with moved(gate) as desk:
        gate.error = JournalFailed("the disk", "it is full")
        waiting = desk.paper.submit(1, limit(95.0))
        desk.until(lambda view: view.journal.startswith("failing"), "the view to say so")
        assert not desk.view().tradable
        refused = desk.buy(1.0).refusal
        assert refused is not None and refused.code == "journal" and "full" in refused.words
        assert not waiting.done()
        gate.error = None
        assert waiting.result(10).order == 1
        view = desk.until(
            lambda view: view.tradable and view.journal == "in sync", "trading to go on"
        )
        assert view.orders[0].limit == 95
        assert desk.buy(1.0).refusal is None


def test_a_halted_account_says_why_when_the_journal_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for pause in ("QUIET_S", "LOOK_S"):
        monkeypatch.setattr(writer, pause, 0.02)
    gate = Gate()
    with moved(gate) as desk:
        desk.do(Kill("page"))
        why = desk.until(lambda view: view.halted is not None, "the halt").why_not
        gate.error = JournalFailed("the disk", "it is full")
        desk.until(lambda view: "full" in view.why_not, "the view to say so")
        gate.error = None
        view = desk.until(lambda view: view.journal == "in sync", "the journal")
        assert view.why_not == why != ""
        assert not view.tradable


def test_an_account_that_another_program_writes_stands_still() -> None:
    gate = Gate()
    with moved(gate) as desk:
        gate.error = JournalConflict("memory", "somebody else wrote entry 5")
        with pytest.raises(JournalConflict):
            desk.buy(1.0)
        gate.error = None
        refused = desk.do(CancelAll()).refusal
        assert refused is not None and "somebody else" in refused.words
