"""What :class:`research.runs.Research` takes and gives: frozen plain values.

Times end in ``_ns`` or ``_ms``, since 1970 in UTC. Prices and money are floats in quote currency,
sizes in base currency, everything called ``percent`` and every metric with the unit ``%`` is a
percentage. ``None`` means that there is no value. Arrays are read-only, oldest first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow

__all__ = [
    "MOST_POINTS", "MOST_ROWS", "BacktestRequest", "BandView", "ChartedCurve", "ChartedRun",
    "CheckView", "ComparisonView", "ConventionView", "CoverageView", "CurveView", "DatasetView",
    "DrawdownView", "FillView", "MetricView", "MonthlyView", "ParameterView", "ResultView",
    "RunRow", "RunView", "StrategyView", "SweepRequest", "SweepView", "TradeView", "WindowView",
]  # fmt: skip

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

MOST_POINTS = 2000
MOST_ROWS = 5000

RunState = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A number that a strategy is set by; whole when default, least and step are."""

    name: str
    label: str
    default: float
    least: float
    most: float
    step: float
    unit: str = ""

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return all(isinstance(value, int) for value in (self.default, self.least, self.step))


@dataclass(frozen=True, slots=True)
class StrategyView:
    """A strategy to choose. ``rules``: pairs (less, more) of parameter names, less < more.

    ``symbols``: how many it trades at once. ``error`` says why a user's file cannot be used; it
    then has no parameters.
    """

    key: str
    name: str
    description: str
    source: str
    form: Literal["signal", "event"]
    parameters: tuple[ParameterView, ...]
    rules: tuple[tuple[str, str], ...] = ()
    symbols: int = 1
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ConventionView:
    """How yearly figures are made, see :class:`trading.metrics.Convention`.

    ``period`` is ``candle`` or ``day``; ``risk_free_percent`` a year.
    """

    period: str = "candle"
    days_per_year: int = 365
    risk_free_percent: float = 0.0


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """A search. ``ranges``: from, to (included) and step by the name of a parameter.

    ``goal`` is the key of the metric to be high; ``method`` ``grid`` or ``optuna``, the latter with
    ``trials``. ``walk_forward``: windows, 0 for none.
    """

    ranges: Mapping[str, tuple[float, float, float]]
    goal: str = "sharpe"
    method: str = "grid"
    trials: int = 100
    walk_forward: int = 0


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """What to run. Candles of ``symbol`` and ``interval``, or of an upload (``dataset``).

    ``start_ns`` is included, ``end_ns`` not; None takes all there are. ``direction`` is ``long``,
    ``short`` or ``both``; ``fill`` ``next_open`` or ``close``; ``path`` ``nearest``, ``worst`` or
    ``best``. Stop and target are percent of the entry price. ``others`` are the symbols of a
    strategy that trades several.
    """

    strategy: str
    values: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    symbol: str = ""
    interval: str = "1m"
    start_ns: int | None = None
    end_ns: int | None = None
    dataset: str | None = None
    direction: str = "long"
    capital: float = 10_000.0
    fee_percent: float = 0.1
    slippage_bp: float = 5.0
    size_percent: float = 100.0
    leverage: float = 1.0
    stop_loss_percent: float | None = None
    take_profit_percent: float | None = None
    fill: str = "next_open"
    path: str = "nearest"
    convention: ConventionView = ConventionView()
    others: tuple[str, ...] = ()
    sweep: SweepRequest | None = None


@dataclass(frozen=True, slots=True)
class MetricView:
    """One figure. ``unit``: ``%``, ``ratio``, ``count``, ``money`` or ``ns``.

    ``formula`` says what was computed, by which convention and after whom; ``note`` is a short word
    beside the value, or why there is none.
    """

    key: str
    label: str
    value: float | None
    unit: str
    formula: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MonthlyView:
    """Returns in percent: ``months`` one row of twelve for each of ``years``, ``totals`` a year."""

    years: tuple[int, ...]
    months: tuple[tuple[float | None, ...], ...]
    totals: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class TradeView:
    """One round trip, numbered from 1. ``side`` is ``long`` or ``short``, ``size`` above zero.

    ``exit_ns`` is None while it is open; ``exit_price`` is then the last close. The rows are those
    of the candles, from 0. ``mae_percent`` (at most 0) and ``mfe_percent`` are the largest moves
    against and for it while it was open.
    """

    number: int
    symbol: str
    side: str
    entry_ns: int
    exit_ns: int | None
    entry_row: int
    exit_row: int
    entry_price: float
    exit_price: float
    size: float
    pnl: float
    return_percent: float
    bars: int
    fees: float
    slippage: float
    mae_percent: float
    mfe_percent: float


@dataclass(frozen=True, slots=True)
class FillView:
    """One execution. ``side`` is ``buy`` or ``sell``; ``reference`` the price before slippage."""

    time_ns: int
    symbol: str
    side: str
    price: float
    reference: float
    size: float
    fee: float
    maker: bool


@dataclass(frozen=True, slots=True)
class DrawdownView:
    """A fall of equity below its highest value so far; ``end_ms`` None while it lasts."""

    start_ms: int
    lowest_ms: int
    end_ms: int | None
    depth_percent: float


@dataclass(frozen=True, slots=True)
class CheckView:
    """A truth check: ``key`` is ``look_ahead`` or ``recursive``, ``words`` what was found."""

    key: str
    label: str
    ok: bool
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class BandView:
    """Total returns when every candle went the worst and the best way, and equity under each.

    Equity has the rows of :attr:`ResultView.equity`. ``depends``: whether there is a difference.
    """

    worst_percent: float
    best_percent: float
    worst_equity: F64
    best_equity: F64
    depends: bool


@dataclass(frozen=True, slots=True)
class CurveView:
    """A curve of the strategy on the chart. ``pane``: in a pane of its own, else over prices."""

    name: str
    pane: bool = False


@dataclass(frozen=True, slots=True)
class WindowView:
    """One window of a walk-forward: searched up to ``test_start_ms``, tried until ``end_ms``."""

    train_start_ms: int
    test_start_ms: int
    end_ms: int
    values: Mapping[str, float]
    train_goal: float | None
    test_goal: float | None
    test_return_percent: float | None


@dataclass(frozen=True, slots=True, eq=False)
class SweepView:
    """What a search found. ``matrix`` (ys, xs): the best goal at each pair of values, NaN if none.

    ``x`` and ``y`` name the two parameters shown, ``y`` empty where only one was searched. ``best``
    has all values of the best run; ``tried`` counts the runs.
    """

    goal: str
    goal_label: str
    x: str
    y: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    matrix: F64
    best: Mapping[str, float]
    best_goal: float | None
    tried: int
    walk_forward: tuple[WindowView, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ResultView:
    """A finished run. ``number`` is that of the history; ``cached``: it had been computed before.

    ``time_ms`` int64 (m,), ``equity`` and ``market`` (buying and holding) float64 (m,): of the
    ``bars`` candles those at ``rows`` (m,), at most :data:`MOST_POINTS`, chosen so that no high or
    low of either is lost. ``trades`` are the newest :data:`MOST_ROWS` of ``trade_count``, oldest
    first; ``fills`` likewise. Every other figure is of all candles. ``warnings`` are sentences on
    what weakens the result.
    """

    number: int
    title: str
    symbol: str
    interval: str
    bars: int
    elapsed_ms: float
    cached: bool
    start_capital: float
    warm_up: int
    rows: I64
    time_ms: I64
    equity: F64
    market: F64
    metrics: tuple[MetricView, ...]
    monthly: MonthlyView
    trades: tuple[TradeView, ...]
    trade_count: int
    fills: tuple[FillView, ...]
    fill_count: int
    drawdowns: tuple[DrawdownView, ...]
    warnings: tuple[str, ...]
    checks: tuple[CheckView, ...] = ()
    band: BandView | None = None
    curves: tuple[CurveView, ...] = ()
    sweep: SweepView | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RunView:
    """A run as it stands: ``done`` of ``of`` steps, ``words`` what it is doing now.

    ``error`` says why it failed. ``result`` is there when ``state`` is ``done``.
    """

    id: str
    state: RunState
    done: int
    of: int
    words: str
    seconds_left: float | None
    error: str | None
    request: BacktestRequest
    result: ResultView | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the history. ``problem`` says why a kept run cannot be read, if so."""

    id: str
    number: int
    time_ns: int
    title: str
    symbol: str
    interval: str
    total_return: float | None
    sharpe: float | None
    max_drawdown: float | None
    trades: int
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ChartedCurve:
    """A curve of the strategy with a value (n,) for every candle, NaN where there is none."""

    name: str
    values: F64
    pane: bool


@dataclass(frozen=True, slots=True, eq=False)
class ChartedRun:
    """What the chart of a run is drawn from: the candles of its first symbol, and all its trades.

    ``decimals`` are the digits after the point that its prices have.
    """

    candles: CandleWindow
    curves: tuple[ChartedCurve, ...]
    trades: tuple[TradeView, ...]
    symbol: str
    interval: str
    decimals: int


@dataclass(frozen=True, slots=True)
class CoverageView:
    """Which candles a request would find. ``gaps`` counts places where some are missing.

    ``longest_ns`` is the longest gap; ``first_ns`` and ``last_ns`` are starts of candles, None
    without any. ``error`` says why there are none.
    """

    bars: int
    first_ns: int | None
    last_ns: int | None
    gaps: int
    longest_ns: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetView:
    """Uploaded candles; ``gaps`` counts the places where candles are missing."""

    key: str
    name: str
    interval: str
    candles: int
    start_ns: int
    end_ns: int
    gaps: int


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonView:
    """Runs side by side. ``metrics[i]`` has the figures of ``rows[i]``, all of the same keys.

    ``time_ms`` (m,) has every time at which some run has a candle, thinned where there are many;
    ``equity[i]`` (m,) is the growth of run ``i`` in percent of its start, NaN outside its range.
    """

    rows: tuple[RunRow, ...]
    metrics: tuple[tuple[MetricView, ...], ...]
    time_ms: I64
    equity: tuple[F64, ...]
