"""What a browser is told beside each picture: numbers for the legend, axis mapping, alt text."""

from typing import Any

import msgspec

from chart_acceleration.chart_data import ChartData
from chart_acceleration.layout import ChartLayout
from chart_acceleration.spec import ChartSpec, Furniture
from server.study_meta import study_meta


def describe(
    spec: ChartSpec,
    furniture: Furniture,
    data: ChartData,
    layout: ChartLayout,
    held: tuple[int, int],
) -> bytes:
    """The JSON object of one entry without its opening brace and ``chart``, which differ by viewer.

    :func:`for_chart` completes it. ``change`` compares the newest close with the close before it.
    ``held``: the oldest candle that can be shown and one past the newest, absolute indices.
    """
    candles = data.candles
    price = float(candles.close[-1])
    before = float(candles.close[-2]) if len(candles) > 1 else float(candles.open[-1])
    change = price - before
    change_pct = 100.0 * change / before if before else 0.0
    plot, scale = layout.plot, layout.frame.scale
    values: dict[str, Any] = {
        "symbol": spec.symbol,
        "interval": spec.interval.value,
        "venue": furniture.venue,
        "time_ms": int(candles.time_ns[-1]) // 1_000_000,
        "o": float(candles.open[-1]),
        "h": float(candles.high[-1]),
        "l": float(candles.low[-1]),
        "c": price,
        "volume": float(candles.volume[-1]),
        "change": change,
        "change_pct": change_pct,
        "decimals": furniture.decimals,
        "direction": 1 if price >= float(candles.open[-1]) else -1,
        "last_y": scale.row(price),
        "plot": [plot.x0, plot.y0, plot.x1, plot.y1],
        "price_top": layout.price_top,
        "price_bottom": layout.price_bottom,
        "ticks": [scale.row(tick) for tick in layout.frame.ticks.values],
        "first_index": layout.first_index,
        "x_first": layout.x_first,
        "step": layout.step,
        **study_meta(furniture, data, layout),
        "bars": spec.bars,
        "end": spec.end,
        "price_range": spec.price_range,
        "held": held,
        "following": spec.end is None,
        "stale": furniture.stale,
        "alt": alt_text(spec.symbol, price, change_pct, furniture.decimals),
    }
    return msgspec.json.encode(values)[1:]


def for_chart(chart: int, description: bytes) -> bytes:
    """The JSON object of one entry for the viewer's chart number."""
    return b'{"chart":%d,%b' % (chart, description)


def alt_text(symbol: str, price: float, change_pct: float, decimals: int) -> str:
    """Like ``BTC-USD 38,533.0, up 0.08 %``."""
    rounded = round(change_pct, 2)
    if rounded == 0:
        return f"{symbol} {price:,.{decimals}f}, unchanged"
    direction = "up" if rounded > 0 else "down"
    return f"{symbol} {price:,.{decimals}f}, {direction} {abs(rounded):.2f} %"
