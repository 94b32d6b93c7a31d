"""The order ticket: side, kind, prices, size by amount, percent of equity or risk, what it costs.

``assets/92_paper_ticket.js`` reads and fills it; nothing on it waits for the server.
"""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria, data
from components.formats import NONE

KINDS = {
    "market": "Market",
    "limit": "Limit",
    "stop": "Stop",
    "stop_limit": "Stop limit",
    "trail": "Trail",
}
TIMES = {"gtc": "Good till cancelled", "ioc": "Immediate or cancel", "fok": "Fill or kill"}
SHARES = (5, 10, 25, 50)
"""Of equity, in percent; beside them stands all that can be ordered."""


def order_ticket() -> html.Section:
    """Every place is there before its value: nothing on it moves."""
    head = html.Div(
        [
            html.H2("Order ticket"),
            html.Span(NONE, className="panel-context", **data(ticket="symbol")),
            html.Button(
                html.Kbd("?"),
                type="button",
                className="ticket-keys",
                title="Keys of this page",
                **data(paper_act="keys"),
                **aria(label="Keys of this page", keyshortcuts="?"),
            ),
            html.Span(
                [
                    "bid ", html.Span(NONE, className="up", **data(ticket="bid")),
                    " ask ", html.Span(NONE, className="down", **data(ticket="ask")),
                ],
                className="ticket-quote",
            ),
        ],
        className="panel-head",
    )  # fmt: skip
    return html.Section(
        [head, html.Form(_body(), className="ticket-body", **data(ticket="form"))],
        className="order-ticket",
        **data(kind="limit", side="buy"),
        **aria(label="Order ticket"),
    )


def _body() -> list[Component]:
    return [
        _choice("side", "Side", {"buy": "Buy", "sell": "Sell"}, "buy", "ticket-sides"),
        _choice("kind", "Kind of order", KINDS, "limit", "ticket-kinds"),
        html.Div(
            [
                _field(ids.PAPER_STOP, "Trigger", "stop", "money"),
                _field(ids.PAPER_LIMIT, "Price", "limit", "money"),
                _field(ids.PAPER_TRAIL, "Distance", "trail", "money"),
                _field(ids.PAPER_SIZE, "Size", "size", "size"),
            ],
            className="ticket-fields",
        ),
        html.Div(_shares(), className="ticket-shares", role="group", **aria(label="Size")),
        html.Div(
            [
                _field(ids.PAPER_TARGET, "Take profit", "target", "far"),
                _field(ids.PAPER_LOSS, "Stop loss", "loss", "far"),
            ],
            className="ticket-fields",
        ),
        html.Div(
            [
                _choice(
                    "tif", "Time in force", {key: key.upper() for key in TIMES}, "gtc", "", TIMES
                ),
                _tick(ids.PAPER_POST, "Post only", "post"),
                _tick(ids.PAPER_REDUCE, "Reduce only", "reduce"),
            ],
            className="ticket-flags",
        ),
        html.Button(
            NONE, id=ids.PAPER_SEND, type="submit", disabled=True, className="button button-main"
        ),
        html.Div(
            [_estimate(), html.Div(role="status", **data(ticket="message"))],
            className="ticket-foot",
        ),
    ]


def _estimate() -> html.Div:
    names = (("value", "Value"), ("fee", "Fee"), ("risk", "Risk"))
    parts = [
        html.Span(
            [
                html.Span(f"{name} ", **data(ticket=f"{key}-name")),
                html.Span(NONE, className="value", **data(ticket=key)),
            ]
        )
        for key, name in names
    ]
    return html.Div(parts, className="ticket-estimate")


def _choice(
    key: str,
    name: str,
    words: dict[str, str],
    chosen: str,
    look: str,
    titles: dict[str, str] | None = None,
) -> html.Div:
    """Buttons of which one is pressed; arrow keys go from one to the next."""
    buttons = [
        html.Button(
            word,
            type="button",
            role="radio",
            title=(titles or {}).get(value),
            tabIndex=0 if value == chosen else -1,
            **data(value=value),
            **aria(checked="true" if value == chosen else "false"),
        )
        for value, word in words.items()
    ]
    return html.Div(
        buttons,
        className=f"choice {look}".rstrip(),
        role="radiogroup",
        **data(choice=key),
        **aria(label=name),
    )


def _field(id: str, label: str, name: str, unit: str) -> html.Div:
    """``unit``: what stands inside at the right, filled by the script."""
    inside: Component = (
        html.Button(
            NONE, type="button", className="field-unit field-unit-button", **data(ticket="mode")
        )
        if unit == "size"
        else html.Span("", className="field-unit", **data(ticket_unit=name))
    )
    field = dmc.TextInput(
        id=id,
        label=label,
        rightSection=inside,
        rightSectionPointerEvents="all" if unit == "size" else "none",
        rightSectionWidth=64 if unit != "money" else 44,
        className="control",
        inputProps={"autoComplete": "off"},
        attributes={"input": {"inputMode": "decimal"}},
    )
    return html.Div(field, className=f"ticket-field ticket-field-{name}")


def _shares() -> list[html.Button]:
    named = [(str(share), f"{share} %", f"{share} % of equity") for share in SHARES]
    return [
        html.Button(word, type="button", title=title, **data(share=value))
        for value, word, title in (*named, ("max", "Max", "All that can be ordered"))
    ]


def _tick(id: str, words: str, name: str) -> html.Div:
    return html.Div(
        dmc.Checkbox(id=id, label=words, size="xs", className="ticket-tick"),
        className=f"ticket-flag-{name}",
    )
