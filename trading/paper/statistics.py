"""Figures of an account as those of a backtest: from its fills and the points of its equity curve.

A curve has a point where the equity changed, at most one a minute. For figures of returns it is
read at even times: every minute of the first two days, every hour of the first two months, every
day of more.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64
from market.types import DAY, HOUR, MINUTE
from trading.metrics import Convention, Measures, Run, measure
from trading.paper.fill_log import FillLog
from trading.paper.records import AccountRecords
from trading.round_trips import paired, trades_of
from trading.trades import Trades

__all__ = ["account_trades", "statistics"]

_NO_MARKET = "an account has no single market to be compared with"
_NO_CANDLES = "prices while a position was open are not kept"
_LEFT_OUT = {
    "buy_and_hold_return": _NO_MARKET, "alpha": _NO_MARKET, "beta": _NO_MARKET,
    "adverse_excursion": _NO_CANDLES, "favourable_excursion": _NO_CANDLES,
}  # fmt: skip
_A_YEAR = ("volatility", "sharpe", "sortino", "turnover")
SHORTEST_FOR_A_YEAR = DAY
"""Below it, figures a year are left out: some minutes of luck are no Sharpe ratio of thousands."""


def statistics(
    records: AccountRecords, marks: Mapping[str, float], equity: float, time_ns: int,
    convention: Convention | None = None,
) -> Measures:  # fmt: skip
    """Every figure of :data:`trading.metrics.METRICS`, as of now; without a value, why not.

    ``marks`` are the newest prices by symbol, ``equity`` is that of the account at them.
    """
    times, worth, step_ns = _course(records, equity, time_ns)
    fills = records.fill_log.records
    run = Run(
        times, step_ns, worth, np.full(len(worth), worth[0]), _held(records.fill_log, times),
        account_trades(records.fill_log, marks, time_ns, step_ns),
        float(fills["size"] @ fills["price"]),
    )  # fmt: skip
    found = measure(run, convention)
    left_out = _LEFT_OUT | _too_short(time_ns - records.opened_ns)
    values = {key: value for key, value in found.values.items() if key not in left_out}
    return Measures(
        MappingProxyType(values), MappingProxyType({**found.undefined, **left_out}),
        found.convention,
    )  # fmt: skip


def _too_short(span_ns: int) -> dict[str, str]:
    """Why figures a year are left out after ``span_ns``, by their keys; empty when they are not."""
    if span_ns >= SHORTEST_FOR_A_YEAR:
        return {}
    why = (
        f"{span_ns / HOUR:.1f} hours of equity; a figure a year needs {SHORTEST_FOR_A_YEAR // HOUR}"
    )
    return dict.fromkeys(_A_YEAR, why)


def account_trades(
    log: FillLog, marks: Mapping[str, float], time_ns: int, step_ns: int = MINUTE
) -> Trades:
    """The round trips of every owner, first entry first; ``symbol`` is the lane in ``log``.

    Open ones are marked at ``marks``, without one at their entry; ``bars`` counts ``step_ns``.
    """
    trips = paired(log.records, len(log.lanes))
    entries = trips["opened"] / np.maximum(trips["opened_size"], np.finfo(float).tiny)
    known = np.array([marks.get(symbol, np.nan) for _, symbol in log.lanes])[trips["symbol"]]
    closes = np.where(np.isnan(known), entries, known)
    ends = np.full(len(trips), time_ns)
    left = np.where(trips["is_open"] != 0, ends, trips["exit_ns"])
    return trades_of(trips, closes, ends, (left - trips["entry_ns"]) // step_ns)


def _course(records: AccountRecords, equity: float, time_ns: int) -> tuple[I64, F64, int]:
    """Even times from the opening until now, the equity at each, and the step between them."""
    points = [(records.opened_ns, float(records.terms.start_capital)), *records.curve]
    span = time_ns - records.opened_ns
    step_ns = MINUTE if span <= 2 * DAY else HOUR if span <= 60 * DAY else DAY
    times = np.arange(records.opened_ns, time_ns + step_ns, step_ns, dtype=np.int64)
    known = np.array([time for time, _ in points])
    worth = np.array([value for _, value in points])
    found = worth[np.searchsorted(known, times, "right") - 1]
    found[-1] = equity
    return times, found, step_ns


def _held(log: FillLog, times: I64) -> NDArray[np.bool_]:
    """Whether anything was held at each time."""
    fills = log.records
    signed = fills["side"] * fills["size"]
    opened = np.zeros(len(fills) + 1, np.int64)
    for lane in range(len(log.lanes)):
        rows = np.flatnonzero(fills["symbol"] == lane)
        is_open = np.abs(np.cumsum(signed[rows])) > _DUST
        opened[rows + 1] = np.diff(is_open.astype(np.int64), prepend=0)
    open_lanes = np.cumsum(opened)
    return open_lanes[np.searchsorted(fills["time_ns"], times, "right")] > 0


_DUST = 1e-11
"""Below half of the finest step of sizes: rounding of sums."""
