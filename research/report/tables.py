"""The tables of the report."""

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite

import numpy as np

from research.outcome import Outcome
from research.report.words import NONE, moment, number, tone
from research.views import DrawdownView, MetricView, MonthlyView, SweepView, TradeView

__all__ = ["drawdown_table", "facts_table", "formula_table", "month_table", "sweep_table",
           "table", "trade_table"]  # fmt: skip

_MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
    "Year",
]
_PATHS = {"nearest": "the nearer extreme first", "worst": "the worse extreme first",
          "best": "the better extreme first"}  # fmt: skip

Cell = tuple[str, str]
"""Text and class."""


def table(head: Sequence[Cell], rows: Iterable[Sequence[Cell]], kind: str = "") -> str:
    """Texts are plain; ``kind`` is the class of the whole."""
    names = "".join(f'<th class="{look}">{escape(text)}</th>' for text, look in head)
    lines = "".join(
        "<tr>" + "".join(f'<td class="{look}">{escape(text)}</td>' for text, look in row) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table class="{kind}"><thead><tr>{names}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _percent(value: float | None) -> Cell:
    return number(value, 2, "+"), tone(value)


def _shaded(value: float | None) -> Cell:
    """A return over up or down, stronger the larger it is; 20 % is the strongest."""
    if value is None or not value:
        return number(value, 2, "+"), ""
    return number(value, 2, "+"), f"{'u' if value > 0 else 'd'}{_step(abs(value) / 20)}"


def _step(share: float) -> int:
    return min(9, max(1, round(9 * share)))


def month_table(monthly: MonthlyView) -> str:
    """One line a year."""
    rows = (
        [(str(year), ""), *map(_shaded, months), _percent(total)]
        for year, months, total in zip(monthly.years, monthly.months, monthly.totals, strict=True)
    )
    return table([("", ""), *((name, "") for name in _MONTHS)], rows, "months shades")


def trade_table(trades: Sequence[TradeView]) -> str:
    """Newest first."""
    left = {"Side", "Entry", "Exit", "Symbol"}
    names = ("#", "Symbol", "Side", "Entry", "Exit", "Entry price", "Exit price", "Size",
             "Candles", "P&L", "Fees", "Return %", "MAE %", "MFE %")  # fmt: skip
    rows = (
        [
            (str(trade.number), ""), (trade.symbol, "left"), (trade.side.capitalize(), "left"),
            (moment(trade.entry_ns), "left"),
            ("open" if trade.exit_ns is None else moment(trade.exit_ns), "left"),
            (f"{trade.entry_price:,.8g}", ""), (f"{trade.exit_price:,.8g}", ""),
            (f"{trade.size:,.6g}", ""), (number(trade.bars, 0), ""),
            (number(trade.pnl, 2, "+"), tone(trade.pnl)), (number(trade.fees), ""),
            _percent(trade.return_percent), (number(trade.mae_percent), ""),
            (number(trade.mfe_percent), ""),
        ]
        for trade in reversed(trades)
    )  # fmt: skip
    return table([(name, "left" if name in left else "") for name in names], rows)


def drawdown_table(falls: Sequence[DrawdownView]) -> str:
    """Deepest first."""
    head = [("From", "left"), ("Lowest", "left"), ("Until", "left"), ("Depth %", "")]
    rows = (
        [
            (moment(fall.start_ms * 10**6), "left"),
            (moment(fall.lowest_ms * 10**6), "left"),
            (NONE if fall.end_ms is None else moment(fall.end_ms * 10**6), "left"),
            (number(fall.depth_percent), "down"),
        ]
        for fall in falls
    )
    return table(head, rows)


def formula_table(metrics: Sequence[MetricView]) -> str:
    """What every figure means."""
    rows = ([(each.label, "left"), (each.formula, "left")] for each in metrics)
    return table([("Figure", "left"), ("Formula, convention, source", "left")], rows, "facts")


def facts_table(outcome: Outcome) -> str:
    """What was run, with every setting."""
    asked, convention = outcome.request, outcome.request.convention
    first, last = (int(outcome.result.time_ns[at]) for at in (0, -1))
    facts = {
        "Candles": f"{', '.join(outcome.symbols)} {outcome.interval}, {moment(first)} to "
        f"{moment(last)} UTC, {len(outcome.result.equity):,}",
        "Parameters": ", ".join(f"{name} {value:g}" for name, value in outcome.values.items())
        or "none",
        "Capital": number(asked.capital),
        "Size": f"{asked.size_percent:g} % of the equity, leverage {asked.leverage:g}",
        "Sides": asked.direction,
        "Costs": f"fee {asked.fee_percent:g} %, slippage {asked.slippage_bp:g} basis points",
        "Stop-loss": _of_entry(asked.stop_loss_percent),
        "Take-profit": _of_entry(asked.take_profit_percent),
        "Fills": f"at the {'next open' if asked.fill == 'next_open' else 'close'}; inside a "
        f"candle {_PATHS[asked.path]}",
        "Convention": f"returns per {convention.period}, {convention.days_per_year} days a year, "
        f"risk-free rate {convention.risk_free_percent:g} % a year",
    }
    checks = {check.label: check.words for check in outcome.checks}
    rows = ([(name, "left"), (words, "left")] for name, words in {**facts, **checks}.items())
    return table([("Setting", "left"), ("Value", "left")], rows, "facts")


def _of_entry(percent: float | None) -> str:
    return "none" if percent is None else f"{percent:g} % of the entry price"


def sweep_table(sweep: SweepView) -> str:
    """The goal at every pair of values that was tried, stronger the higher it is."""
    head = [(f"{sweep.y} / {sweep.x}" if sweep.y else sweep.x, "left")]
    head += [(f"{value:g}", "") for value in sweep.xs]
    defined = sweep.matrix[np.isfinite(sweep.matrix)]
    low, high = (defined.min(), defined.max()) if len(defined) else (0.0, 1.0)

    def cell(value: float) -> Cell:
        if not isfinite(value):
            return NONE, ""
        return number(value), f"a{_step((value - low) / ((high - low) or 1.0))}"

    rows = (
        [(f"{y:g}" if sweep.y else sweep.goal_label, "left"), *map(cell, line)]
        for y, line in zip(sweep.ys, sweep.matrix.tolist(), strict=True)
    )
    return table(head, rows, "shades")
