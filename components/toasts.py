"""Messages about one event that stay until they are closed; those of trading are the scripts'."""

from typing import Any

from components.icons import icon


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
