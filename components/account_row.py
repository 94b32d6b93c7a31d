"""Figures of an account in one row, divided by lines."""

from collections.abc import Sequence
from typing import NamedTuple

from dash import html


class Figure(NamedTuple):
    """``value`` as written; ``tone`` is up, down or flat; ``unit`` stands after it, or is empty."""

    caption: str
    value: str
    tone: str = "flat"
    unit: str = ""


def account_row(figures: Sequence[Figure]) -> list[html.Div]:
    """Children of a ``div.account-row``."""
    return [
        html.Div(
            [
                html.Div(figure.caption, className="caption"),
                html.Div([html.B(figure.value, className=figure.tone), html.Span(figure.unit)]),
            ],
            className="account-figure",
        )
        for figure in figures
    ]
