"""The dialogs of the paper page: modal, filled with their fields by ``97_paper_dialogs.js``."""

from dash import html

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
}


def paper_dialogs() -> list[html.Dialog]:
    """One for each act that asks for something; closed until it is."""
    return [_dialog(name, title) for name, title in TITLES.items()]


def _dialog(name: str, title: str) -> html.Dialog:
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
    form = html.Form(className="paper-form", method="dialog", **data(dialog_form=name))
    return html.Dialog(
        [head, form],
        className=f"dialog paper-dialog paper-dialog-{name}",
        **data(dialog=name),
        **aria(labelledby=f"paper-dialog-{name}"),
    )
