"""The report's page."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape

from research.outcome import Outcome
from research.report.figures import course_figure
from research.report.style import STYLE
from research.report.tables import (
    drawdown_table,
    facts_table,
    formula_table,
    month_table,
    sweep_table,
    trade_table,
)
from research.report.words import figure, number
from research.result_views import drawdown_views, metric_views, monthly_view, trade_views
from research.views import MOST_ROWS, MetricView

__all__ = ["html_page", "report", "section"]


def report(outcome: Outcome, number_: int, pictures: Mapping[str, bytes] | None = None) -> str:
    """Everything about a run. ``pictures``: the price chart as WebP, for ``dark`` and ``light``."""
    result = outcome.result
    metrics = metric_views(result.measures)
    trades = trade_views(result.trades, result.time_ns, outcome.symbols, MOST_ROWS)
    title = f"{outcome.title} · run {number_}"
    context = f"{', '.join(outcome.symbols)} {outcome.interval} · {len(result.equity):,} candles"
    left_out = len(result.trades) - len(trades)
    shown = f"{len(result.trades):,}" + (
        f", the newest {len(trades):,} of them; the export has all" if left_out else ""
    )
    parts = [
        _warnings(result.warnings),
        _cards(metrics, float(result.equity[-1])),
        _pictures(pictures or {}),
        section("Equity", _keys(), course_figure(result.time_ns, result.equity, result.market)),
        section("Monthly return", "%", month_table(monthly_view(result))),
        _sweep(outcome),
        section("Drawdowns", "deepest first", drawdown_table(drawdown_views(result))),
        section("Trades", shown, trade_table(trades), "long"),
        section("Settings and checks", "", facts_table(outcome)),
        section("Figures", "", formula_table(metrics), "long"),
    ]
    return html_page(title, context, parts)


def html_page(title: str, context: str, parts: Sequence[str]) -> str:
    """A page of HTML that needs nothing else. ``title`` and ``context`` are plain text."""
    head = f'<header><h1>{escape(title)}</h1><div class="context">{escape(context)}</div></header>'
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        f"{head}{''.join(parts)}<footer>Candlecast. Times are UTC. Past results say nothing "
        "certain about later ones.</footer></main></body></html>\n"
    )


def section(title: str, note: str, body: str, kind: str = "") -> str:
    """A part of a report; ``note`` and ``body`` are HTML."""
    small = f" <small>{note}</small>" if note else ""
    return f'<section class="{kind}"><h2>{escape(title)}{small}</h2>{body}</section>'


def _warnings(sentences: tuple[str, ...]) -> str:
    if not sentences:
        return ""
    lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<section class="warnings"><ul>{lines}</ul></section>'


def _cards(metrics: tuple[MetricView, ...], final: float) -> str:
    cards = [f"<div><span>Final equity</span><b>{number(final)}</b></div>"]
    for metric in metrics:
        text, look = figure(metric)
        note = f" <small>{escape(metric.note)}</small>" if metric.note else ""
        cards.append(
            f"<div><span>{escape(metric.label)}</span>"
            f'<b class="{look}" data-metric="{metric.key}">{text}</b>{note}</div>'
        )
    return f'<section class="cards">{"".join(cards)}</section>'


def _keys() -> str:
    return '<span class="keys"><i class="a">Strategy</i><i>Buy &amp; hold</i></span>'


def _pictures(pictures: Mapping[str, bytes]) -> str:
    if not pictures:
        return ""
    url = {name: f"data:image/webp;base64,{b64encode(p).decode()}" for name, p in pictures.items()}
    dark, light = url.get("dark", url.get("light")), url.get("light", url.get("dark"))
    picture = (
        f'<picture><source media="(prefers-color-scheme: light)" srcset="{light}">'
        f'<img src="{dark}" alt="Price chart with the trades"></picture>'
    )
    return section("Chart", "", picture)


def _sweep(outcome: Outcome) -> str:
    sweep = outcome.sweep
    if sweep is None:
        return ""
    note = f"{sweep.goal_label}, {sweep.tried:,} runs"
    return section("Parameter map", escape(note), sweep_table(sweep), "long")
