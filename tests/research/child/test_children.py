"""Whatever a user's file does, the caller gets a sentence and nothing of the process is left."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from research.child import Children, Limits
from research.child.calls import backtest_in_child, describe_in_child
from research.errors import ChildCancelled, ChildStopped, ChildUnavailable, StrategyFailed
from research.strategy_ref import StrategyRef
from tests.research.search.planted import candles
from trading.backtest import BacktestResult, Setup, backtest
from trading.metrics import Convention
from trading.shelf import strategies

Write = Callable[..., Path]
SHORT = Limits(seconds=1.0, memory=256 << 20)


def describe(children: Children, path: Path, limits: Limits | None = None) -> str:
    """What the child printed while it described the file."""
    return children.call("describe", {"key": "mine", "file": str(path)}, limits=limits).printed


def alive(marker: str) -> list[str]:
    """Processes whose command line holds ``marker``, or that were forked by one that does."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if marker in words:
                found.append(f"{entry.name} {words}")
    return found


def test_a_file_says_what_its_strategy_is(children: Children, write: Write) -> None:
    view = describe_in_child(children, write())
    assert (view.key, view.name, view.form, view.error) == ("mine", "Mine", "signal", None)
    assert [each.name for each in view.parameters] == ["length", "other"]
    assert view.parameters[0].whole
    assert view.parameters[0].most == 50


def test_one_that_cannot_be_used_says_why(children: Children, write: Write) -> None:
    view = describe_in_child(children, write("return candles.clsoe"))
    assert view.error is not None
    assert view.error.startswith("mine.py, line 5: AttributeError")
    assert view.key == "mine"


def test_a_run_there_is_the_run_here(children: Children) -> None:
    window, setup, convention = candles(400), Setup(capital=5000.0), Convention()
    values = {"fast": 3, "slow": 9}
    far, printed = backtest_in_child(
        children, StrategyRef("sma_cross"), values, {"A-B": window}, setup, convention
    )
    near = backtest(window, strategies()["sma_cross"], values, setup, convention)
    assert printed == ""
    assert len(near.trades) > 5
    equal(far, near)


def equal(one: BacktestResult, other: BacktestResult) -> None:
    for name in ("time_ns", "equity", "market", "position", "target", "fills"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert getattr(one, name).dtype == getattr(other, name).dtype
    assert one.measures == other.measures
    assert (one.warnings, one.warm_up, one.interval_ns) == (
        other.warnings, other.warm_up, other.interval_ns,
    )  # fmt: skip
    assert list(one.curves) == list(other.curves)
    assert list(one.trades) == list(other.trades)
    assert one.band is not None
    assert other.band is not None
    assert (one.band.worst, one.band.best) == (other.band.worst, other.band.best)


ENDS = {
    "raises": ("x = 1\nreturn 1 / 0", "", r"mine.py, line 6: ZeroDivisionError: division by zero"),
    "while loading": ("pass", "undefined", r"mine.py, line 10: NameError"),
    "exits": ("raise SystemExit(3)", "", r"mine.py, line 5: SystemExit: 3"),
    "exits while loading": ("pass", "import sys\nsys.exit()", r"mine.py, line 11: SystemExit"),
    "no Python": ("return (", "", r"mine.py, line \d+: SyntaxError"),
    "recursion": ("return decide(candles, values)", "", r"mine.py, line 5: RecursionError"),
    "interrupts": ("raise KeyboardInterrupt", "", r"mine.py, line 5: KeyboardInterrupt"),
    "decides nonsense": ("return 5", "", r"decide returned a int; allowed is a Signal"),
    "spoils print": ("import sys; sys.stdout = sys.stderr = 7; return 5", "", "decide returned"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_what_it_raises_comes_back_with_its_line(
    name: str, children: Children, write: Write
) -> None:
    body, after, sentence = ENDS[name]
    with pytest.raises(StrategyFailed, match=sentence) as caught:
        describe(children, write(body, after))
    assert caught.value.file == "mine.py"


KILLS = {
    "loops": ("while True: pass", r"took longer than 1 s"),
    "sleeps": ("import time; time.sleep(999)", r"took longer than 1 s"),
    "catches everything": (
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass", r"than 1 s"
    ),
    "leaves": ("import os; os._exit(0)", r"ended its own process \(exit code 0\)"),
    "leaves with a code": ("import os; os._exit(7)", r"ended its own process \(exit code 7\)"),
    "crashes": ("import ctypes; ctypes.string_at(0)", r"ended by SIGSEGV"),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", r"ended by SIGKILL"),
    "eats memory at once": ("return bytearray(10**10)", r"more than 256 MB of memory"),
    "eats memory slowly": ("x = [0]\nwhile True: x = x + x", r"more than 256 MB of memory"),
    "eats memory in numpy": (
        "x = [np.ones(10**6)]\nwhile True: x.append(np.ones(10**6))", r"than 256 MB of memory"
    ),
    "prints for ever": ("while True: print('x' * 1000)", r"took longer than 1 s"),
    "closes its socket": (
        "import os\nfor i in range(3, 99):\n  try: os.close(i)\n  except OSError: pass\nreturn 1",
        r"before it had a result",
    ),
    "writes into its socket": (
        "import os\nfor i in range(3, 99):\n  try: os.write(i, b'x' * 99)\n  except OSError: pass\n"
        "import time; time.sleep(999)",
        r"A message of [\d,-]+ bytes came; allowed|could not be read|took longer than 1 s",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KILLS)
def test_what_it_does_to_itself_harms_nobody(name: str, children: Children, write: Write) -> None:
    body, sentence = KILLS[name]
    with pytest.raises(ChildStopped, match=sentence):
        describe(children, write(body), None if "eats" in name else SHORT)
    assert describe_in_child(children, write()).error is None


def test_huge_prints_are_cut(children: Children, write: Write) -> None:
    printed = describe(
        children, write("print('x' * 50_000_000)\n" + "return Signal(candles.close * 0)")
    )
    assert printed == "x" * Limits().output


@pytest.mark.parametrize(
    "escape", ["", "os.setsid()", "os.setsid()\n    if os.fork(): os._exit(0)"]
)
def test_processes_that_it_starts_end_with_it(
    escape: str, children: Children, write: Write, tmp_path: Path
) -> None:
    marker = f"{tmp_path}/marker"
    body = (
        "import os, sys, time\n"
        "for i in range(3):\n"
        "  if os.fork() == 0:\n"
        f"    {escape or 'pass'}\n"
        f"    words = [sys.executable, '-c', 'import time; time.sleep(99)', {marker!r}]\n"
        "    os.execv(sys.executable, words)\n"
        "time.sleep(0.3)\n"
        "return Signal(candles.close * 0)"
    )
    describe(children, write(body))
    assert alive(marker) == []


def test_forks_without_an_end_are_ended(children: Children, write: Write, tmp_path: Path) -> None:
    group = tmp_path / "group"
    body = (
        f"import os, time\nopen({str(group)!r}, 'w').write(str(os.getpgrp()))\n"
        "for i in range(6): os.fork()\ntime.sleep(99)"
    )
    with pytest.raises(ChildStopped, match="took longer than 1 s"):
        describe(children, write(body), SHORT)
    with pytest.raises(ProcessLookupError):
        os.killpg(int(group.read_text()), 0)


def test_no_secret_is_in_its_environment(children: Children, write: Write) -> None:
    body = "import os; print(sorted(os.environ)); print(open('/proc/self/environ').read())\n"
    printed = describe(children, write(body + "return Signal(candles.close * 0)"))
    assert "PATH" in printed
    assert "CANDLECAST" not in printed
    assert "secret" not in printed
    assert "SOME_TOKEN" not in printed


def test_what_one_run_spoils_the_next_does_not_see(children: Children, write: Write) -> None:
    with pytest.raises(StrategyFailed, match="TypeError"):
        describe(children, write(after="import trading.strategy\ntrading.strategy.Signal = None"))
    assert describe_in_child(children, write()).error is None


def test_a_run_that_nobody_wants_ends_at_once(children: Children, write: Write) -> None:
    path, unwanted = write("while True: pass"), threading.Event()
    timer = threading.Timer(0.3, unwanted.set)
    timer.start()
    began = time.monotonic()
    with pytest.raises(ChildCancelled):
        children.call("describe", {"key": "", "file": str(path)}, cancelled=unwanted.is_set)
    assert time.monotonic() - began < 10
    timer.join()


def test_several_at_once(children: Children, write: Write) -> None:
    path = write(
        "import os, time; time.sleep(0.2); print(os.getpid())\nreturn Signal(candles.close * 0)"
    )
    printed: list[str] = []
    threads = [
        threading.Thread(target=lambda: printed.append(describe(children, path))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.split()[0] for each in printed}) == 6


def test_the_template_is_started_again_when_somebody_killed_it(write: Write) -> None:
    made = Children(Limits(seconds=20))
    try:
        body = (
            "import os, signal; os.kill(os.getppid(), signal.SIGKILL); import time; time.sleep(9)"
        )
        with pytest.raises(ChildStopped, match="from outside"):
            describe(made, write(body))
        assert describe_in_child(made, write()).error is None
    finally:
        made.close()


def test_closing_ends_what_is_under_way(write: Write, tmp_path: Path) -> None:
    made, running = Children(Limits(seconds=60)), tmp_path / "running"
    made.warm()
    failed: list[Exception] = []

    def run() -> None:
        try:
            describe(made, write(f"open({str(running)!r}, 'w').close()\nwhile True: pass"))
        except ChildStopped as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    ends = time.monotonic() + 60
    while not running.exists():
        assert time.monotonic() < ends
        time.sleep(0.01)
    made.close()
    thread.join(20)
    assert not thread.is_alive()
    assert len(failed) == 1


def test_nothing_is_started_once_it_is_closed(write: Write) -> None:
    made = Children()
    made.close()
    with pytest.raises(ChildUnavailable, match="have been closed"):
        describe(made, write())
    assert "have been closed" in str(describe_in_child(made, write()).error)


def test_a_template_that_cannot_be_started_leaves_nothing(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(ChildUnavailable, match="No process for strategies could be started"):
        describe(Children(), write())
