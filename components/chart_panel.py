"""One live chart: picture layers, last-price line, legend, states; driven by the chart script."""

from dash import dcc, html

from components import ids
from components.attributes import aria, data
from components.formats import NONE
from components.icons import icon

DEFAULT_BARS = 120


def chart_panel(symbol: str, interval: str, venue: str, bars: int = DEFAULT_BARS) -> html.Div:
    """The panel of chart 1. The script reads the ``data-`` attributes and fills all other parts."""
    return html.Div(
        [
            html.Img(className="chart-keyframe", alt="", draggable="false"),
            html.Img(className="chart-patch", alt="", draggable="false"),
            html.Div(className="chart-last-line", hidden=True),
            legend(symbol or NONE, " · ".join(part for part in (interval, venue) if part)),
            _state(),
            lost_strip(),
        ],
        id=ids.CHART,
        className="chart",
        tabIndex=0,
        role="group",
        **data(chart="1", symbol=symbol, interval=interval, bars=str(bars), venue=venue),
        **aria(label="Candlestick chart"),
    )


def _field(name: str, text: str = NONE) -> html.Span:
    return html.Span(text, **data(field=name))


def legend(symbol: str, context: str) -> html.Div:
    """Title, then open, high, low, close, change, volume; places are kept without values."""
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
    row = html.Div([*values, _field("change"), volume], className="chart-legend-row")
    return html.Div([title, row], className="chart-legend")


def _state() -> html.Div:
    return html.Div(
        [
            icon("candles", "icon-20"),
            html.Div(**data(state_field="title")),
            html.Div(**data(state_field="detail")),
        ],
        className="chart-state",
        hidden=True,
        role="status",
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
    return html.Div(
        [graph, dcc.Interval(id=ids.PLOTLY_TICK, interval=1000)], className="chart-fallback"
    )
