"""What else draws charts of candles to files: mplfinance (PNG), Plotly through Kaleido (WebP)."""

import io
from collections.abc import Callable
from math import nan

import numpy as np

from benchmarks.harness import Row, measure
from benchmarks.overlays import OVERLAID
from benchmarks.walk import BARS
from chart_acceleration.chart_data import ChartData
from chart_acceleration.scene import F64
from market.columns import CandleWindow


def _skipped(name: str, why: str) -> Row:
    return Row(name, nan, nan, nan, 0, note=f"skipped: {why}")


def _shown(data: ChartData) -> tuple[CandleWindow, list[F64]]:
    """The visible candles, and the overlays beside them."""
    names = ("time_ns", "open", "high", "low", "close", "volume")
    window = CandleWindow.from_arrays(*(getattr(data.candles, name)[-BARS:] for name in names))
    return window, [values[0, -BARS:] for values in data.values]


def mplfinance_row(data: ChartData) -> Row:
    """The newest candles with volume, and the overlays if there are any, as PNG."""
    name = f"mplfinance 1280 x 720{OVERLAID if data.values else ''} PNG"
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an optional peer

        mpl.use("Agg")
        import mplfinance  # noqa: PLC0415
        import pandas  # noqa: PLC0415
    except ImportError as error:
        return _skipped(name, str(error))

    window, overlays = _shown(data)
    index = pandas.to_datetime(window.time_ns)
    names = ("open", "high", "low", "close", "volume")
    table = pandas.DataFrame(
        {field.title(): getattr(window, field) for field in names}, index=index
    )

    def draw() -> bytes:
        out = io.BytesIO()
        look = {"dpi": 100, "format": "png"}
        lines = [mplfinance.make_addplot(values) for values in overlays]
        mplfinance.plot(
            table,
            addplot=lines,
            type="candle",
            volume=True,
            style="nightclouds",
            figsize=(12.8, 7.2),
            savefig={"fname": out, **look},
        )
        return out.getvalue()

    return measure(
        name, draw, runs=10, warm_up=1, size_bytes=len(draw()), note="300 candles, volume"
    )


def kaleido_row(data: ChartData) -> Row:
    """The newest candles without volume, and the overlays if there are any, as WebP."""
    name = f"Plotly through Kaleido 1280 x 720{OVERLAID if data.values else ''} WebP"
    try:
        import kaleido  # noqa: PLC0415 - an optional peer
        from plotly import graph_objects  # noqa: PLC0415
    except ImportError as error:
        return _skipped(name, str(error))

    window, overlays = _shown(data)
    times = np.asarray(window.time_ns, dtype="datetime64[ns]")
    prices = {field: getattr(window, field) for field in ("open", "high", "low", "close")}
    figure = graph_objects.Figure(
        [
            graph_objects.Candlestick(x=times, **prices),
            *(graph_objects.Scatter(x=times, y=values, mode="lines") for values in overlays),
        ]
    )
    figure.update_layout(width=1280, height=720, xaxis_rangeslider_visible=False)

    def draw() -> bytes:
        options = {"format": "webp", "width": 1280, "height": 720}
        picture: bytes = kaleido.calc_fig_sync(figure.to_dict(), opts=options)
        return picture

    try:
        kaleido.start_sync_server(silence_warnings=True)
        return _timed(name, draw)
    except (RuntimeError, OSError, ValueError) as error:
        return _skipped(name, f"{type(error).__name__}: {str(error).splitlines()[0]}")
    finally:
        kaleido.stop_sync_server(silence_warnings=True)


def _timed(name: str, draw: Callable[[], bytes]) -> Row:
    return measure(
        name,
        draw,
        runs=10,
        warm_up=1,
        size_bytes=len(draw()),
        note="browser kept open; 300 candles, no volume",
    )
