"""Runs to measure."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from market.types import DAY
from trading.metrics import Convention, Measures, Run, measure
from trading.trades import Trades

YEAR_OF_DAYS = Convention(days_per_year=365)


def trades(
    pnl: Sequence[float] = (),
    returns: Sequence[float] | None = None,
    still_open: Sequence[bool] | None = None,
    **columns: Sequence[float],
) -> Trades:
    """Long trades of one candle each, one after the other; ``columns`` replaces what it names."""
    count = len(pnl)
    ones, bars = np.ones(count), np.arange(count)
    given = {name: np.asarray(values, float) for name, values in columns.items()}
    return Trades(
        side=np.ones(count, np.int8),
        entry_ns=bars * DAY,
        exit_ns=(bars + 1) * DAY,
        entry_price=ones,
        exit_price=ones,
        size=ones,
        pnl=np.asarray(pnl, float),
        return_fraction=np.asarray(pnl if returns is None else returns, float),
        bars=given.get("bars", ones).astype(np.int64),
        fees=given.get("fees", ones),
        slippage=given.get("slippage", ones),
        adverse=given.get("adverse", -ones),
        favourable=given.get("favourable", ones),
        is_open=np.asarray([False] * count if still_open is None else still_open, bool),
        symbol=np.zeros(count, np.int64),
    )


def run(
    equity: Sequence[float],
    market: Sequence[float] | None = None,
    rounds: Trades | None = None,
    step_ns: int = DAY,
    held: Sequence[bool] | None = None,
    traded: float = 0.0,
) -> Run:
    """Candles ``step_ns`` apart, from the start of 1970 on."""
    values = np.asarray(equity, float)
    return Run(
        np.arange(len(values)) * step_ns,
        step_ns,
        values,
        values if market is None else np.asarray(market, float),
        np.asarray([True] * len(values) if held is None else held, bool),
        trades() if rounds is None else rounds,
        traded,
    )


def figures(equity: Sequence[float], *arguments: object, **more: object) -> Measures:
    """The figures of :func:`run` by the usual convention."""
    return measure(run(equity, *arguments, **more))  # type: ignore[arg-type]


def walks(least: int = 3, most: int = 60) -> st.SearchStrategy[list[float]]:
    """Equities that step by up to 20 %, from 100 on."""
    steps = st.lists(st.floats(-0.2, 0.2), min_size=least - 1, max_size=most - 1)
    return steps.map(lambda found: [100.0, *(100 * np.cumprod(1 + np.asarray(found)))])
