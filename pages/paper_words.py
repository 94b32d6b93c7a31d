"""The paper account's plain values as its page writes them."""

from collections.abc import Mapping
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from components.account_row import Figure
from components.formats import (
    clock,
    percent,
    plain,
    signed,
    tone,
)
from components.states import nothing_yet
from components.tables import Cell, Column, table
from market.types import base_currency, quote_currency
from server.views import FillView, LastView, PaperView, PositionView


def _columns(money: str) -> tuple[Column, ...]:
    return (
        Column("Symbol"), Column("Side"), Column("Size", True), Column("Entry", True),
        Column("Mark", True), Column(f"Value {money}", True, wide=True),
        Column(f"P&L {money}", True), Column("Return", True, wide=True),
    )  # fmt: skip


def account_figures(view: PaperView) -> list[Figure]:
    """Equity, profit and loss, cash and fees."""
    total = view.equity / view.start_capital - 1 if view.start_capital else None
    return [
        Figure("Equity", plain(view.equity), unit=view.currency),
        _coloured("Unrealised", signed(view.unrealised)),
        _coloured("Realised", signed(view.realised)),
        Figure("Cash", plain(view.cash)),
        Figure("Fees", plain(view.fees)),
        _coloured("Return since start", percent(total)),
    ]


def _coloured(label: str, written: str) -> Figure:
    return Figure(label, written, tone(written))


def prices(last: LastView) -> tuple[str, str]:
    """Bid and ask as written; the last price stands in for a side the venue has not quoted."""
    bid, ask = (price if price is not None else last.price for price in (last.bid, last.ask))
    return plain(bid, last.decimals), plain(ask, last.decimals)


def estimate(last: LastView, size: str | None) -> list[Component]:
    """What ``size`` is worth now at either side; ``size`` None while it is no number."""
    money = quote_currency(last.symbol)
    bid, ask = (price if price is not None else last.price for price in (last.bid, last.ask))
    amount = None if size is None else float(size.strip().replace(",", ""))
    return [
        html.Span(
            [f"{word} ", html.Span(plain(_product(amount, price)), className="value"), f" {money}"]
        )
        for word, price in (("Buy", ask), ("Sell", bid))
    ]


def _product(amount: float | None, price: float | None) -> float | None:
    return None if amount is None or price is None else amount * price


def size_text(size: Decimal) -> str:
    """At least four decimals, more where the size has them."""
    places = max(4, -int(size.normalize().as_tuple().exponent))
    return plain(size, places)


def positions_panel(view: PaperView, decimals: Mapping[str, int]) -> list[Component]:
    """Head and table, or what will be there."""
    head = _head("Positions", len(view.positions))
    if not view.positions:
        text = (
            "A position opens with the first order on the ticket and is marked at the live price."
        )
        return [head, nothing_yet("inbox", "No open positions", text)]
    rows = [_position(item, decimals[item.symbol]) for item in view.positions]
    body = table("Open positions", _columns(view.currency), rows)
    return [head, html.Div(body, className="table-body")]


def _position(item: PositionView, decimals: int) -> list[Cell | str]:
    mark = None if item.mark is None else Decimal(repr(item.mark))
    value = None if mark is None else item.size * mark
    cost = item.size * item.average_price
    result = None if item.unrealised is None or not cost else item.unrealised / cost
    long = item.side == "long"
    profit, share = signed(item.unrealised), percent(result)
    return [
        Cell(item.symbol, "strong"),
        Cell("Long" if long else "Short", "up" if long else "down"),
        size_text(item.size),
        Cell(plain(item.average_price, decimals), "quiet"),
        plain(mark, decimals),
        Cell(plain(value), "quiet"),
        Cell(profit, tone(profit)),
        Cell(share, tone(share)),
    ]


def fills_panel(view: PaperView, decimals: Mapping[str, int]) -> list[Component]:
    """Newest first: what was done over when and at which cost."""
    head = _head("Fills", len(view.fills))
    if not view.fills:
        return [
            head,
            nothing_yet(
                "inbox", "No fills", "Every execution is listed here with its price and fee."
            ),
        ]
    return [
        head,
        html.Ol([_fill(item, decimals[item.symbol]) for item in view.fills], className="fill-list"),
    ]


def _fill(item: FillView, decimals: int) -> html.Li:
    bought = item.side == "buy"
    word = html.Span("Buy" if bought else "Sell", className="up" if bought else "down")
    amount = html.Span([word, f" {size_text(item.size)} {base_currency(item.symbol)}"])
    when, fee = html.Span(f"{clock(item.time_ns)} UTC"), html.Span(f"fee {plain(item.fee)}")
    return html.Li(
        [
            html.Div([amount, html.Span(plain(item.price, decimals))]),
            html.Div([when, fee], className="caption"),
        ]
    )


def fill_words(fill: FillView, decimals: int) -> tuple[str, str]:
    """Title and detail of the toast."""
    done = "bought" if fill.side == "buy" else "sold"
    size = f"{size_text(fill.size)} {base_currency(fill.symbol)}"
    realised = (
        ""
        if fill.realised == 0
        else f", realised {signed(fill.realised)} {quote_currency(fill.symbol)}"
    )
    title = f"Filled: {done} {size} at {plain(fill.price, decimals)}"
    return (
        title,
        f"Market order on paper, fee {plain(fill.fee)} {quote_currency(fill.symbol)}{realised}",
    )


def _head(title: str, count: int) -> html.Div:
    shown = html.Span(str(count), className="panel-context")
    return html.Div([html.H2(title), shown], className="panel-head")
