"""Brand, page name, symbol, intervals, chart tools, feed pill and the appearance switches."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria
from components.chart_toolbar import chart_toolbar
from components.formats import NONE
from components.icons import icon
from components.navigation import PLACES
from components.paper_account import account_button
from market.types import INTERVALS


def top_bar(symbol: dmc.Select, interval: dmc.SegmentedControl, pill: html.Div) -> html.Header:
    """The bar of every page; CSS shows the parts that belong to ``<html data-page>``."""
    return html.Header(
        [
            html.Div("Candlecast", className="brand"),
            html.H1(
                [
                    html.Span(place.name, className=f"page-name page-name-{place.key}")
                    for place in PLACES
                ],
                className="page-names",
            ),
            html.Div(
                [symbol, html.Kbd("Ctrl K", className="symbol-key"), _phone_quote()],
                className="market-symbol",
            ),
            interval,
            chart_toolbar(),
            html.Div(className="top-bar-space"),
            html.Div(_performance_acts(), className="top-bar-performance"),
            account_button(),
            pill,
            html.Div(_switches(), className="top-bar-switches"),
        ],
        className="top-bar",
    )


def symbol_selector(symbols: Sequence[str], symbol: str) -> dmc.Select:
    """Searchable list of the symbols this server follows."""
    return dmc.Select(
        id=ids.SYMBOL,
        data=list(symbols),
        value=symbol,
        searchable=True,
        allowDeselect=False,
        checkIconPosition="right",
        nothingFoundMessage="No such symbol here",
        leftSection=icon("search"),
        leftSectionPointerEvents="none",
        rightSection=icon("chevron"),
        rightSectionPointerEvents="none",
        maxDropdownHeight=320,
        className="control symbol-selector",
        comboboxProps={"offset": 4, "transitionProps": {"duration": 0}},
        attributes={"input": {"aria-label": "Symbol", "aria-keyshortcuts": "Control+K"}},
    )


def interval_selector(interval: str) -> dmc.SegmentedControl:
    """The nine candle lengths as one radio group: arrow keys move, the focused one is ringed."""
    return dmc.SegmentedControl(
        id=ids.INTERVAL,
        data=[{"value": item.value, "label": item.value} for item in INTERVALS],
        value=interval,
        transitionDuration=0,
        className="interval-selector",
        attributes={"root": {"aria-label": "Interval"}},
    )


def _phone_quote() -> html.Div:
    return html.Div(
        [html.Span(NONE, id=ids.QUOTE_PRICE), html.Span(id=ids.QUOTE_CHANGE)],
        id=ids.QUOTE,
        className=quote_class("flat"),
    )


def quote_class(tone: str) -> str:
    """The class of the phone's price line; ``tone`` is up, down or flat."""
    return f"phone-quote {tone}"


def _performance_acts() -> list[Component]:
    """What the performance page offers to take away."""
    return [
        html.A([icon("download"), "Metrics"], href="/metrics", target="_blank", className="button"),
        html.Button("Copy diagnosis", id=ids.COPY_DIAGNOSIS, className="button copy-diagnosis"),
        dcc.Store(id=ids.DIAGNOSIS),
    ]


def _switches() -> list[html.Button]:
    return [
        html.Button(
            icon("eye"),
            id=ids.CONTRAST_TOGGLE,
            className="icon-button",
            title="Colour-blind-safe colours",
            **aria(label="Colour-blind-safe colours"),
        ),
        html.Button(
            [icon("sun", "when-dark"), icon("moon", "when-light")],
            id=ids.THEME_TOGGLE,
            className="icon-button",
            title="Light or dark theme",
            **aria(label="Light or dark theme"),
        ),
    ]
