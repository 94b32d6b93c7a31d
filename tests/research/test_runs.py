"""Runs from the wish to the history."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from market.types import MINUTE
from research.errors import RequestError
from research.run_queue import MOST_WAITING
from research.runs import Research
from research.views import BacktestRequest, ConventionView
from tests.conftest import PLAIN
from tests.research.desk import REQUEST, MadeSource, desk, ended, ran

pytestmark = pytest.mark.kernel


@pytest.fixture
def research() -> Iterator[Research]:
    """A desk that stores nothing."""
    made = desk()
    yield made
    made.close()


def test_a_run_is_done_with_its_result_and_in_the_history(research: Research) -> None:
    key = research.start(REQUEST)
    view = ended(research, key)
    assert (view.state, view.error, view.request) == ("done", None, REQUEST)
    result = view.result
    assert result is not None
    assert (result.number, result.title, result.bars) == (1, "SMA cross 2 / 3", 2000)
    assert result.equity[0] == 10_000.0
    assert result.rows[-1] == 1999
    assert result.time_ms[-1] == 1999 * MINUTE // 1_000_000
    figures = {metric.key: metric for metric in result.metrics}
    assert figures["total_return"].value == pytest.approx(100 * (result.equity[-1] / 1e4 - 1))
    assert "Sharpe" in figures["sharpe"].formula
    assert result.trade_count == figures["trades"].value == len(result.trades)
    first = result.trades[0]
    assert first.entry_ns == first.entry_row * MINUTE
    (row,) = research.history()
    assert (row.id, row.number, row.title, row.trades) == (
        key, 1, "SMA cross 2 / 3", result.trade_count,
    )  # fmt: skip
    assert row.total_return == figures["total_return"].value


def test_what_fails_while_running_says_why_and_leaves_the_history(research: Research) -> None:
    key = research.start(replace(REQUEST, start_ns=0, end_ns=3 * MINUTE))
    view = ended(research, key)
    assert view.state == "failed"
    assert view.error is not None
    assert view.error.startswith("There are 3 candles; the strategy warms up over 2 and needs 4")
    assert research.history() == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"strategy": "nothing"}, "strategy was 'nothing'; allowed are sma_cross, "),
        ({"values": {"fast": 9, "slow": 5}}, "Fast length was 9 and Slow length 5; Fast length"),
        ({"values": {"fast": 1.5}}, "Fast length was 1.5; allowed is a whole number from 2 to 200"),
        ({"values": {"quick": 1}}, "SMA cross has no parameter 'quick'; it has fast, slow"),
        ({"values": {"fast": float("nan")}}, "Fast length was nan; allowed is a whole number"),
        ({"interval": "2m"}, "interval was '2m'; allowed are 1s"),
        ({"dataset": "abc"}, "dataset was 'abc'; allowed are the keys"),
        ({"capital": 0.0}, "capital was 0; allowed are "),
        ({"fee_percent": 11.0}, "fee was 11 %; allowed are 0 to 10"),
        ({"slippage_bp": -1.0}, "slippage was -1 basis points; allowed are 0 to 1,000"),
        ({"leverage": 126.0}, "leverage was 126; allowed are 1 to 125"),
        ({"stop_loss_percent": 100.0}, "stop-loss was 100 %; allowed are 0.001 to 99.999"),
        ({"direction": "up"}, "direction was 'up'; allowed are long, short, both"),
        ({"fill": "never"}, "fill was 'never'; allowed are next_open, close"),
        ({"path": "odd"}, "path was 'odd'; allowed are nearest, worst, best"),
        ({"convention": ConventionView("year")}, "period was 'year'; allowed are candle, day"),
        ({"convention": ConventionView(days_per_year=0)}, "days in a year were 0; allowed is 1"),
        ({"others": ("BTC-USD",)}, "symbols were BTC-USD, BTC-USD; each may be named once"),
    ],
)
def test_what_cannot_be_run_is_refused(
    research: Research, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(RequestError) as refused:
        research.start(replace(REQUEST, **changes))  # type: ignore[arg-type]
    assert str(refused.value).startswith(sentence)
    assert research.history() == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"symbol": "XRP-USD"}, "symbol was 'XRP-USD'; available are BTC-USD, ETH-USD"),
        ({"start_ns": 10**18}, "There are no closed candles of BTC-USD 1m from 2001-09-09 01:46Z."),
        ({"start_ns": MINUTE, "end_ns": MINUTE}, "from was 1970-01-01 00:01Z, not before to"),
    ],
)
def test_candles_that_are_not_there_fail_the_run(
    research: Research, changes: dict[str, object], sentence: str
) -> None:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]
    view = ended(research, research.start(request))
    assert view.state == "failed"
    assert str(view.error).startswith(sentence)
    assert str(research.coverage(request).error).startswith(sentence)


def test_an_unknown_run_is_told(research: Research) -> None:
    for act in (research.run, research.delete, research.charted):
        with pytest.raises(RequestError, match="run was 'abc'; allowed are the ids"):
            act("abc")
    with pytest.raises(RequestError, match="run was 'abc'; no such run is waiting"):
        research.cancel("abc")


def test_coverage_counts_candles_and_gaps(research: Research) -> None:
    found = research.coverage(REQUEST)
    assert (found.bars, found.first_ns, found.last_ns) == (2000, 0, 1999 * MINUTE)
    assert (found.gaps, found.longest_ns, found.error) == (0, 0, None)


def test_the_same_computation_is_not_repeated(tmp_path: Path) -> None:
    research = desk(tmp_path)
    first = ended(research, ran(research))
    again = ended(research, ran(research, replace(REQUEST, start_ns=0)))
    assert first.result is not None
    assert again.result is not None
    assert (first.result.cached, again.result.cached) == (False, True)
    assert again.result.number == 1
    changes: tuple[dict[str, object], ...] = (
        {"values": {"fast": 2, "slow": 4}}, {"fee_percent": 0.2}, {"end_ns": 1000 * MINUTE},
        {"capital": 5.0}, {"convention": ConventionView(days_per_year=252)},
    )  # fmt: skip
    for number, change in enumerate(changes, 2):
        other = ended(research, ran(research, replace(REQUEST, **change)))  # type: ignore[arg-type]
        assert other.result is not None
        assert (other.result.cached, other.result.number) == (False, number)
    research.close()


def test_changed_code_computes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    research = desk(tmp_path)
    ran(research)
    monkeypatch.setattr("research.result_cache.code_version", lambda: "another")
    again = ended(research, ran(research)).result
    assert again is not None
    assert (again.cached, again.number) == (False, 2)
    research.close()


def test_a_deleted_run_comes_back_from_the_cache_under_a_new_number(tmp_path: Path) -> None:
    research = desk(tmp_path)
    key = ran(research)
    before = research.run(key).result
    research.delete(key)
    assert research.history() == ()
    again = ended(research, ran(research)).result
    assert before is not None
    assert again is not None
    assert again.cached
    np.testing.assert_array_equal(before.equity, again.equity)
    assert before.metrics == again.metrics
    assert before.trades == again.trades
    assert before.fills == again.fills
    research.close()


def test_a_waiting_run_is_cancelled_and_too_many_are_refused() -> None:
    entered, go = threading.Event(), threading.Event()

    def wait() -> None:
        entered.set()
        assert go.wait(60)

    research = Research(MadeSource(50, wait))
    try:
        keys = [research.start(replace(REQUEST, capital=1.0 + n)) for n in range(2)]
        assert entered.wait(60)
        waiting = []
        with pytest.raises(RequestError, match="16 runs are waiting, which is the most"):
            for n in range(MOST_WAITING + 5):
                waiting.append(research.start(replace(REQUEST, capital=10.0 + n)))
        assert research.run(waiting[-1]).state == "queued"
        research.cancel(waiting[-1])
    finally:
        go.set()
    assert [ended(research, key).state for key in keys] == ["done", "done"]
    last = ended(research, waiting[-1])
    assert (last.state, last.result) == ("cancelled", None)
    research.close()


def test_the_chart_has_the_candles_the_run_was_over(research: Research) -> None:
    key = ran(research)
    shown = research.charted(key)
    assert len(shown.candles) == 2000
    assert [curve.name for curve in shown.curves] == ["SMA 2", "SMA 3"]
    assert shown.curves[0].values[1] == pytest.approx(shown.candles.close[:2].mean())
    result = research.run(key).result
    assert result is not None
    assert shown.trades == result.trades


def test_a_defect_of_ours_is_told_and_the_next_run_works(
    research: Research, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("made up")

    with monkeypatch.context() as patched:
        patched.setattr("research.runs.compute", broken)
        view = ended(research, research.start(REQUEST))
    assert view.state == "failed"
    assert view.error == "a defect of ours: ZeroDivisionError('made up')"
    assert ran(research)


def test_every_strategy_is_described_and_runs_with_its_defaults(research: Research) -> None:
    for strategy in research.strategies():
        assert strategy.name
        assert strategy.description
        others = ("ETH-USD",) * (strategy.symbols - 1)
        wish = BacktestRequest(strategy.key, {}, "BTC-USD", others=others)
        if PLAIN:  # a minute for all of them, and their indices go no other ways
            wish = replace(wish, start_ns=0, end_ns=600 * MINUTE)
        key = ran(research, wish)
        result = ended(research, key).result
        assert result is not None
        checks = {check.key: (check.ok, check.words) for check in result.checks}
        assert checks["look_ahead"] == (
            True, "64 replays with the future hidden gave the same decisions."
        )  # fmt: skip
        assert "recursive" in checks
