"""Messages about one event: a fill as a toast, a refusal in the ticket where it was asked for."""

from typing import Any

from dash import html

from components.icons import icon

SUCCESS_MS = 4000


def filled_toast(key: str, title: str, detail: str) -> dict[str, Any]:
    """One entry for ``NotificationContainer(sendNotifications=...)``; it leaves after 4 s."""
    return {
        "action": "show",
        "id": key,
        "title": title,
        "message": detail,
        "icon": icon("check"),
        "autoClose": SUCCESS_MS,
        "withBorder": True,
        "className": "toast toast-success",
    }


def refused_toast(key: str, title: str, detail: str) -> dict[str, Any]:
    """One entry that stays until it is closed: something asked for was not done."""
    return {
        "action": "show",
        "id": key,
        "title": title,
        "message": detail,
        "icon": icon("error"),
        "autoClose": False,
        "withBorder": True,
        "className": "toast toast-error",
    }


def refusal(sentence: str) -> html.Div:
    """Stays until the next order. ``sentence`` may repeat the title, which is then said once."""
    cause = sentence.removeprefix("Order refused: ")
    return html.Div(
        [icon("error"), html.Div([html.B("Order refused"), html.P(cause[:1].upper() + cause[1:])])],
        className="refusal",
    )
