"""A reconciliation as files: its differing fills as CSV, all of it as one page of HTML."""

import csv
import io
from dataclasses import asdict
from html import escape

import numpy as np

from paper_trading.reconcile_views import DifferenceView, ExecutionView, ReconcileView
from research.report.figures import course_figure
from research.report.page import html_page, section
from research.report.tables import Cell, table
from research.report.words import NONE, moment, number, tone

__all__ = ["reconcile_csv", "reconcile_report"]

_MS = 1_000_000
_SIDES = ("paper", "backtest")
_EXECUTION = ("time", "size", "price", "fee", "maker")


def reconcile_csv(view: ReconcileView) -> bytes:
    """An order that filled otherwise a line, both sides of it; times as ISO 8601 in UTC."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    executions = [f"{side}_{name}" for side in _SIDES for name in _EXECUTION]
    writer.writerow(["time", "symbol", "side", *executions, "cost", "cause", "words"])
    for each in view.differences:
        sides = [*_fields(each.paper), *_fields(each.backtest)]
        cause = [each.money, each.cause, each.words]
        writer.writerow([_iso(each.time_ms), each.symbol, each.side, *sides, *cause])
    return text.getvalue().encode()


def reconcile_report(view: ReconcileView) -> str:
    """Both equity curves, what differs and why; the reason where nothing could be compared."""
    span = f"{moment(view.from_ms * _MS)} to {moment(view.to_ms * _MS)}"
    context = f"{', '.join(view.symbols)} {view.interval} · {view.closes:,} candles · {span}"
    title = f"{view.name} · paper beside backtest"
    if view.problem:
        return html_page(title, context, [section("No comparison", "", escape(view.problem))])
    keys = '<span class="keys"><i class="a">Paper</i><i>Backtest</i></span>'
    curves = course_figure(view.time_ms * _MS, view.paper, view.backtest)
    parts = [
        _cards(view),
        section("Equity", keys, curves),
        section("Causes", "orders and what paper lost by them", _causes(view)),
        section(
            "Orders that filled otherwise", f"{len(view.differences):,}", _orders(view), "long"
        ),
        section("Same inputs again", "", escape(view.replay_words)),
    ]
    return html_page(title, context, parts)


def _cards(view: ReconcileView) -> str:
    replay = {None: "Not kept", True: "Equal fills", False: "Other fills"}[view.replay]
    cards = [
        ("Paper", *_percent(view.paper_return)),
        ("Backtest", *_percent(view.backtest_return)),
        ("Orders, paper", number(view.paper_orders, 0), ""),
        ("Orders, backtest", number(view.backtest_orders, 0), ""),
        ("Filled alike", number(view.equal_orders, 0), ""),
        ("Same inputs again", replay, "down" if view.replay is False else ""),
    ]
    cells = [
        f'<div><span>{name}</span><b class="{look}">{text}</b></div>' for name, text, look in cards
    ]
    return f'<section class="cards">{"".join(cells)}</section>'


def _percent(value: float | None) -> Cell:
    return (f"{number(value, 2, '+')} %" if value is not None else NONE), tone(value)


def _causes(view: ReconcileView) -> str:
    if not view.causes:
        return "Every order filled alike."
    head = (("Cause", "left"), ("Orders", ""), ("Cost", ""))
    rows = [
        ((cause, "left"), (number(orders, 0), ""), (number(money), tone(-money)))
        for cause, orders, money in view.causes
    ]
    return table(head, rows)


def _orders(view: ReconcileView) -> str:
    head = [(name, "left") for name in ("Time", "Symbol", "Side")]
    head += [(name, "") for name in ("Paper", "Backtest", "Cost")]
    return table([*head, ("Cause", "left")], map(_order, view.differences), "facts")


def _order(each: DifferenceView) -> tuple[Cell, ...]:
    cost = (number(each.money), tone(-each.money)) if each.money is not None else (NONE, "")
    return (
        (moment(each.time_ms * _MS), ""), (each.symbol, ""), (each.side, ""),
        (_written(each.paper), ""), (_written(each.backtest), ""), cost,
        (each.words or each.cause, ""),
    )  # fmt: skip


def _written(one: ExecutionView | None) -> str:
    return NONE if one is None else f"{one.size:,.10g} at {one.price:,.10g}"


def _fields(one: ExecutionView | None) -> list[object]:
    if one is None:
        return [None] * len(_EXECUTION)
    time_ms, *rest = asdict(one).values()
    return [_iso(time_ms), *rest]


def _iso(time_ms: int) -> str:
    return f"{np.datetime64(time_ms, 'ms')}Z"
