"""What the backtesting page asks of ``services.research``, with made results."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from market.columns import CandleWindow
from research.views import (
    BacktestRequest,
    ChartedCurve,
    ChartedRun,
    CheckView,
    ComparisonView,
    CoverageView,
    CurveView,
    DatasetView,
    DrawdownView,
    FillView,
    MetricView,
    MonthlyView,
    ParameterView,
    ResultView,
    RunRow,
    RunView,
    StrategyView,
    SweepView,
    TradeView,
)
from server.research_views import ResearchError

DAY_MS = 86_400_000
FAST = ParameterView("fast", "Fast average", 20, 2, 200, 1, "bars")
SLOW = ParameterView("slow", "Slow average", 50, 3, 500, 1, "bars")
SMA = StrategyView(
    "sma_cross",
    "Moving average cross",
    "Long while the fast average is above the slow one. Acts on the next open.",
    "",
    "signal",
    (FAST, SLOW),
    (("fast", "slow"),),
)
PAIRS = StrategyView(
    "pairs", "Pairs", "Two symbols against each other.", "", "event",
    (ParameterView("entry", "Entry", 2.0, 0.5, 5.0, 0.1, "σ"),), symbols=2,
)  # fmt: skip
BROKEN = StrategyView(
    "mine", "mine", "", "", "signal", (), error="strategies/mine.py, line 12: name 'cloze'"
)
_FIGURES = (
    ("total_return", "Total return", 12.0, "%", "last / first − 1"),
    ("buy_and_hold_return", "Buy and hold", 20.64, "%", "last / first − 1 of the market"),
    ("cagr", "CAGR", 3.1, "%", "(last / first)^(1/years) − 1"),
    ("sharpe", "Sharpe ratio", 1.5, "ratio", "mean(r) / std(r) × √365; r: returns of every day"),
    ("sortino", "Sortino ratio", 2.29, "ratio", "mean(r) / downside(r) × √365"),
    ("calmar", "Calmar ratio", 1.58, "ratio", "CAGR / max drawdown"),
    ("volatility", "Volatility", 58.6, "%", "std(r) × √365"),
    ("max_drawdown", "Max drawdown", -65.1, "%", "min(equity / highest − 1)"),
    ("longest_drawdown", "Longest drawdown", 240.0 * 86_400e9, "ns", "peak to recovery"),
    ("win_rate", "Win rate", 46.2, "%", "won / closed"),
    ("profit_factor", "Profit factor", None, "ratio", "gains / losses"),
    ("expectancy", "Mean trade", 32.5, "%", "mean of the trades' returns"),
    ("exposure", "Exposure", 65.5, "%", "time with a position"),
    ("trades", "Trades", 13.0, "count", "closed round trips"),
    ("fees_paid", "Fees", 1613.0, "money", "sum of all fees"),
)


def made_result(request: BacktestRequest, number: int = 14, bars: int = 1309) -> ResultView:
    """A walk of ``bars`` days with thirteen trades, the same every time."""
    steps = np.random.default_rng(7).normal(0.002, 0.03, bars)
    market = 10_000 * np.exp(np.cumsum(steps) - steps[0])
    held = (np.arange(bars) // 50) % 2
    equity = 10_000 * np.exp(np.cumsum(steps * held) - steps[0] * held[0])
    times = 1_420_070_400_000 + DAY_MS * np.arange(bars)
    trades = tuple(_trade(number, times, market) for number in range(1, 14))
    fast, slow = (request.values.get(each.name, each.default) for each in (FAST, SLOW))
    return ResultView(
        number=number,
        title=f"Moving average cross {fast:g} / {slow:g}",
        symbol=request.symbol,
        interval=request.interval,
        bars=bars,
        elapsed_ms=0.94,
        cached=False,
        start_capital=10_000.0,
        warm_up=49,
        rows=np.arange(bars),
        time_ms=times,
        equity=equity,
        market=market,
        metrics=tuple(MetricView(*figure) for figure in _FIGURES),
        monthly=MonthlyView((2015, 2016), (_months(2015), _months(2016)), (63.0, -49.6)),
        trades=trades,
        trade_count=13,
        fills=(FillView(1_420_070_400_000, "BTC-USD", "buy", 250.1, 250.0, 39.9, 1.0, False),),
        fill_count=26,
        drawdowns=(DrawdownView(int(times[10]), int(times[40]), None, -65.1),),
        warnings=("Closed trades: 13. Below 30 the figures may be chance.",),
        checks=(CheckView("look_ahead", "Look-ahead check", True, "Passed, 64 prefixes"),),
        curves=(CurveView("SMA 20"), CurveView("SMA 50"), CurveView("RSI", pane=True)),
        sweep=_sweep() if request.sweep else None,
    )


def _trade(number: int, times: Any, market: Any) -> TradeView:
    first, last = 100 * number - 50, 100 * number
    gain = 100 * (market[last] / market[first] - 1)
    return TradeView(
        number, "BTC-USD", "long", int(times[first]) * 10**6, int(times[last]) * 10**6, first, last,
        float(market[first]), float(market[last]), 1.5, float(gain * 100), float(gain), 50, 1.0,
        0.5, -12.3, 45.6,
    )  # fmt: skip


def _months(year: int) -> tuple[float | None, ...]:
    made = np.random.default_rng(year).normal(3, 20, 12)
    return tuple(None if year == 2016 and month > 7 else float(v) for month, v in enumerate(made))


def _sweep() -> SweepView:
    xs, ys = tuple(range(5, 65, 5)), tuple(range(20, 155, 15))
    goal = np.array(
        [[np.nan if x >= y else 1 + np.sin(x / 9) * np.cos(y / 40) for x in xs] for y in ys]
    )
    return SweepView(
        "sharpe", "Sharpe ratio", "fast", "slow", xs, ys, goal, {"fast": 20, "slow": 50}, 2.02, 96
    )


@dataclass
class FakeResearch:
    """Runs are in ``state`` at once."""

    calls: list[BacktestRequest] = field(default_factory=list)
    runs: dict[str, RunView] = field(default_factory=dict)
    refusal: str | None = None
    state: str = "done"

    def strategies(self) -> tuple[StrategyView, ...]:
        return (SMA, PAIRS, BROKEN)

    def datasets(self) -> tuple[DatasetView, ...]:
        return (DatasetView("ab12", "btc.csv", "1d", 1309, 0, 10**18, 2),)

    def start(self, request: BacktestRequest) -> str:
        if self.refusal:
            raise ResearchError(self.refusal)
        self.calls.append(request)
        key = f"run{len(self.calls)}"
        result = made_result(request, len(self.calls)) if self.state == "done" else None
        error = "The strategy stopped.\nmine.py, line 38" if self.state == "failed" else None
        self.runs[key] = RunView(
            key, self.state, 60, 96, "60 of 96 combinations", 0.2, error, request, result  # type: ignore[arg-type]
        )  # fmt: skip
        return key

    def run(self, key: str) -> RunView:
        if key not in self.runs:
            raise ResearchError(f"run was {key!r}")
        return self.runs[key]

    def cancel(self, key: str) -> None:
        self.runs[key] = replace(self.runs[key], state="cancelled")

    def history(self) -> tuple[RunRow, ...]:
        return tuple(
            RunRow(
                key,
                view.result.number,
                10**18,
                view.result.title,
                "BTC-USD",
                "1d",
                12.0,
                1.5,
                -65.1,
                13,
            )
            for key, view in reversed(self.runs.items())
            if view.result
        )

    def delete(self, key: str) -> None:
        del self.runs[key]

    def compare(self, keys: list[str]) -> ComparisonView:
        rows = {row.id: row for row in self.history()}
        results = [view.result for key in keys if (view := self.runs[key]).result]
        return ComparisonView(
            tuple(rows[key] for key in keys),
            tuple(result.metrics for result in results),
            results[0].time_ms,
            tuple(result.equity / result.equity[0] * 100 - 100 for result in results),
        )

    def charted(self, key: str) -> ChartedRun:
        result = self.run(key).result
        assert result is not None
        close = result.market
        start = np.concatenate([close[:1], close[:-1]])
        window = CandleWindow.from_arrays(
            result.time_ms * 1_000_000, start, np.maximum(start, close) * 1.01,
            np.minimum(start, close) * 0.99, close, np.full(len(close), 5.0),
        )  # fmt: skip
        curve = ChartedCurve("SMA 20", np.convolve(close, np.ones(20) / 20)[: len(close)], False)
        return ChartedRun(window, (curve,), result.trades, "BTC-USD", "1d", 2)

    def coverage(self, request: BacktestRequest) -> CoverageView:
        return CoverageView(1309, 0, 10**18, 8, 21 * 86_400 * 10**9, None)
