"""Between what ``services.research`` takes and gives, and what the backtest form shows."""

from collections.abc import Sequence

from components.backtest_facts import (
    ConventionFacts,
    FormFacts,
    FormValues,
    ParameterFacts,
    StrategyFacts,
    SweepFacts,
)
from components.backtest_market import FILE, day_text, last_day_text
from server.research_views import BacktestRequest, ConventionView, StrategyView, SweepRequest
from server.services import Services

GOALS = (
    ("sharpe", "Sharpe ratio"), ("sortino", "Sortino ratio"), ("calmar", "Calmar ratio"),
    ("total_return", "Total return"), ("cagr", "CAGR"), ("max_drawdown", "Max drawdown"),
    ("profit_factor", "Profit factor"), ("expectancy", "Mean trade"), ("win_rate", "Win rate"),
)  # fmt: skip
"""Figures that a search can aim at; all of them are the better the higher."""


def form_facts(services: Services, request: BacktestRequest) -> FormFacts:
    """The form filled with ``request``, whose strategy may be gone: the first one then."""
    strategies = [strategy_facts(each) for each in services.research.strategies()]
    files = {each.key: each.name for each in services.research.datasets()}
    return FormFacts(
        strategies=strategies,
        chosen=chosen_strategy(strategies, request.strategy),
        symbols=services.symbols(),
        files=files,
        intervals=services.intervals(),
        goals=GOALS,
        values=form_values(request),
    )


def chosen_strategy(strategies: Sequence[StrategyFacts], key: str) -> StrategyFacts:
    """The one of this ``key``, or the first."""
    return next((each for each in strategies if each.key == key), strategies[0])


def strategy_facts(view: StrategyView) -> StrategyFacts:
    """A strategy as the form shows it."""
    parameters = tuple(
        ParameterFacts(
            each.name, each.label, each.default, each.least, each.most, each.step, each.unit,
            each.whole,
        )
        for each in view.parameters
    )  # fmt: skip
    return StrategyFacts(
        view.key, view.name, view.description, view.form, parameters, view.rules, view.symbols,
        view.error,
    )  # fmt: skip


def form_values(request: BacktestRequest) -> FormValues:
    """What stands in the form for ``request``."""
    return FormValues(
        market=FILE + request.dataset if request.dataset else request.symbol,
        interval=request.interval,
        values=request.values,
        first=day_text(request.start_ns),
        last=last_day_text(request.end_ns),
        others=request.others,
        direction=request.direction,
        fee=request.fee_percent,
        slippage=request.slippage_bp,
        capital=request.capital,
        size=request.size_percent,
        leverage=request.leverage,
        stop=request.stop_loss_percent,
        target=request.take_profit_percent,
        fill=request.fill,
        path=request.path,
        sweep=sweep_facts(request.sweep),
    )


def sweep_facts(sweep: SweepRequest | None) -> SweepFacts | None:
    """What a search goes through."""
    if sweep is None:
        return None
    return SweepFacts(sweep.ranges, sweep.goal, sweep.method, sweep.trials, sweep.walk_forward)


def convention_facts(view: ConventionView) -> ConventionFacts:
    """How yearly figures are made, as the switch shows it."""
    return ConventionFacts(view.period, view.days_per_year, view.risk_free_percent)
