"""What a worker of a cluster does: a chunk of combinations over candles that lie there already.

Workers import this from their own copy of the program, see :func:`version`.
"""

import json
from collections import OrderedDict
from functools import cache
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicators.errors import IndicatorError
from market.kernel import source_hash
from research.child import Children
from research.child.requests import candles_of
from research.codec import unpack
from research.search.evaluator import Evaluator
from trading.backtest import Setup
from trading.errors import TradingError
from trading.metrics import Convention
from trading.shelf import strategies

__all__ = ["Goals", "score", "version"]

F64 = NDArray[np.float64]
Goals = list[tuple[float, str | None]]
"""Of each combination the goal, and why it failed, if it did."""

KEPT = 4

_evaluators: OrderedDict[str, Evaluator] = OrderedDict()
_lock = Lock()


def version() -> str:
    """The hash of the code that results depend on."""
    return source_hash(Path(__file__).resolve().parents[2], "trading")


def score(job: str, file: str | None, arrays: dict[str, NDArray[Any]], points: F64) -> Goals:
    """Run each row of ``points`` (k, p). ``job`` is the tree of a request for the task ``goals``.

    ``file`` is the text of a user's strategy, None for one of the program's. Raises as
    :meth:`research.child.Children.call` does.
    """
    tree = json.loads(job)
    if file is not None:
        return _in_child(tree, file, arrays | {"points": points})
    evaluator = _evaluator(job, tree, arrays)
    found: Goals = []
    for point in points.tolist():
        values = tree["values"] | dict(zip(tree["names"], point, strict=True))
        try:
            found.append((evaluator.goal(values), None))
        except (TradingError, IndicatorError) as error:
            found.append((nan, str(error)))
    return found


def _evaluator(job: str, tree: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Evaluator:
    """One for each search, kept while it goes on: it holds the indicators."""
    with _lock:
        if job not in _evaluators:
            _evaluators[job] = Evaluator(
                strategies()[tree["key"]], candles_of(tree, arrays),
                unpack(Setup, tree["setup"], {}), tree["goal"],
                unpack(Convention, tree["convention"], {}),
            )  # fmt: skip
        _evaluators.move_to_end(job)
        while len(_evaluators) > KEPT:
            _evaluators.popitem(last=False)
        return _evaluators[job]


def _in_child(tree: dict[str, Any], file: str, arrays: dict[str, NDArray[Any]]) -> Goals:
    found: Goals = []
    with TemporaryDirectory(prefix="candlecast") as folder:
        path = Path(folder) / Path(tree["file"]).name
        path.write_text(file, encoding="utf-8")
        _children().call(
            "goals", tree | {"file": str(path)}, arrays,
            tell=lambda told, _: found.append((float(told[1]), told[2])),
        )  # fmt: skip
    return found


@cache
def _children() -> Children:
    return Children()
