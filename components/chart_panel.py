"""One live chart: picture layers, last-price line, legend, states; driven by the chart script."""

from dash import dcc, html

from components import ids
from components.attributes import aria, data
from components.formats import NONE
from components.icons import icon
from components.ticks import tick

DEFAULT_BARS = 120


def chart_panel(
    symbol: str, interval: str, venue: str, elements: str = "{}", bars: int = DEFAULT_BARS
) -> html.Div:
    """The panel of chart 1. The script reads the ``data-`` attributes and fills all other parts.

    ``elements``: a JSON object, what the chart shows beside candles, as the socket takes it.
    """
    return html.Div(
        [
            html.Img(className="chart-keyframe", alt="", draggable="false"),
            html.Img(className="chart-patch", alt="", draggable="false"),
            html.Div(className="chart-last-line", hidden=True),
            legend(symbol or NONE, " · ".join(part for part in (interval, venue) if part)),
            html.Div(className="chart-panes"),
            _state(),
            _progress(),
            lost_strip(),
        ],
        id=ids.CHART,
        className="chart",
        tabIndex=0,
        role="group",
        **data(
            chart="1",
            symbol=symbol,
            interval=interval,
            bars=str(bars),
            venue=venue,
            elements=elements,
        ),
        **aria(label="Candlestick chart"),
    )


def refused_chart(why: str, instead: str) -> html.Div:
    """In place of a chart that was asked for and cannot be; ``instead`` is an address that can."""
    words = html.Div(
        [
            icon("candles", "icon-20"),
            html.Div("This chart cannot be drawn", **data(state_field="title")),
            html.Div(why, **data(state_field="detail")),
            html.A("Show the standard chart", href=instead, className="button"),
        ],
        className="chart-state",
        role="alert",
        **data(state="error"),
    )
    return html.Div(words, className="chart")


def _field(name: str, text: str = NONE) -> html.Span:
    return html.Span(text, **data(field=name))


def legend(symbol: str, context: str) -> html.Div:
    """Title, then open, high, low, close, change, then studies and volume.

    Places are kept without values.
    """
    title = html.Div(
        [
            _field("symbol", symbol),
            _field("context", context),
            html.Span("STALE", className="tag tag-down", hidden=True, **data(field="stale")),
        ],
        className="chart-legend-title",
    )
    values = [
        html.Span([html.I(letter), _field(name)], className="chart-legend-pair")
        for letter, name in (("O", "o"), ("H", "h"), ("L", "l"), ("C", "c"))
    ]
    volume = html.Span(
        [html.I("Vol"), _field("volume")], className="chart-legend-pair chart-legend-volume"
    )
    studies = html.Span(className="chart-legend-studies")
    rows = [
        html.Div([*values, _field("change")], className="chart-legend-row"),
        html.Div([studies, volume], className="chart-legend-row"),
    ]
    return html.Div(
        [title, html.Div(rows, className="chart-legend-rows")], className="chart-legend"
    )


def _state() -> html.Div:
    return html.Div(
        [
            icon("candles", "icon-20"),
            html.Div(**data(state_field="title")),
            html.Div(**data(state_field="detail")),
            html.Div(
                [
                    html.Button(
                        "Load history", id=ids.LOAD_HISTORY, className="button", type="button"
                    ),
                    html.Button(
                        "Show 1m",
                        className="button button-quiet",
                        type="button",
                        **data(act="show-1m"),
                    ),
                ],
                className="chart-state-acts",
            ),
        ],
        className="chart-state",
        hidden=True,
        role="status",
    )


def _progress() -> html.Div:
    """Over the chart's foot while its history comes: how many candles of how many."""
    return html.Div(
        [
            html.Div([html.B("Loading history"), html.Span(**data(progress="text"))]),
            html.Div(html.Div(**data(progress="bar")), className="progress-track"),
        ],
        className="chart-progress",
        hidden=True,
        role="progressbar",
        **aria(label="Loading history"),
    )


def lost_strip() -> html.Div:
    """Over the chart while the feed is lost: who, since when, next try, and the act."""
    return html.Div(
        [
            icon("plug"),
            html.B("Feed lost", role="alert"),  # said once; the ages beside it change every second
            html.Span(className="strip-cause", **data(lost="source")),
            html.Span(className="strip-end", **data(lost="retry")),
            html.Button("Retry now", id=ids.RETRY_FEED, className="button button-small"),
        ],
        className="strip strip-down chart-lost",
        hidden=True,
    )


def plotly_chart() -> html.Div:
    """The tier without pictures: same place, legend inside the figure, drawn once a second."""
    graph = dcc.Graph(
        id=ids.PLOTLY_CHART,
        className="plotly-chart",
        config={"displayModeBar": False, "responsive": True, "scrollZoom": True},
    )
    return html.Div([graph, tick(ids.PLOTLY_TICK)], className="chart-fallback")
