"""Users' files: found by name, run on demand, wrong ones named with their line."""

import re
import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from research.user_strategies import load, located, user_files
from tests.conftest import ROOT
from tests.trading.strategies.test_shipped import market
from trading.candles import Candles
from trading.desk import Desk
from trading.errors import BadStrategy
from trading.event_strategy import EventStrategy
from trading.strategy import SignalStrategy, checked, decided
from trading.truth import look_ahead, recursive_error

pytestmark = pytest.mark.kernel

HEAD = """\
import numpy as np
from trading.strategy import Parameter, Signal, SignalStrategy


def decide(candles, values):
    return BODY


STRATEGY = SignalStrategy(
    "mine", "Mine", "It waits. It never acts.", "Me", (), (), decide
)
"""
GOOD = HEAD.replace("BODY", "Signal(np.zeros(len(candles)))")


EVENTS = """\
from trading.event_strategy import EventStrategy


class Trader:
    def __init__(self, values):
        pass

    def init(self, desk):
        assert len(desk.symbols) == 2

    def next(self, desk):
        BODY


STRATEGY = EventStrategy("mine", "Mine", "It trades. It does.", "Me", (), (), Trader, 2)
"""


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(dedent(text))
    return path


def refused(path: Path) -> BadStrategy:
    with pytest.raises(BadStrategy) as caught:
        load(path)
    assert caught.value.file == path.name
    return caught.value


def test_files_are_found_by_name_and_nothing_is_run(tmp_path: Path) -> None:
    for name in ("b.py", "a.py", "_shared.py", ".hidden.py", "notes.txt"):
        written(tmp_path, "raise SystemExit", name)
    (tmp_path / "folder.py").mkdir()
    assert [path.name for path in user_files(tmp_path)] == ["a.py", "b.py"]
    assert user_files(tmp_path / "nowhere") == ()


def test_a_file_is_run_and_its_strategy_returned(tmp_path: Path) -> None:
    strategy = load(written(tmp_path, GOOD))
    assert (strategy.key, strategy.name) == ("mine", "Mine")
    assert not (tmp_path / "__pycache__").exists()


def test_a_changed_file_is_run_anew(tmp_path: Path) -> None:
    assert load(written(tmp_path, GOOD)).name == "Mine"
    assert load(written(tmp_path, GOOD.replace('"Mine"', '"Other"'))).name == "Other"


def test_files_may_hold_dataclasses_and_kernels(tmp_path: Path) -> None:
    text = """
        from __future__ import annotations
        from dataclasses import dataclass
        import numpy as np
        from market.kernel import kernel
        from trading.strategy import Signal, SignalStrategy

        @dataclass
        class State:
            side: float = 1.0

        @kernel
        def doubled(values, out):
            for i in range(len(out)):
                out[i] = values[i] * 0.0 + 0.5

        def decide(candles, values):
            out = np.empty(len(candles))
            doubled(np.array(candles.close), out)
            return Signal(out * State().side)

        STRATEGY = SignalStrategy("mine", "Mine", "It waits. It acts.", "Me", (), (), decide)
        """
    assert load(written(tmp_path, text)).key == "mine"


# What is written, the line that is named (0: none), and the reason.
WRONG = {
    "syntax": ("x = 1\ndef decide(:\n    pass\n", 2, "SyntaxError: invalid syntax"),
    "indent": ("x = 1\n  y = 2\n", 2, "IndentationError: unexpected indent"),
    "null bytes": ("x = '\0'\n", 0, "SyntaxError: source code"),
    "import": ("import os\n\nimport no_such_module\n", 3, "ModuleNotFoundError: No module named"),
    "raise": ("def make():\n    return 1 / 0\n\n\nmake()\n", 2, "ZeroDivisionError: division by"),
    "exit": ("import sys\nsys.exit(3)\n", 2, "SystemExit: 3"),
    "empty": ("", 0, "The file makes no STRATEGY; it needs one, a SignalStrategy or an "),
    "type": (
        "x = 1\nSTRATEGY = 'sma'\n",
        2,
        "STRATEGY is a str; allowed is a SignalStrategy or an ",
    ),
    "none": ("x = 1\n\nSTRATEGY = None\n", 3, "STRATEGY is a NoneType; allowed is"),
    "record": (GOOD.replace('"mine"', '"My strategy"'), 9, "key was 'My strategy'; allowed are"),
    "parameters": (
        GOOD.replace("(), ()", '(Parameter("n", "Length", 5, 10, 20, 1),), ()'),
        9,
        "The defaults are not allowed: Length was 5; allowed is a whole number from 10 to 20.",
    ),
    "shape": (HEAD.replace("BODY", "Signal(np.zeros(3))"), 5, "target had the shape (3,)"),
    "nan": (
        HEAD.replace("BODY", "Signal(np.full(len(candles), np.nan))"),
        5,
        "The target after candle 0 was nan; allowed is a number from −1 to 1.",
    ),
    "range": (
        HEAD.replace("BODY", "Signal(2.0 * np.ones(len(candles)))"),
        5,
        "The target after candle 0 was 2.0",
    ),
    "result": (HEAD.replace("BODY", "None"), 5, "decide returned a NoneType; allowed is a Signal."),
    "key": (HEAD.replace("BODY", "Signal(values['length'])"), 6, "KeyError: 'length'"),
    "indicator": (
        HEAD.replace("BODY", "Signal(candles.line('magic'))"),
        6,
        "indicator was 'magic'; allowed are",
    ),
    "call": (HEAD.replace("candles, values", "candles"), 5, "TypeError: decide() takes 1"),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_a_wrong_file_is_named_with_line_and_reason(tmp_path: Path, case: str) -> None:
    text, line, words = WRONG[case]
    path = tmp_path / "mine.py"
    path.write_text(text)
    error = refused(path)
    assert error.message.startswith(words)
    assert error.line == line
    place = f"mine.py, line {line}: " if line else "mine.py: "
    assert str(error) == place + error.message


def test_the_event_form_is_tried_with_as_many_symbols(tmp_path: Path) -> None:
    strategy = load(written(tmp_path, EVENTS.replace("BODY", "desk.target(0.5, desk.symbols[1])")))
    assert isinstance(strategy, EventStrategy)
    assert strategy.symbols == 2


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("desk.candles().clothes", 12, "AttributeError: 'CandleView' object has no attribute"),
        ("desk.buy(-1.0)", 12, "allowed is"),
        ("desk.position('BTC')", 12, "There is no symbol 'BTC'"),
    ],
)
def test_what_an_event_strategy_raises_has_its_line(
    tmp_path: Path, body: str, line: int, words: str
) -> None:
    error = refused(written(tmp_path, EVENTS.replace("BODY", body)))
    assert words in error.message
    assert error.message.startswith("Mine failed at the close of candle 0")
    assert error.line == line


def test_methods_that_are_missing_are_named(tmp_path: Path) -> None:
    text = EVENTS.replace("def next", "def later").replace("BODY", "pass")
    assert "needs the methods init and next" in refused(written(tmp_path, text)).message


def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_bytes(b"x = '\xff\xfe'\n")
    assert "can't decode" in str(refused(path)) or "invalid or missing" in str(refused(path))
    path.write_bytes(b"#" * ((1 << 20) + 1))
    assert "larger than 1,048,576 bytes" in str(refused(path))
    path.unlink()
    assert "The file cannot be read" in str(refused(path))


def test_what_memory_or_the_user_ends_is_no_mistake_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(written(tmp_path, "raise KeyboardInterrupt"))
    with pytest.raises(MemoryError):
        load(written(tmp_path, HEAD.replace("BODY", "(_ for _ in ()).throw(MemoryError())")))


def test_the_line_is_found_behind_another_error(tmp_path: Path) -> None:
    path = written(tmp_path, "def work():\n    raise OSError('gone')\n")
    space: dict[str, object] = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    work = space["work"]
    assert callable(work)
    try:
        try:
            work()
        except OSError as cause:
            raise RuntimeError("The run failed.") from cause
    except RuntimeError as error:
        found = located(error, path)
    assert (found.line, found.message) == (2, "RuntimeError: The run failed.")
    assert located(ValueError(), path).message == "ValueError"
    assert located(ValueError(), path).line == 0


def test_the_example_runs_and_tells_the_truth() -> None:
    (path,) = user_files(ROOT / "strategies")
    strategy, window = load(path), market(3, 3000)
    assert isinstance(strategy, SignalStrategy)
    values = checked(strategy, {})
    target = decided(strategy, Candles(window), values).target
    assert set(target.tolist()) == {-1.0, 0.0, 1.0}
    assert np.count_nonzero(np.diff(target)) > 50
    assert look_ahead(strategy, values, window) is None
    assert recursive_error(strategy, values, window).settles


def test_the_strategy_of_the_page_runs(tmp_path: Path) -> None:
    """The file in ``docs/strategies.md``, and what the page says that is at hand."""
    text = (ROOT / "docs" / "strategies.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (block,) = [block for block in blocks if " SignalStrategy(" in block]
    strategy = load(written(tmp_path, block))
    assert isinstance(strategy, SignalStrategy)
    window = market(4, 1500)
    target = decided(strategy, Candles(window), checked(strategy, {})).target
    assert np.count_nonzero(np.diff(target)) > 20
    assert look_ahead(strategy, checked(strategy, {}), window) is None
    for name in re.findall(r"^\| `(\w+)\(", text, re.MULTILINE):
        homes = (sys.modules["trading.signals"], Candles, Desk)
        assert any(hasattr(home, name) for home in homes), name
