"""The dialogs of the paper page: modal, filled with their fields by ``97_paper_dialogs.js``."""

from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.icons import icon

TITLES = {
    "account": "New account",
    "terms": "Fees and leverage",
    "limits": "Risk limits",
    "start": "Start a strategy",
    "note": "Note",
    "reconcile": "Reconcile",
    "sure": "Close all positions?",
    "keys": "Keys of this page",
}
KEYS = (
    ("B", "Buy: its size is typed next"),
    ("S", "Sell: its size is typed next"),
    ("M", "At market"),
    ("L", "Limit order: its price is typed next"),
    ("T", "Stop order: its trigger is typed next"),
    ("Enter", "Send the order"),
    ("Esc", "Leave the ticket; put a dragged line back"),
    ("↑ ↓", "In a price or a size: one step, with Shift ten; on a line's grip: move it"),
    ("← →", "In a choice or among tabs: the next one"),
    ("Delete", "On a line's grip: cancel the order"),
    ("Ctrl Shift X", "Stop all trading, at once"),
    ("?", "This list"),
)
"""What keys do, for people to find."""


def paper_dialogs() -> list[html.Dialog]:
    """One for each act that asks for something, and the list of keys; closed until it is."""
    return [
        _dialog(name, title, _keys() if name == "keys" else _form(name))
        for name, title in TITLES.items()
    ]


def _form(name: str) -> html.Form:
    return html.Form(className="paper-form", method="dialog", **data(dialog_form=name))


def _keys() -> html.Table:
    rows = [
        html.Tr([html.Th([html.Kbd(key) for key in keys.split()], scope="row"), html.Td(words)])
        for keys, words in KEYS
    ]
    return html.Table(html.Tbody(rows), className="paper-keys")


def _dialog(name: str, title: str, body: Component) -> html.Dialog:
    head = html.Div(
        [
            html.H2(title, id=f"paper-dialog-{name}"),
            html.Button(
                icon("close"),
                type="button",
                className="icon-button",
                title="Close",
                **data(dialog_act="close"),
                **aria(label="Close"),
            ),
        ],
        className="dialog-head",
    )
    return html.Dialog(
        [head, body],
        className=f"dialog paper-dialog paper-dialog-{name}",
        **data(dialog=name),
        **aria(labelledby=f"paper-dialog-{name}"),
    )
