"""The rail at the left of a desktop page, the bar at the bottom of a phone page: same places."""

from typing import NamedTuple

from dash import dcc, html

from components.attributes import aria
from components.icons import icon


class Place(NamedTuple):
    """One page of the navigation. ``key`` names it in ids, in CSS and in ``<html data-page>``."""

    key: str
    name: str
    short: str
    href: str


PLACES = (
    Place("dashboard", "Dashboard", "Dashboard", "/"),
    Place("backtest", "Backtesting", "Backtest", "/backtesting"),
    Place("paper", "Paper trading", "Paper", "/paper"),
    Place("data", "Data", "Data", "/data"),
    Place("performance", "Performance", "Performance", "/performance"),
)

SIGN_OUT = "Sign out"


def rail(may_sign_out: bool) -> html.Nav:
    """Icons only, 48 px wide; each carries its name as title and for screen readers."""
    links = [
        dcc.Link(
            [icon(place.key, "icon-18"), html.Span(place.name, className="visually-hidden")],
            id=f"nav-{place.key}",
            href=place.href,
            title=place.name,
            className=f"rail-link nav-{place.key}",
        )
        for place in PLACES
    ]
    mark = html.Div(
        [icon("mark-candle", "icon-20"), icon("mark-waves", "icon-20")], className="rail-mark"
    )
    foot = _sign_out(
        [icon("sign-out", "icon-18"), html.Span(SIGN_OUT, className="visually-hidden")],
        "rail-link",
    )
    return html.Nav(
        [mark, *links, *([foot] if may_sign_out else [])], className="rail", **aria(label="Pages")
    )


def phone_navigation(may_sign_out: bool) -> html.Nav:
    """Icons over names, 64 px high, shown below 768 px."""
    links = [
        dcc.Link(
            [icon(place.key, "icon-20"), html.Span(place.short)],
            id=f"phone-nav-{place.key}",
            href=place.href,
            className=f"phone-link nav-{place.key}",
        )
        for place in PLACES
    ]
    foot = _sign_out([icon("sign-out", "icon-20"), html.Span(SIGN_OUT)], "phone-link")
    return html.Nav(
        [*links, *([foot] if may_sign_out else [])],
        className="phone-navigation",
        **aria(label="Pages"),
    )


def _sign_out(content: list[html.Span], look: str) -> html.Form:
    """Ends the session of this browser; a plain form, as the login page has one."""
    button = html.Button(content, type="submit", title=SIGN_OUT, className=look)
    return html.Form(button, action="/logout", method="post", className="sign-out")
