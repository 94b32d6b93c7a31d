"""The order book of the active chart's symbol: ladder and depth chart.

``assets/46_order_book.js`` makes the rows, as many as there is room for, and changes their texts.
"""

from dash import html

from components import ids
from components.attributes import aria, data
from components.formats import NONE
from components.icons import icon
from components.panel_title import panel_state, panel_title

MULTIPLES = (1, 2, 5, 10, 20, 50, 100, 500, 1000)
"""Ticks in a step of the ladder."""


def order_book(pictures: bool) -> html.Section:
    """The panel; without ``pictures`` there is no depth chart."""
    views = html.Div(
        [_view("ladder", "Ladder", "true"), _view("depth", "Depth", "false")],
        className="book-views",
        role="group",
        hidden=not pictures,
        **aria(label="Order book as"),
    )
    head = html.Div(
        [
            panel_title("Order book", "book"),
            html.Span(className="tag book-tag", hidden=True),
            html.Span(className="panel-space"),
            views,
            html.Button(
                [html.Span("tick", className="book-step"), icon("chevron")],
                type="button",
                className="book-steps",
                title="Put levels together",
                **data(opens=ids.BOOK_STEPS),
                **aria(haspopup="menu", expanded="false"),
            ),
        ],
        className="panel-head",
    )
    body = html.Div(
        [
            _columns(),
            html.Div(className="book-side book-asks", **data(side="ask")),
            _spread(),
            html.Div(className="book-side book-bids", **data(side="bid")),
            _depth(),
            panel_state("Waiting for the order book."),
        ],
        className="panel-body book-body",
        role="group",
        **aria(label="Order book"),
    )
    return html.Section(
        [head, body],
        className="side-panel book",
        **data(panel="book", view="ladder", state="waiting"),
        **aria(label="Order book"),
    )


def step_menu() -> html.Div:
    """The menu of steps; the script writes what each is for the symbol shown."""
    items = [
        html.Button(
            [html.Span(f"{multiple}×"), html.Span(className="step-size"), icon("check")],
            type="button",
            className="popup-item",
            role="menuitemradio",
            **data(multiple=str(multiple)),
            **aria(checked="true" if multiple == 1 else "false"),
        )
        for multiple in MULTIPLES
    ]
    return html.Div(
        [html.Span("Step of the ladder", className="popup-caption"), *items],
        id=ids.BOOK_STEPS,
        className="popup",
        hidden=True,
        role="menu",
        **aria(label="Step of the ladder"),
    )


def _view(name: str, words: str, pressed: str) -> html.Button:
    return html.Button(
        words,
        type="button",
        className="book-view",
        **data(book_view=name),
        **aria(pressed=pressed),
    )


def _columns() -> html.Div:
    names = (("Price", "price"), ("Size", "size"), ("Total", "total"))
    return html.Div(
        [html.Span(words, **data(column=name)) for words, name in names],
        className="side-columns book-columns",
    )


def _depth() -> html.Div:
    """The picture, and the place that arrow keys move its crosshair from."""
    return html.Div(
        html.Img(alt="", draggable="false"),
        className="book-depth",
        role="slider",
        tabIndex=0,
        **aria(label="Crosshair of the depth chart", valuemin="0", valuemax="239", valuenow="120"),
    )


def _spread() -> html.Div:
    return html.Div(
        [
            html.Span(NONE, className="book-last"),
            html.Span("Spread", className="caption"),
            html.Span(NONE, className="book-spread"),
            html.Span(className="book-bp caption"),
        ],
        className="book-middle",
    )
