"""A 1280 x 720 chart of 300 candles, from arrays to bytes, beside the peers on the same machine in
the same run.

Ours: whole pictures, keyframes stage by stage, and the patch of a tick. Peers: mplfinance (PNG)
and Plotly through Kaleido (WebP); one that is not installed or cannot start is a row that says so.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from math import nan
from statistics import median

import numpy as np

from benchmarks.harness import Row, measure
from benchmarks.walk import BARS, candles
from chart_acceleration.batch import draw_charts
from chart_acceleration.chart_data import ChartData
from chart_acceleration.pipeline import ChartPipeline, Timings
from chart_acceleration.renderers.auto import choose
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import Interval

ALONE = Furniture(legend=True, last_line=True, venue="Coinbase", decimals=1)
LIVE = Furniture(legend=False, last_line=False, decimals=1)


def run() -> list[Row]:
    """All rows: ours, then the peers."""
    choice = choose("auto")
    if choice.renderer is None:
        raise RuntimeError(f"no renderer starts here: {'; '.join(choice.reasons)}")
    pipeline = ChartPipeline(choice.renderer)
    pipeline.warm_up()
    window = candles()
    rows = [*_pictures(pipeline, window), *_keyframe(pipeline, window), *_patches(pipeline, window)]
    rows += [
        _batch(choice.renderer, window, count, size)
        for size in ((340, 200), (1280, 720))
        for count in (16, 64)
    ]
    return [*rows, *_mplfinance(window), *_kaleido(window)]


def _spec(width: int = 1280, height: int = 720, scale: float = 1.0) -> ChartSpec:
    return ChartSpec("BTC-USD", Interval.M1, width, height, scale=scale, bars=BARS)


def _pictures(pipeline: ChartPipeline, window: CandleWindow) -> list[Row]:
    sizes = ((1280, 720, 1.0), (340, 200, 1.0), (1170, 1800, 3.0), (4096, 2160, 2.0))
    return [_picture(pipeline, window, _spec(*size)) for size in sizes]


def _picture(pipeline: ChartPipeline, window: CandleWindow, spec: ChartSpec) -> Row:
    return measure(
        f"picture {spec.width} x {spec.height}, {pipeline.renderer.name}",
        lambda: pipeline.picture(ChartData(window), spec, ALONE),
        size_bytes=len(pipeline.picture(ChartData(window), spec, ALONE)),
        goal="<= 0.8 ms" if spec.width == 1280 else "",
        note="legend, axes, volume, last price",
    )


def _batch(renderer: Renderer, window: CandleWindow, count: int, size: tuple[int, int]) -> Row:
    """Different charts at once: each ends with another candle."""
    names = ("time_ns", "open", "high", "low", "close", "volume")
    windows = [
        CandleWindow.from_arrays(*(getattr(window, name)[: BARS - at] for name in names))
        for at in range(count)
    ]
    jobs = [(ChartData(each), _spec(*size), ALONE) for each in windows]
    files = [file for file in draw_charts(jobs, renderer) if isinstance(file, bytes)]
    return measure(
        f"{count} pictures of {size[0]} x {size[1]} in one call, {renderer.name}",
        lambda: draw_charts(jobs, renderer),
        runs=50,
        size_bytes=sum(map(len, files)),
        note="threads, as many as cores" if renderer.name == "cpu" else "",
    )


def _keyframe(pipeline: ChartPipeline, window: CandleWindow) -> list[Row]:
    frames = [pipeline.keyframe(ChartData(window), _spec(), LIVE) for _ in range(200)]
    stages = [
        _stage(
            f"keyframe 1280 x 720: {name}",
            [getattr(frame.timings, f"{name}_ms") for frame in frames],
        )
        for name in ("layout", "draw", "encode")
    ]
    whole = measure(
        "keyframe 1280 x 720",
        lambda: pipeline.keyframe(ChartData(window), _spec(), LIVE),
        size_bytes=len(frames[0].webp),
        goal="<= 0.8 ms",
    )
    return [whole, *stages]


def _stage(name: str, samples: list[float]) -> Row:
    samples = sorted(samples)
    low, high = samples[len(samples) // 20], samples[-1 - len(samples) // 20]
    return Row(name, median(samples), low, high, len(samples))


def _patches(pipeline: ChartPipeline, window: CandleWindow) -> list[Row]:
    keyframe = pipeline.keyframe(ChartData(window), _spec(), LIVE)
    small = pipeline.keyframe(ChartData(window), _spec(340, 200), LIVE)
    ticked = _tick(window)

    def light() -> bytes:
        if not pipeline.can_patch(keyframe, ChartData(ticked)):
            raise RuntimeError("the tick left the frozen scales")
        return pipeline.patches([(keyframe, ChartData(ticked))]).webp

    jobs = [(small, ChartData(ticked))] * 16
    samples: list[Timings] = [
        pipeline.patches([(keyframe, ChartData(ticked))]).timings for _ in range(200)
    ]
    stages = [
        _stage(f"patch 1280 x 720: {name}", [getattr(timings, f"{name}_ms") for timings in samples])
        for name in ("layout", "draw", "encode")
    ]
    return [
        measure(
            "patch 1280 x 720, tick to bytes", light, size_bytes=len(light()), goal="<= 0.2 ms"
        ),
        *stages,
        measure(
            "16 patches of 340 x 200 in one picture",
            lambda: pipeline.patches(jobs),
            size_bytes=len(pipeline.patches(jobs).webp),
        ),
    ]


def _tick(window: CandleWindow) -> CandleWindow:
    """The same candles after one more trade inside the newest candle's range."""
    close = np.array(window.close)
    close[-1] = (window.high[-1] + window.low[-1]) / 2
    return replace(window, close=close)


def _skipped(name: str, why: str) -> list[Row]:
    return [Row(name, nan, nan, nan, 0, note=f"skipped: {why}")]


def _mplfinance(window: CandleWindow) -> list[Row]:
    name = "mplfinance 1280 x 720 PNG"
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an optional peer

        mpl.use("Agg")
        import mplfinance  # noqa: PLC0415
        import pandas  # noqa: PLC0415
    except ImportError as error:
        return _skipped(name, str(error))

    index = pandas.to_datetime(window.time_ns)
    names = ("open", "high", "low", "close", "volume")
    table = pandas.DataFrame(
        {field.title(): getattr(window, field) for field in names}, index=index
    )

    def draw() -> bytes:
        out = io.BytesIO()
        look = {"dpi": 100, "format": "png"}
        mplfinance.plot(
            table,
            type="candle",
            volume=True,
            style="nightclouds",
            figsize=(12.8, 7.2),
            savefig={"fname": out, **look},
        )
        return out.getvalue()

    return [
        measure(name, draw, runs=10, warm_up=1, size_bytes=len(draw()), note="300 candles, volume")
    ]


def _kaleido(window: CandleWindow) -> list[Row]:
    name = "Plotly through Kaleido 1280 x 720 WebP"
    try:
        import kaleido  # noqa: PLC0415 - an optional peer
        from plotly import graph_objects  # noqa: PLC0415
    except ImportError as error:
        return _skipped(name, str(error))

    figure = graph_objects.Figure(
        graph_objects.Candlestick(
            x=np.asarray(window.time_ns, dtype="datetime64[ns]"),
            open=window.open,
            high=window.high,
            low=window.low,
            close=window.close,
        )
    )
    figure.update_layout(width=1280, height=720, xaxis_rangeslider_visible=False)

    def draw() -> bytes:
        options = {"format": "webp", "width": 1280, "height": 720}
        picture: bytes = kaleido.calc_fig_sync(figure.to_dict(), opts=options)
        return picture

    try:
        kaleido.start_sync_server(silence_warnings=True)
        return [_timed(name, draw)]
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
