"""The chart without pictures: the same candles, colours and places as a Plotly figure.

For the tier in which no renderer runs. The figure is made as plain values of Plotly's JSON schema:
building ``graph_objects`` would validate every property again on each refresh (the tests do it
instead).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chart_acceleration.chart_data import ChartData
from chart_acceleration.numbers import price_text, signed_text, volume_text
from chart_acceleration.palette import Role, theme
from chart_acceleration.scales import VOLUME_SHARE
from chart_acceleration.scene import U8
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow

_FONT = "Inter, system-ui, sans-serif"
_AXIS_WIDTH, _AXIS_HEIGHT = 72, 24
_LEGEND_HEIGHT = 56
_NANOSECONDS_PER_MS = 1_000_000
_TIME_TEXTS = [
    {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
    {"dtickrange": [60_000, 86_400_000], "value": "%H:%M"},
    {"dtickrange": [86_400_000, "M1"], "value": "%-d %b"},
    {"dtickrange": ["M1", None], "value": "%b %Y"},
]


def figure(data: ChartData, spec: ChartSpec, furniture: Furniture) -> dict[str, Any]:
    """A figure for ``dcc.Graph``: the last ``spec.bars`` candles, volume, last price and legend.

    ``spec.theme`` and ``furniture.stale`` choose the colours, ``furniture.decimals`` the digits.
    ``uirevision`` stays the same for one market and interval, so that a zoom outlives refreshes.
    Without candles: axes and one sentence.
    """
    candles = data.candles
    chosen = theme(spec.theme)
    palette = chosen.stale if furniture.stale else chosen.palette
    layout = _layout(spec, furniture, palette)
    if len(candles) == 0:
        layout["annotations"] = [_sentence("No candles yet", palette)]
        return {"data": [], "layout": layout}
    layout["annotations"] = [
        _legend(candles, spec, furniture, palette),
        _last_label(candles, furniture, palette),
    ]
    layout["shapes"] = [_last_line(candles, palette)]
    first = max(0, len(candles) - spec.bars)
    return {
        "data": [
            _volume(candles, first, palette),
            _candlesticks(candles, first, palette),
        ],
        "layout": layout,
    }


def _colour(palette: U8, role: Role) -> str:
    red, green, blue = palette[role].tolist()
    return f"#{red:02X}{green:02X}{blue:02X}"


def _rising(candles: CandleWindow) -> NDArray[np.bool_]:
    rising: NDArray[np.bool_] = candles.close >= candles.open
    return rising


def _milliseconds(candles: CandleWindow, first: int) -> list[int]:
    times: list[int] = (candles.time_ns[first:] // _NANOSECONDS_PER_MS).tolist()
    return times


def _candlesticks(candles: CandleWindow, first: int, palette: U8) -> dict[str, Any]:
    up, down = _colour(palette, Role.UP), _colour(palette, Role.DOWN)
    return {
        "type": "candlestick",
        "x": _milliseconds(candles, first),
        "open": candles.open[first:].tolist(),
        "high": candles.high[first:].tolist(),
        "low": candles.low[first:].tolist(),
        "close": candles.close[first:].tolist(),
        "increasing": {"line": {"color": up, "width": 1}, "fillcolor": up},
        "decreasing": {"line": {"color": down, "width": 1}, "fillcolor": down},
        "name": "",
    }


def _volume(candles: CandleWindow, first: int, palette: U8) -> dict[str, Any]:
    shades = (_colour(palette, Role.DOWN_SHADE), _colour(palette, Role.UP_SHADE))
    return {
        "type": "bar",
        "x": _milliseconds(candles, first),
        "y": candles.volume[first:].tolist(),
        "yaxis": "y2",
        "marker": {"color": np.where(_rising(candles)[first:], shades[1], shades[0]).tolist()},
        "marker_line_width": 0,
        "hoverinfo": "skip",
    }


def _direction(candles: CandleWindow, palette: U8) -> str:
    up = candles.close[-1] >= candles.open[-1]
    return _colour(palette, Role.UP if up else Role.DOWN)


def _last_line(candles: CandleWindow, palette: U8) -> dict[str, Any]:
    price = float(candles.close[-1])
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": price,
        "y1": price,
        "line": {"color": _direction(candles, palette), "width": 1, "dash": "2px,2px"},
    }


def _last_label(candles: CandleWindow, furniture: Furniture, palette: U8) -> dict[str, Any]:
    price = float(candles.close[-1])
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "y": price,
        "showarrow": False,
        "text": price_text(price, furniture.decimals),
        "font": {"color": _colour(palette, Role.BACKGROUND), "weight": 600},
        "bgcolor": _direction(candles, palette),
        "borderpad": 3,
    }


def _legend(
    candles: CandleWindow, spec: ChartSpec, furniture: Furniture, palette: U8
) -> dict[str, Any]:
    close = float(candles.close[-1])
    before = float(candles.close[-2]) if len(candles) > 1 else float(candles.open[-1])
    share = 100.0 * (close - before) / before if before else 0.0
    change = signed_text(close - before, furniture.decimals)
    values = [
        f"{letter} {price_text(float(column[-1]), furniture.decimals)}"
        for letter, column in zip(
            "OHLC", (candles.open, candles.high, candles.low, candles.close), strict=True
        )
    ]
    context = f"{spec.interval} · {furniture.venue}" if furniture.venue else str(spec.interval)
    coloured = f"{'  '.join(values)}<br>{change} ({signed_text(share, 2)} %)"
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": 8,
        "align": "left",
        "showarrow": False,
        "text": f"<b>{spec.symbol}</b>  {context}<br>"
        f'<span style="color:{_direction(candles, palette)}">{coloured}</span>'
        f"  Vol {volume_text(float(candles.volume[-1]))}",
    }


def _sentence(text: str, palette: U8) -> dict[str, Any]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0.5,
        "y": 0.5,
        "showarrow": False,
        "text": text,
        "font": {"color": _colour(palette, Role.TEXT), "size": 12},
    }


def _layout(spec: ChartSpec, furniture: Furniture, palette: U8) -> dict[str, Any]:
    background = _colour(palette, Role.BACKGROUND)
    axis = {
        "gridcolor": _colour(palette, Role.GRID),
        "linecolor": _colour(palette, Role.AXIS),
        "showline": True,
        "zeroline": False,
    }
    return {
        "paper_bgcolor": background,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 11, "color": _colour(palette, Role.TEXT)},
        "margin": {"l": 0, "r": _AXIS_WIDTH, "t": _LEGEND_HEIGHT, "b": _AXIS_HEIGHT},
        "showlegend": False,
        "dragmode": "pan",
        "hovermode": "x",
        "bargap": 0.3,
        "uirevision": f"{spec.symbol} {spec.interval}",
        "xaxis": axis
        | {
            "anchor": "y2",
            "type": "date",
            "tickformatstops": _TIME_TEXTS,  # one line each: the axis is 24 px high
            "rangeslider": {"visible": False},
        },
        "yaxis": axis
        | {
            "domain": [VOLUME_SHARE, 1],  # Plotly's own range would put low candles over the volume
            "side": "right",
            "tickformat": f",.{furniture.decimals}f",
        },
        "yaxis2": {
            "domain": [0, VOLUME_SHARE],
            "rangemode": "tozero",
            "fixedrange": True,
            "visible": False,
        },
    }
