"""The paper order ticket: size, buy at the ask, sell at the bid."""

from decimal import Decimal, InvalidOperation

import dash_mantine_components as dmc
from dash import html

from components import ids
from components.attributes import aria
from components.formats import NONE


def order_ticket(unit: str) -> html.Section:
    """The ticket; callbacks fill prices, summary and message, whose places are kept."""
    size = dmc.TextInput(
        id=ids.PAPER_SIZE,
        label=[html.Span("Size"), html.Span("above 0", className="field-range")],
        value="0.1",
        rightSection=html.Span(unit, id=ids.PAPER_SIZE_UNIT, className="field-unit"),
        rightSectionPointerEvents="none",
        rightSectionWidth=48,
        className="control control-checked",
        inputProps={"inputMode": "decimal"},
        persistence=True,
    )
    buttons = [
        _order_button(ids.PAPER_BUY, "Buy", "up"),
        _order_button(ids.PAPER_SELL, "Sell", "down"),
    ]
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Order ticket"),
                    html.Span("PAPER", className="tag"),
                    html.Span(id=ids.PAPER_QUOTE),
                ],
                className="panel-head",
            ),
            html.Div(
                [
                    html.Div(
                        [
                            "Market",
                            html.Span("fills at once, against the live quote", className="caption"),
                        ],
                        className="ticket-kind",
                    ),
                    size,
                    html.Div(buttons, className="ticket-buttons"),
                    html.Div(id=ids.PAPER_ESTIMATE, className="ticket-estimate"),
                    html.Div(id=ids.PAPER_MESSAGE, className="ticket-message", role="status"),
                ],
                className="ticket-body",
            ),
        ],
        className="order-ticket",
        **aria(label="Order ticket"),
    )


def _order_button(id: str, word: str, tone: str) -> html.Button:
    return html.Button(
        order_words(word, NONE), id=id, className=f"button button-main button-{tone}"
    )


def order_words(word: str, price: str) -> list[str | html.Span]:
    """What an order button says: the act, and the price that it would get now."""
    return [word, html.Span(price)]


def quote_words(bid: str, ask: str) -> list[str | html.Span]:
    """Bid and ask for the ticket's head."""
    return ["bid ", html.Span(bid, className="up"), " ask ", html.Span(ask, className="down")]


def size_problem(text: str | None) -> str | None:
    """Why ``text`` is no order size, or None when it is one."""
    try:
        size = Decimal((text or "").strip().replace(",", ""))
    except InvalidOperation:
        return "Needs a number above 0."
    return None if size.is_finite() and size > 0 else "Must be above 0."
