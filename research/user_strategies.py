"""Strategies that a user has written: one Python file each, in a folder.

``user_files`` lists them without running anything. ``load`` runs the code of a file, so it belongs
into a process of its own (:mod:`research.child`), never into the server's.
"""

import ast
import sys
import tokenize
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np

from indicators.errors import IndicatorError
from market.columns import CandleWindow
from market.types import HOUR
from trading.backtest.event_run import run_events
from trading.candles import Candles
from trading.errors import BadStrategy, TradingError
from trading.event_strategy import EventStrategy
from trading.strategy import SignalStrategy, checked, decided

__all__ = ["NAME", "load", "located", "user_files"]

NAME = "STRATEGY"
"""What a file calls its strategy."""

LARGEST = 1 << 20
TRIAL_CANDLES = 400


def user_files(folder: Path) -> tuple[Path, ...]:
    """The strategy files of ``folder`` by name: ``*.py``, none that begin with ``_`` or ``.``.

    None where there is no such folder. Nothing is read and nothing run.
    """
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            path
            for path in folder.glob("*.py")
            if path.is_file() and not path.name.startswith(("_", "."))
        )
    )


def load(path: Path) -> SignalStrategy | EventStrategy:
    """Run the file and return its ``STRATEGY``, after a trial over made-up candles.

    Raises :class:`BadStrategy` with file, line and reason: a file that cannot be read or is no
    Python, whatever its code raises, no ``STRATEGY`` or one that is no strategy, and decisions that
    are no decisions. ``MemoryError`` and ``KeyboardInterrupt`` pass through.
    """
    tree = _parsed(path)
    module = ModuleType(f"user_strategy_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where dataclasses look their module up
    try:
        exec(compile(tree, str(path), "exec", dont_inherit=True), vars(module))
    except (MemoryError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise located(error, path) from error
    strategy = getattr(module, NAME, None)
    if not isinstance(strategy, SignalStrategy | EventStrategy):
        raise BadStrategy(*_no_strategy(strategy, path, tree))
    _try(strategy, path)
    return strategy


def located(
    error: BaseException, path: Path, within: Callable[..., object] | None = None
) -> BadStrategy:
    """What a user's code raised, with the line of its file that it came to last.

    Where it came to none, because it only returned what is wrong: the line where ``within`` begins.
    """
    lines = [
        line
        for cause in _causes(error)
        for frame, line in traceback.walk_tb(cause.__traceback__)
        if frame.f_code.co_filename == str(path)
    ]
    begin = getattr(within, "__code__", None)
    if not lines and begin is not None and begin.co_filename == str(path):
        lines = [begin.co_firstlineno]
    words = error.message if isinstance(error, BadStrategy) else str(error)
    if not isinstance(error, TradingError | IndicatorError):
        words = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return BadStrategy(words, path.name, lines[-1] if lines else 0)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it came from, the first cause last."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None and cause not in chain:
        chain.append(cause)
    return chain


def _parsed(path: Path) -> ast.Module:
    try:
        if path.stat().st_size > LARGEST:
            raise BadStrategy(f"The file is larger than {LARGEST:,} bytes.", path.name)
        with tokenize.open(path) as source:
            return ast.parse(source.read(), str(path))
    except SyntaxError as error:
        line = error.lineno or 0
        raise BadStrategy(f"{type(error).__name__}: {error.msg}", path.name, line) from error
    except (OSError, ValueError, RecursionError) as error:
        raise BadStrategy(f"The file cannot be read: {error}", path.name) from error


def _no_strategy(found: object, path: Path, tree: ast.Module) -> tuple[str, str, int]:
    """Message, file and line."""
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == NAME and isinstance(node.ctx, ast.Store)
    ]
    allowed = "a SignalStrategy or an EventStrategy"
    if found is None and not lines:
        return f"The file makes no {NAME}; it needs one, {allowed}.", path.name, 0
    kind = type(found).__name__
    return f"{NAME} is a {kind}; allowed is {allowed}.", path.name, max(lines, default=0)


def _try(strategy: SignalStrategy | EventStrategy, path: Path) -> None:
    """Let it decide or trade once with its defaults."""
    within = strategy.make if isinstance(strategy, EventStrategy) else strategy.decide
    try:
        if isinstance(strategy, EventStrategy):
            run_events(_trial_markets(strategy.symbols), strategy, {})
        else:
            decided(strategy, Candles(_trial_market()), checked(strategy, {}))
    except (MemoryError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise located(error, path, within) from error


def _trial_markets(symbols: int) -> dict[str, CandleWindow]:
    return {f"SYMBOL-{number}": _trial_market(number) for number in range(1, symbols + 1)}


@cache
def _trial_market(number: int = 1) -> CandleWindow:
    """Hours of a random walk with wicks and volume, the same ones every time."""
    random = np.random.default_rng(number)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, TRIAL_CANDLES)))
    open_ = np.concatenate(([100.0], close[:-1]))
    wick = 1 + 0.005 * random.random((2, TRIAL_CANDLES))
    return CandleWindow.from_arrays(
        np.arange(TRIAL_CANDLES) * HOUR,
        open_,
        np.maximum(open_, close) * wick[0],
        np.minimum(open_, close) / wick[1],
        close,
        10 * random.random(TRIAL_CANDLES),
    )
