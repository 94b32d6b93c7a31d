"""The frame around every page: navigation, top bar, strip, content, status bar, and the stores."""

from collections.abc import Sequence
from dataclasses import dataclass

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria
from components.feed_pill import feed_pill, feed_strip
from components.navigation import phone_navigation, rail
from components.notice_strips import notice_strips
from components.status_bar import status_bar
from components.top_bar import interval_selector, symbol_selector, top_bar

DEFAULT_INTERVAL = "1m"
_FONT = "Inter, system-ui, sans-serif"


@dataclass(frozen=True, slots=True)
class ShellFacts:
    """What the shell shows before the first status message arrives."""

    symbols: tuple[str, ...]
    label: str  # "LIVE", "SIMULATED" ...
    source: str  # beside the label: "Coinbase", "seed 7"
    mode: str  # "live" | "simulated" | "replay"
    tier: str  # "picture" | "plotly"
    may_sign_out: bool = False  # whether a password is set
    pace: str = ""  # of a replay: "8×"


def layout(content: Component, facts: ShellFacts) -> dmc.MantineProvider:
    """The Dash layout of the whole application around ``dash.page_container``."""
    frame = html.Div(
        [
            rail(facts.may_sign_out),
            top_bar(
                symbol_selector(facts.symbols, facts.symbols[0]),
                interval_selector(DEFAULT_INTERVAL),
                feed_pill(facts.label, facts.source, facts.pace),
            ),
            html.Section(
                [feed_strip(facts.mode, facts.symbols), *notice_strips()],
                className="strips",
                **aria(label="Notices"),
            ),
            html.Main(content, className="content"),
            status_bar(),
            phone_navigation(facts.may_sign_out),
        ],
        className="shell",
    )
    return dmc.MantineProvider(
        [frame, *_keepers(facts.tier)],
        id=ids.MANTINE,
        defaultColorScheme="auto",  # theme.js has told it the kept one
        theme={"fontFamily": _FONT, "primaryColor": "blue", "respectReducedMotion": True},
    )


def _keepers(tier: str) -> Sequence[Component]:
    return (
        dcc.Store(id=ids.THEME, data="dark"),
        dcc.Store(id=ids.TIER, data=tier),
        dmc.NotificationContainer(
            id=ids.TOASTS,
            position="bottom-right",
            limit=4,
            transitionDuration=0,
            containerWidth=380,
        ),
    )


def _script(name: str) -> ClientsideFunction:
    return ClientsideFunction(namespace="candlecast", function_name=name)


clientside_callback(
    _script("theme"),
    Output(ids.THEME, "data"),
    Output(ids.MANTINE, "forceColorScheme"),
    Input(ids.THEME_TOGGLE, "n_clicks"),
    Input(ids.CONTRAST_TOGGLE, "n_clicks"),
)
clientside_callback(
    _script("fromAddress"),
    Output(ids.SYMBOL, "value"),
    Output(ids.INTERVAL, "value"),
    Input(ids.LOCATION, "pathname"),
    Input(ids.LOCATION, "search"),
    State(ids.SYMBOL, "data"),
    State(ids.SYMBOL, "value"),
    State(ids.INTERVAL, "data"),
    State(ids.INTERVAL, "value"),
)
clientside_callback(
    _script("toAddress"),
    *(Output(link, "href") for link in ids.MARKET_LINKS),
    Input(ids.SYMBOL, "value"),
    Input(ids.INTERVAL, "value"),
)
