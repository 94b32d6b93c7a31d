"""A 1280 x 720 chart of 300 candles, from arrays to bytes, beside the peers on the same machine in
the same run.

Ours: whole pictures, keyframes stage by stage, and the patch of a tick. Peers: mplfinance (PNG)
and Plotly through Kaleido (WebP); one that is not installed or cannot start is a row that says so.
"""

from statistics import median

from benchmarks.harness import Row, measure
from benchmarks.overlays import ELEMENTS, LONGEST, OVERLAID, ticked, with_overlays
from benchmarks.peers import kaleido_row, mplfinance_row
from benchmarks.walk import BARS, candles
from chart_acceleration.batch import draw_charts
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import PLAIN, Elements
from chart_acceleration.pipeline import ChartPipeline, Timings
from chart_acceleration.renderers.auto import choose
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import Interval

ALONE = Furniture(legend=True, last_line=True, venue="Coinbase", decimals=1)
LIVE = Furniture(legend=False, last_line=False, decimals=1)
LARGE_BARS = 500


def run() -> list[Row]:
    """All rows: ours, then the peers."""
    choice = choose("auto")
    if choice.renderer is None:
        raise RuntimeError(f"no renderer starts here: {'; '.join(choice.reasons)}")
    pipeline = ChartPipeline(choice.renderer)
    pipeline.warm_up()
    window, overlaid = candles(), with_overlays(candles(BARS + LONGEST))
    large = with_overlays(candles(LARGE_BARS + LONGEST))
    plain, lines = _spec(), _spec(elements=ELEMENTS)
    full_hd = _spec(1920, 1080, bars=LARGE_BARS, elements=ELEMENTS)
    return [
        *_pictures(pipeline, window),
        *_keyframe(pipeline, ChartData(window), plain, "", "<= 0.8 ms"),
        *_keyframe(pipeline, overlaid, lines, OVERLAID, "<= 0.5 ms"),
        *_keyframe(pipeline, large, full_hd, f"{OVERLAID}, {LARGE_BARS} candles", "<= 1 ms"),
        *_patches(pipeline, ChartData(window), plain, "", "<= 0.2 ms"),
        *_patches(pipeline, overlaid, lines, OVERLAID, "<= 0.1 ms"),
        _many_patches(pipeline, ChartData(window)),
        *(
            _batch(choice.renderer, window, count, size)
            for size in ((340, 200), (1280, 720))
            for count in (16, 64)
        ),
        *(mplfinance_row(data) for data in (ChartData(window), overlaid)),
        *(kaleido_row(data) for data in (ChartData(window), overlaid)),
    ]


def _spec(
    width: int = 1280,
    height: int = 720,
    scale: float = 1.0,
    bars: int = BARS,
    elements: Elements = PLAIN,
) -> ChartSpec:
    return ChartSpec(
        "BTC-USD", Interval.M1, width, height, scale=scale, bars=bars, elements=elements
    )


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


def _keyframe(
    pipeline: ChartPipeline, data: ChartData, spec: ChartSpec, drawn: str, goal: str
) -> list[Row]:
    """A whole live picture, and its stages."""
    name = f"keyframe {spec.width} x {spec.height}{drawn}"
    frames = [pipeline.keyframe(data, spec, LIVE) for _ in range(200)]
    whole = measure(
        name,
        lambda: pipeline.keyframe(data, spec, LIVE),
        size_bytes=len(frames[0].webp),
        goal=goal,
    )
    return [whole, *_stages(name, [frame.timings for frame in frames])]


def _stages(name: str, samples: list[Timings]) -> list[Row]:
    return [
        _stage(f"{name}: {stage}", [getattr(timings, f"{stage}_ms") for timings in samples])
        for stage in ("layout", "draw", "encode")
    ]


def _stage(name: str, samples: list[float]) -> Row:
    samples = sorted(samples)
    low, high = samples[len(samples) // 20], samples[-1 - len(samples) // 20]
    return Row(name, median(samples), low, high, len(samples))


def _patches(
    pipeline: ChartPipeline, data: ChartData, spec: ChartSpec, drawn: str, goal: str
) -> list[Row]:
    """What one tick costs a viewer, and its stages."""
    keyframe, after = pipeline.keyframe(data, spec, LIVE), ticked(data)

    def light() -> bytes:
        if not pipeline.can_patch(keyframe, after):
            raise RuntimeError("the tick left the frozen scales")
        return pipeline.patches([(keyframe, after)]).webp

    name = f"patch {spec.width} x {spec.height}{drawn}"
    samples = [pipeline.patches([(keyframe, after)]).timings for _ in range(200)]
    whole = measure(f"{name}, tick to bytes", light, size_bytes=len(light()), goal=goal)
    return [whole, *_stages(name, samples)]


def _many_patches(pipeline: ChartPipeline, data: ChartData) -> Row:
    jobs = [(pipeline.keyframe(data, _spec(340, 200), LIVE), ticked(data))] * 16
    return measure(
        "16 patches of 340 x 200 in one picture",
        lambda: pipeline.patches(jobs),
        size_bytes=len(pipeline.patches(jobs).webp),
    )
