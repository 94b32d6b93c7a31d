"""A session of an automation looked at again: the same inputs replayed, its candles backtested."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64, CandleWindow
from market.types import Candle, Interval
from paper_trading.automation_run import newest_run
from paper_trading.input_log import Began, Given, Listed, Reached
from paper_trading.reconcile_views import DifferenceView, ExecutionView, ReconcileView
from trading.backtest import BacktestResult
from trading.engine.records import FILL
from trading.errors import BadMarketData, TradingError
from trading.paper import events as ev
from trading.paper.commands import Command
from trading.paper.core import AccountCore, rebuild
from trading.paper.executions import Execution, equity_at, executions
from trading.paper.reconcile import Course, Difference, by_cause, differences
from trading.paper.terms import AccountTerms

__all__ = ["Replayed", "Session", "reconciled", "replayed", "session_of"]

T = TypeVar("T", bound=np.generic)

RunBacktest = Callable[[Mapping[str, CandleWindow], int], BacktestResult]
"""``run(candles by symbol, first row that may trade)``, with the session's money and costs."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the journal says of the newest run of an automation."""

    setting: ev.AutomationSet
    terms: AccountTerms
    steps: Sequence[ev.AutomationStepped]
    fills: Sequence[ev.Filled]
    refused: Sequence[ev.OrderRefused]


class Replayed(NamedTuple):
    """Whether replayed fills are the journal's, None where nothing was kept; a sentence."""

    equal: bool | None
    words: str


def session_of(events: Iterable[ev.Event], owner: str) -> Session | None:
    """The newest run of ``owner``; None where there was none."""
    setting: ev.AutomationSet | None = None
    terms: AccountTerms | None = None
    steps: list[ev.AutomationStepped] = []
    fills: list[ev.Filled] = []
    refused: list[ev.OrderRefused] = []
    for event in events:
        if isinstance(event, ev.AccountOpened | ev.TermsChanged):
            terms = event.terms
        elif getattr(event, "owner", None) != owner:
            continue
        elif isinstance(event, ev.AutomationSet):
            setting = event
        elif isinstance(event, ev.AutomationStepped):
            steps.append(event)
        elif isinstance(event, ev.Filled):
            fills.append(event)
        elif isinstance(event, ev.OrderRefused):
            refused.append(event)
    newest = newest_run(steps)
    if setting is None or terms is None or not newest:
        return None
    since = newest[0].time_ns
    return Session(
        setting, terms, newest, [each for each in fills if each.time_ns >= since],
        [each for each in refused if each.time_ns >= since],
    )  # fmt: skip


# --- the same inputs --------------------------------------------------------------------------


def replayed(
    events: Sequence[ev.Event], given: Iterable[tuple[Given, int, int]], owner: str
) -> Replayed:
    """Give what was recorded to new cores, one for each process that recorded, and compare the
    fills of ``owner`` with those of the journal, ``events``.

    While the account trades on, the inputs go beyond ``events``: they are given up to the place
    where somebody said that they had led to as many.
    """
    core: AccountCore | None = None
    found: list[ev.Filled] = []
    lost, starts = 0, []
    for item, time_ns, missing in given:
        lost += missing
        if isinstance(item, Reached):
            if item.seq == len(events):
                break
        elif isinstance(item, Began):
            if item.seq > len(events):
                break
            core = rebuild(events[: item.seq], item.steps)
            starts.append(item.seq)
        elif core is not None:
            made = _given(core, item, time_ns)
            found += [each for each in made if isinstance(each, ev.Filled)]
    if not starts:
        return Replayed(None, "The inputs of this session were not kept, so nothing is replayed.")
    kept = [each for each in events[starts[0] :] if isinstance(each, ev.Filled)]
    ours, theirs = (_facts(each, owner) for each in (found, kept))
    if lost:
        return Replayed(ours == theirs, f"{lost} recorded inputs are missing or damaged.")
    if ours == theirs:
        return Replayed(True, f"The same inputs gave the same {len(ours)} fills again.")
    at = next(
        (row for row, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other),
        min(len(ours), len(theirs)),
    )
    return Replayed(
        False, f"The same inputs gave {len(ours)} fills instead of {len(theirs)}; the first that "
        f"differs is number {at + 1}.",
    )  # fmt: skip


def _given(core: AccountCore, item: Given, time_ns: int) -> Sequence[ev.Event]:
    if isinstance(item, Listed):
        core.list_symbols(item.steps)
        return ()
    if isinstance(item, Command):
        return core.do(item, time_ns)
    assert not isinstance(item, Began | Reached)
    try:
        return core.market(item, time_ns)
    except BadMarketData:  # it was left out then, too
        return ()


def _facts(fills: Sequence[ev.Filled], owner: str) -> list[tuple[object, ...]]:
    return [
        (each.time_ns, each.order, each.symbol, each.side, each.size, each.price, each.fee)
        for each in fills
        if each.owner == owner
    ]


# --- the same candles -------------------------------------------------------------------------


def reconciled(
    session: Session, values: Mapping[str, float], history: Mapping[str, CandleWindow],
    replay: Replayed, run: RunBacktest,
) -> ReconcileView:  # fmt: skip
    """The session, traded with ``values``, beside a backtest of ``history`` and its candles."""
    asked = [step for step in session.steps if step.candles and step.told is not None]
    problem, compared = "", None
    if not asked:
        problem = "No candle has closed since it began."
    else:
        try:
            compared = _compared(session, history, asked[0], run)
        except (TradingError, ValueError) as error:
            problem = f"There is no backtest of this session: {error}"
    return _view(session, values, replay, compared, problem)


class _Compared(NamedTuple):
    time_ns: I64
    paper: F64
    backtest: F64
    ours: Sequence[Execution]
    theirs: Sequence[Execution]
    found: Sequence[Difference]


_NOTHING = _Compared(np.empty(0, np.int64), np.empty(0), np.empty(0), (), (), ())


def _compared(
    session: Session, history: Mapping[str, CandleWindow], first: ev.AutomationStepped,
    run: RunBacktest,
) -> _Compared:  # fmt: skip
    symbols, interval = session.setting.symbols, Interval.parse(session.setting.interval)
    candles = {symbol: _joined(history[symbol], session.steps, symbol) for symbol in symbols}
    began_ns = min(row[1] for row in first.candles)
    start = max(int(window.time_ns[0]) for window in candles.values())
    every = np.unique(np.concatenate([window.time_ns for window in candles.values()]))
    row = int(np.searchsorted(every[every >= start], began_ns))
    result = run(candles, row + 1)
    fills = _records(session.fills, symbols)
    ends = result.time_ns[row:] + interval.nanoseconds
    marks = np.stack(
        [each.close[np.searchsorted(each.time_ns, result.time_ns[row:], "right") - 1]
         for each in candles.values()], axis=1,
    )  # fmt: skip
    paper = equity_at(fills, float(session.setting.capital), ends, marks)
    ours, theirs = executions(fills, symbols), executions(result.fills, symbols)
    unasked = [each.closed_ns for each in session.steps if each.candles and each.told is None]
    refused = [(each.time_ns, each.words) for each in session.refused]
    course = Course(interval.nanoseconds, session.terms.latency_ns, unasked, refused)
    return _Compared(
        ends, paper, result.equity[row:], ours, theirs, differences(ours, theirs, course)
    )


def _joined(
    history: CandleWindow, steps: Sequence[ev.AutomationStepped], symbol: str
) -> CandleWindow:
    """The history of a symbol and its candles in ``steps``."""
    rows = [Candle(*row[1:]) for step in steps for row in step.candles if row[0] == symbol]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    names = ("time_ns", "open", "high", "low", "close", "volume", "trades")
    return CandleWindow.from_arrays(
        *(np.concatenate((getattr(history, name), np.asarray(column, getattr(history, name).dtype)))
          for name, column in zip(names, columns, strict=True))
    )  # fmt: skip


def _records(fills: Sequence[ev.Filled], symbols: tuple[str, ...]) -> NDArray[np.void]:
    """FILL records, symbols by their places."""
    found = np.zeros(len(fills), FILL)
    for record, fill in zip(found, fills, strict=True):
        record["number"], record["order"], record["time_ns"] = fill.id, fill.order, fill.time_ns
        record["price"], record["reference"] = float(fill.price), fill.reference
        record["size"], record["fee"] = float(fill.size), float(fill.fee)
        record["side"], record["maker"], record["cause"] = fill.side, fill.maker, fill.cause
        record["symbol"] = symbols.index(fill.symbol)
    return found


def _view(
    session: Session, values: Mapping[str, float], replay: Replayed, compared: _Compared | None,
    problem: str,
) -> ReconcileView:  # fmt: skip
    setting, steps = session.setting, session.steps
    closed = [step for step in steps if step.candles]
    told = _told(compared or _NOTHING, float(setting.capital))
    return ReconcileView(
        setting.owner, setting.name, setting.strategy, values, setting.symbols,
        str(Interval.parse(setting.interval)), steps[0].time_ns // 1_000_000,
        steps[-1].time_ns // 1_000_000, len(closed), sum(step.told is None for step in closed),
        replay.equal, replay.words, *told, problem,
    )  # fmt: skip


class _Told(NamedTuple):
    paper_return: float | None
    backtest_return: float | None
    paper_orders: int
    backtest_orders: int
    equal_orders: int
    differences: tuple[DifferenceView, ...]
    causes: tuple[tuple[str, int, float], ...]
    time_ms: I64
    paper: F64
    backtest: F64


def _told(compared: _Compared, capital: float) -> _Told:
    returns = [
        100.0 * (float(curve[-1]) / capital - 1.0) if len(curve) else None
        for curve in (compared.paper, compared.backtest)
    ]
    paired = sum(each.paper is not None for each in compared.found)
    sums = by_cause(compared.found)
    causes = sorted(
        ((str(cause), count, money) for cause, (count, money) in sums.items()),
        key=lambda each: -each[1],
    )
    return _Told(
        returns[0], returns[1], len(compared.ours), len(compared.theirs),
        len(compared.ours) - paired, tuple(map(_difference, compared.found)), tuple(causes),
        _fixed(compared.time_ns // 1_000_000), _fixed(compared.paper), _fixed(compared.backtest),
    )  # fmt: skip


def _difference(found: Difference) -> DifferenceView:
    one = found.paper or found.backtest
    assert one is not None
    money = None if found.money != found.money else found.money
    return DifferenceView(
        found.time_ns // 1_000_000, one.symbol, "buy" if one.side > 0 else "sell",
        _execution(found.paper), _execution(found.backtest), str(found.cause), found.words, money,
    )  # fmt: skip


def _execution(found: Execution | None) -> ExecutionView | None:
    if found is None:
        return None
    return ExecutionView(
        found.time_ns // 1_000_000, found.size, found.price, found.fee, found.maker
    )


def _fixed(array: NDArray[T]) -> NDArray[T]:
    fixed = array.view()
    fixed.flags.writeable = False
    return fixed
