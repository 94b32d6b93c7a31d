"""Strips under the top bar for what befell this page; the script shows and fills them."""

from dash import html

from components.attributes import aria, data
from components.icons import icon


def notice_strips() -> list[html.Div]:
    """Signed out, another way of drawing, history filled: hidden until it happens."""
    return [
        _notice(
            "signed-out",
            ("lock", "strip-down", "alert"),
            ("Signed out", "Your session ended. Charts are paused."),
            html.A("Sign in", href="/login", className="button button-small"),
        ),
        _notice(
            "drawing",
            ("warning", "strip-warn", "alert"),
            ("", ""),
            html.A("Details", href="/performance", className="button button-small"),
            _close("drawing"),
        ),
        _notice(
            "filled", ("info", "strip-info", "status"), ("History filled", ""), _close("filled")
        ),
    ]


def _notice(
    name: str,
    look: tuple[str, str, str],
    words: tuple[str, str],
    *acts: html.A | html.Button,
) -> html.Div:
    """``look``: icon, class, role; ``words``: what happened, and the cause."""
    picture, tone, role = look
    fact, cause = words
    return html.Div(
        [
            icon(picture),
            html.B(fact, **data(notice_field="fact")),
            html.Span(cause, className="strip-cause", **data(notice_field="cause")),
            html.Span(list(acts), className="strip-acts"),
        ],
        className=f"strip {tone}",
        role=role,
        hidden=True,
        **data(notice=name),
    )


def _close(name: str) -> html.Button:
    return html.Button(
        icon("close"),
        className="icon-button",
        type="button",
        title="Close",
        **data(closes_notice=name),
        **aria(label="Close"),
    )
