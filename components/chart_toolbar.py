"""What the dashboard's top bar offers for its charts, and the menus that open from there.

Plain buttons with ``data-`` attributes: choosing happens in the browser (``83_toolbar.js``), and
concerns the active chart.
"""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria, data
from components.chart_grid import SIZES
from components.icons import icon

STYLES: Mapping[str, str] = {
    "candles": "Candles",
    "hollow": "Hollow candles",
    "bars": "Bars",
    "heikin-ashi": "Heikin-Ashi",
    "line": "Line",
    "area": "Area",
}
AXES: Mapping[str, str] = {"linear": "Linear", "log": "Logarithmic", "percent": "Percent"}
FLAGS: Mapping[str, str] = {
    "volume": "Volume",
    "countdown": "Time to the close",
    "quote": "Bid and ask",
    "trades": "Paper fills",
}
ZONES = (
    *("UTC", "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Berlin", "Europe/Zurich", "Asia/Dubai", "Asia/Kolkata"),
    *("Asia/Singapore", "Asia/Hong_Kong", "Asia/Tokyo", "Australia/Sydney"),
)
"""Offered beside the browser's own zone."""

_PICTURE_ACTS = (
    ("download", "download", "Download the picture"),
    ("copy-address", "copy", "Copy its address"),
)


def chart_toolbar() -> html.Div:
    """Chart type, indicators, settings, and how many charts."""
    return html.Div(
        [
            _opener(ids.STYLE_MENU, "candles", "Chart type", "Candles", "toolbar-style"),
            _opener(ids.PICKER, "indicators", "Indicators", "Indicators", "toolbar-indicators"),
            _opener(ids.CHART_SETTINGS, "settings", "Price axis, time zone, lines", "", ""),
            html.Div(
                [_size(count) for count in SIZES],
                className="grid-sizes",
                role="group",
                **aria(label="Charts"),
            ),
            html.Button(  # on a phone, where a chart has no room for acts of its own
                icon("expand"),
                className="toolbar-button toolbar-full",
                type="button",
                title="Full screen",
                **data(act="full-screen"),
                **aria(label="Full screen", pressed="false"),
            ),
        ],
        className="chart-toolbar",
    )


def _opener(opens: str, picture: str, name: str, words: str, extra: str) -> html.Button:
    text: list[Component] = [html.Span(words, className="toolbar-words")] if words else []
    more = [icon("chevron")] if opens == ids.STYLE_MENU else []
    return html.Button(
        [icon(picture), *text, *more],
        className=f"toolbar-button {extra}".rstrip(),
        type="button",
        title=name,
        **data(opens=opens),
        **aria(label=name, expanded="false", haspopup="dialog" if words != "Candles" else "menu"),
    )


def _size(count: int) -> html.Button:
    name = "One chart" if count == 1 else f"{count} charts"
    return html.Button(
        icon(f"grid-{count}"),
        className="icon-button",
        type="button",
        title=name,
        **data(size=str(count)),
        **aria(label=name, pressed="true" if count == 1 else "false"),
    )


def chart_menus() -> list[Component]:
    """The menus of the toolbar and of every chart's own acts; closed at first."""
    return [_style_menu(), _settings(), _link_menu(), _picture_menu()]


def _style_menu() -> html.Div:
    items = [_choice("style", value, words) for value, words in STYLES.items()]
    return _popup(ids.STYLE_MENU, "Chart type", "menu", items)


def _settings() -> html.Div:
    zone = html.Label(
        [
            html.Span("Time zone", className="popup-caption"),
            html.Select(
                [html.Option(name.replace("_", " "), value=name) for name in ZONES],
                className="zone-select",
                **data(zone="select"),
            ),
        ],
        className="popup-field",
    )
    axes = html.Div(
        [_choice("axis", value, words) for value, words in AXES.items()],
        role="group",
        **aria(label="Price axis"),
    )
    flags = [_choice("flag", value, words, "menuitemcheckbox") for value, words in FLAGS.items()]
    return _popup(
        ids.CHART_SETTINGS,
        "Chart settings",
        "dialog",
        [
            html.Div("Price axis", className="popup-caption"),
            axes,
            zone,
            html.Div("Show", className="popup-caption"),
            *flags,
            html.Div(
                [html.Div("Picture", className="popup-caption"), *_picture_acts()],
                className="phone-picture",
            ),
        ],
    )


def _link_menu() -> html.Div:
    items = [
        _choice("link", name, f"Follow the {name}", "menuitemcheckbox")
        for name in ("symbol", "interval")
    ]
    note = html.P("Charts that follow change together.", className="popup-note")
    return _popup(ids.LINK_MENU, "Link this chart", "menu", [*items, note])


def _picture_menu() -> html.Div:
    return _popup(ids.PICTURE_MENU, "Picture of this view", "menu", _picture_acts())


def _picture_acts() -> list[html.Button]:
    return [
        html.Button(
            [icon(picture), words],
            className="popup-item",
            type="button",
            role="menuitem",
            **data(act=act),
        )
        for act, picture, words in _PICTURE_ACTS
    ]


def _choice(kind: str, value: str, words: str, role: str = "menuitemradio") -> html.Button:
    return html.Button(
        [words, icon("check")],
        className="popup-item",
        type="button",
        role=role,
        **data(**{kind: value}),
        **aria(checked="false"),
    )


def _popup(id: str, name: str, role: str, children: Sequence[Component]) -> html.Div:
    return html.Div(
        list(children), id=id, className="popup", role=role, hidden=True, **aria(label=name)
    )
