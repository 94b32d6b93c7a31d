"""Runs of strategies that users have written: whatever those do, the desk goes on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from research.child import Children, Limits
from research.errors import RequestError
from research.runs import Research
from research.views import BacktestRequest
from tests.research.desk import REQUEST, MadeSource, ended, ran

pytestmark = pytest.mark.kernel

GOOD = """
import numpy as np
from trading.strategy import Parameter, Signal, SignalStrategy


def decide(candles, values):
    print("held for", values["hold"])
    target = np.zeros(len(candles))
    target[int(values["hold"]):] = 1.0
    {extra}
    return Signal(target, warm_up=0)


STRATEGY = SignalStrategy(
    "mine", "Mine", "Holds after some candles.", "me",
    (Parameter("hold", "Hold after", 10, 1, 50, 1, "candles"),), (), decide,
)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With one good strategy."""
    made = tmp_path / "strategies"
    made.mkdir()
    (made / "mine.py").write_text(GOOD.format(extra=""))
    return made


@pytest.fixture
def research(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Research]:
    """Children may take four seconds."""
    monkeypatch.setattr("research.runs.Children", lambda: Children(Limits(seconds=4.0)))
    made = Research(MadeSource(), tmp_path / "store", folder)
    yield made
    made.close()


MINE = BacktestRequest("user:mine", {"hold": 20}, "BTC-USD")


def test_a_file_is_found_described_and_run(research: Research) -> None:
    mine = research.strategies()[-1]
    assert (mine.key, mine.name, mine.form, mine.error) == ("user:mine", "Mine", "signal", None)
    assert mine.parameters[0].whole
    view = ended(research, ran(research, MINE))
    assert view.result is not None
    assert (view.result.title, view.result.trade_count) == ("Mine 20", 1)
    assert view.result.trades[0].entry_row == 21
    printed = {check.key: check.words for check in view.result.checks}["printed"]
    assert "held for 20" in printed
    with pytest.raises(RequestError, match="Hold after was 99; allowed is a whole number"):
        research.start(replace(MINE, values={"hold": 99}))


def checks_of(research: Research, request: BacktestRequest) -> dict[str, tuple[bool, str]]:
    result = ended(research, ran(research, request)).result
    assert result is not None
    return {check.key: (check.ok, check.words) for check in result.checks}


def test_a_file_that_knows_the_future_is_run_and_told_apart(
    research: Research, folder: Path
) -> None:
    assert checks_of(research, MINE)["look_ahead"][0]
    (folder / "mine.py").write_text(GOOD.format(extra="target[:-1] = np.diff(candles.close) > 0"))
    ok, words = checks_of(research, MINE)["look_ahead"]
    assert not ok
    assert words.startswith("Looks ahead: the decision after candle ")
    (folder / "mine.py").write_text(GOOD.format(extra="candles.close[300]"))
    ok, words = checks_of(research, MINE)["look_ahead"]
    assert not ok
    assert words.startswith("It could not be checked: mine.py, line 10: IndexError")


def test_a_changed_file_is_computed_again(research: Research, folder: Path) -> None:
    first, same = (ended(research, ran(research, MINE)).result for _ in range(2))
    assert first is not None
    assert same is not None
    assert (first.number, same.number, same.cached) == (1, 1, True)
    (folder / "mine.py").write_text(GOOD.format(extra="target[-5:] = 0.0"))
    other = ended(research, ran(research, MINE)).result
    assert other is not None
    assert (other.number, other.cached) == (2, False)


def test_a_broken_file_says_where_and_the_others_are_listed(
    research: Research, folder: Path
) -> None:
    (folder / "broken.py").write_text("x = 1\ny = x +\n")
    views = {view.key: view for view in research.strategies()}
    assert "broken.py, line 2" in str(views["user:broken"].error)
    assert views["user:mine"].error is None
    with pytest.raises(RequestError, match=r"broken\.py, line 2"):
        research.start(replace(MINE, strategy="user:broken", values={}))


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ("if len(candles) > 1000: raise KeyError('gone')", "mine.py, line 10: KeyError: 'gone'"),
        ("target = target[3:] if len(candles) > 1000 else target", "target had the shape"),
    ],
)
def test_what_a_strategy_raises_is_told_with_its_line(
    research: Research, folder: Path, extra: str, sentence: str
) -> None:
    (folder / "mine.py").write_text(GOOD.format(extra=extra))
    view = ended(research, research.start(MINE))
    assert view.state == "failed"
    assert sentence in str(view.error)
    assert research.history() == ()
    assert ran(research, REQUEST)


@pytest.mark.parametrize(
    "extra",
    [
        "while len(candles) > 1000: pass",
        "import os; len(candles) > 1000 and os._exit(3)",
        "bytearray(1 << 40) if len(candles) > 1000 else None",
    ],
    ids=["loops", "ends its process", "takes all memory"],
)
def test_a_strategy_that_misbehaves_fails_alone(
    research: Research, folder: Path, extra: str
) -> None:
    (folder / "mine.py").write_text(GOOD.format(extra=extra))
    view = ended(research, research.start(MINE))
    assert view.state == "failed"
    assert view.error
    assert "defect of ours" not in view.error
    assert ran(research, REQUEST)


def test_a_strategy_that_loops_is_cancelled(research: Research, folder: Path) -> None:
    (folder / "mine.py").write_text(GOOD.format(extra="while len(candles) > 1000: pass"))
    key = research.start(MINE)
    while research.run(key).state == "queued":
        pass
    research.cancel(key)
    assert ended(research, key).state == "cancelled"
