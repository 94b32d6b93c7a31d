"""Positions, orders, fills, journal and results of a paper account, by tabs; and its equity."""

from collections.abc import Mapping
from typing import NamedTuple

from dash import html

from components.attributes import aria, data
from components.formats import NONE
from components.states import nothing_yet
from components.tables import Column


class PaperList(NamedTuple):
    """A tab: its ``name``, its columns, and what stands there while it is empty."""

    name: str
    columns: tuple[Column, ...]
    empty: tuple[str, str]
    summed: tuple[str, ...] = ()
    """Columns whose sum stands below them."""


LISTS: Mapping[str, PaperList] = {
    "positions": PaperList(
        "Positions",
        (
            Column("Symbol"), Column("Side"), Column("Size", True), Column("Entry", True, True),
            Column("Mark", True), Column("Value", True, True), Column("P&L", True),
            Column("Return", True), Column("Opened by", wide=True), Column(""),
        ),
        ("No open positions", "A position opens with the first fill of an order."),
        ("Value", "P&L"),
    ),
    "orders": PaperList(
        "Orders",
        (
            Column("Symbol"), Column("Side"), Column("Order"), Column("Size", True),
            Column("Filled", True, True), Column("Price", True), Column("Queue", True, True),
            Column("State"), Column("Placed by", wide=True), Column(""),
        ),
        ("No open orders", "Orders you place on the ticket wait here until they fill."),
    ),
    "fills": PaperList(
        "Fills",
        (
            Column("Time"), Column("Symbol"), Column("Side"), Column("Size", True),
            Column("Price", True), Column("Fee", True, True), Column("Realised", True),
            Column("By", wide=True), Column("Note"),
        ),
        ("No fills", "Every execution is listed here with its price and fee."),
    ),
    "journal": PaperList(
        "Journal",
        (Column("Time"), Column("#", True, True), Column("Event"), Column("What happened"),
         Column("Note")),
        ("Nothing is journaled yet", "Everything that changes the account is written here first."),
    ),
}  # fmt: skip
"""By the key that the scripts know them by."""

COUNTED = ("positions", "orders", "fills")
"""Tabs that say how many rows there are."""


def paper_lists() -> html.Section:
    """All lists below their tabs; the script shows one and fills it."""
    tabs = [_tab(key, each.name) for key, each in LISTS.items()]
    close_all = html.Button(
        "Close all",
        type="button",
        className="button button-small button-down-quiet paper-close-all",
        hidden=True,
        **data(paper_act="close-all"),
    )
    head = html.Div(
        [
            html.Div(
                [*tabs, _tab("results", "Results")],
                className="paper-tabs",
                role="tablist",
                **aria(label="Lists"),
            ),
            close_all,
        ],
        className="paper-lists-head",
    )
    bodies = [_body(key, each) for key, each in LISTS.items()]
    return html.Section(
        [head, *bodies, _results()], className="paper-lists", **data(tab="positions")
    )


def _tab(key: str, name: str) -> html.Button:
    chosen = key == "positions"
    count = html.Span(className="tab-count", **data(paper_count=key))
    return html.Button(
        [name, count] if key in COUNTED else name,
        type="button",
        role="tab",
        id=f"paper-tab-{key}",
        className="paper-tab",
        tabIndex=0 if chosen else -1,
        **data(paper_tab=key),
        **aria(selected="true" if chosen else "false", controls=f"paper-list-{key}"),
    )


def _body(key: str, each: PaperList) -> html.Div:
    head = html.Tr(
        [
            html.Th(
                column.name or html.Span("Acts", className="visually-hidden"),
                scope="col",
                className=_look(column),
                **data(column=column.name.lower()),
            )
            for column in each.columns
        ]
    )
    title, detail = each.empty
    rows = html.Table(
        [
            html.Caption(each.name, className="visually-hidden"),
            html.Thead(head),
            html.Tbody(**data(paper_rows=key)),
            *([_total(each)] if each.summed else []),
        ],
        className="table paper-table",
    )
    return html.Div(
        [
            html.Div(rows, className="table-body", tabIndex=0),
            nothing_yet("inbox", title, detail),
        ],
        id=f"paper-list-{key}",
        className=f"paper-list paper-list-{key} has-none",
        role="tabpanel",
        **data(paper_list=key),
        **aria(labelledby=f"paper-tab-{key}"),
    )


def _total(each: PaperList) -> html.Tfoot:
    """The sums below their columns, hidden until there are two rows."""
    first, *columns = each.columns
    cells = [
        html.Td(
            className=_look(column),
            **(data(paper_sum=column.name.lower()) if column.name in each.summed else {}),
        )
        for column in columns
    ]
    name = html.Th("Total", scope="row", className=_look(first))
    return html.Tfoot(html.Tr([name, *cells]), hidden=True)


def _look(column: Column) -> str:
    return " ".join(name for name, on in (("number", column.number), ("wide", column.wide)) if on)


def _results() -> html.Div:
    words = nothing_yet("inbox", "No results yet", "Figures of closed trades and of equity.")
    cards = html.Div(className="metric-cards paper-results", **data(paper_list="cards"))
    return html.Div(
        [html.Div(cards, className="table-body", tabIndex=0), words],
        id="paper-list-results",
        className="paper-list paper-list-results has-none",
        role="tabpanel",
        **data(paper_list="results"),
        **aria(labelledby="paper-tab-results"),
    )


def equity_panel() -> html.Section:
    """The course of equity, drawn by ``96_paper_equity.js``."""
    title = html.Div(
        [html.H2("Equity"), html.Span(className="panel-context", **data(paper="span"))],
        className="paper-equity-title",
    )
    now = html.Div(
        ["Now ", html.Span(NONE, className="line-a", **data(paper="equity_now")), " ",
         html.Span(**data(paper="gain")), " since start"],
        className="paper-equity-now",
    )  # fmt: skip
    return html.Section(
        [
            html.Div([title, now], className="paper-equity-key"),
            html.Canvas(className="paper-equity-line", role="img", **aria(label="Equity")),
        ],
        className="paper-equity",
        **data(paper_list="equity"),
    )
