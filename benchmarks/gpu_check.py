"""Draws and encodes charts on a CUDA device and compares bytes and times with the processor.

``python -m benchmarks.gpu_check`` writes ``benchmarks/results/gpu.md``. Exit code 0: measured, all
bytes right; 1: a picture was wrong; 2: there is no CUDA device, said in one sentence (a check that
was asked for and did not happen must not look like one that passed). Needs NumPy, Numba, Pillow
and CuPy only.
"""

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import gpu_indicators
from benchmarks.harness import Row, machine, measure
from benchmarks.varied import varied_charts
from benchmarks.walk import BARS, candles
from chart_acceleration.batch import ChartJob, draw_charts
from chart_acceleration.chart_data import ChartData
from chart_acceleration.encoders.webp import encode
from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.layout import lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import theme
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.auto import choose
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.scene import U8, Scene
from chart_acceleration.spec import ChartSpec, Furniture
from indicators.errors import NoDevice
from market.types import Interval

RESULT = Path(__file__).parent / "results" / "gpu.md"
COUNTS = (1, 16, 64, 1024)
DIFFERENT = 64
VARIED = 14  # charts of every element, with sixteen and with twenty colours each
WIDTH, HEIGHT = 1280, 720
NO_DEVICE = 2


@dataclass(frozen=True)
class Chart:
    """A chart to draw, and how it must look."""

    scene: Scene
    palette: U8
    pixels: U8


def main() -> int:
    """Check, measure, write; returns the exit code."""
    try:
        card: Any = choose("cuda").renderer
    except RendererUnavailable as error:
        print(f"gpu-check: nothing was measured: {error.why}", file=sys.stderr)
        return NO_DEVICE
    charts = [_chart(seed) for seed in range(DIFFERENT)]
    others = [
        _laid_out(job) for wide in (False, True) for job in varied_charts(VARIED, 5, wide=wide)
    ]
    wrong = _wrong(card, charts + others)
    if wrong:
        print(f"gpu-check: {wrong} of {len(charts + others)} charts differ from the reference")
        return 1
    text = _report(card, charts) + _indicators()
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text, encoding="utf-8")
    print(text)
    return 0


def _job(seed: int) -> ChartJob:
    spec = ChartSpec("BTC-USD", Interval.M1, WIDTH, HEIGHT, bars=BARS)
    furniture = Furniture(legend=True, last_line=True, venue="Coinbase", decimals=1)
    return ChartData(candles(BARS, seed)), spec, furniture


def _chart(seed: int) -> Chart:
    return _laid_out(_job(seed))


def _laid_out(job: ChartJob) -> Chart:
    data, spec, furniture = job
    scene = lay_out(data, spec, furniture, LayoutBuffers()).scene
    kept = replace(scene, rects=scene.rects.copy(), glyphs=scene.glyphs.copy())
    pixels = np.zeros((spec.height, spec.width), dtype=np.uint8)
    ReferenceRenderer().draw(kept, pixels)
    palette = theme(spec.theme).colours(wide=spec.elements.wide, stale=furniture.stale)
    return Chart(kept, palette, pixels)


def _wrong(card: Any, charts: list[Chart]) -> int:
    """How many charts the card draws or encodes with a wrong pixel."""
    files = _encoded(card, charts)
    wrong = 0
    for chart, file in zip(charts, files, strict=True):
        drawn = np.full_like(chart.pixels, 255)
        card.draw(chart.scene, drawn)
        with Image.open(io.BytesIO(file)) as picture:
            decoded = np.array(picture.convert("RGB"))
        same = np.array_equal(decoded, chart.palette[chart.pixels])
        wrong += not (same and np.array_equal(drawn, chart.pixels))
    return wrong


def _encoded(card: Any, charts: list[Chart]) -> list[bytes]:
    files: list[bytes] = card.draw_many_encoded(
        [chart.scene for chart in charts], [chart.palette for chart in charts]
    )
    return files


def _report(card: Any, charts: list[Chart]) -> str:
    rows = ["| what | charts a call | ms a call | 5 % – 95 % ms | ms a chart | charts a second |"]
    rows.append("|---|---:|---:|---:|---:|---:|")
    for count in COUNTS:
        many = (charts * (count // len(charts) + 1))[:count]
        runs = 10 if count > 64 else 100
        rows.append(_line("cuda, drawn and encoded", count, _call(card, many), runs))
    rows.append(_line("cpu, drawn and encoded, one core", 1, _on_cpu(charts[0]), 100))
    jobs = [_job(seed) for seed in range(DIFFERENT)]
    rows.append(_line("cuda, laid out too", len(jobs), lambda: draw_charts(jobs, card), runs=20))
    rows += [_line(what, 1, call, 200) for what, call in _live(card)]
    ours = sum(len(file) for file in _encoded(card, charts)) / len(charts)
    cpus = sum(len(encode(chart.pixels, chart.palette)) for chart in charts) / len(charts)
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    return (
        f"# gpu\n\nMeasured {stamp} on {_card_name()}; {machine()}.\n\n"
        f"{WIDTH} x {HEIGHT}, {BARS} candles, volume, axes, legend; from a laid out scene to the "
        "file's bytes on the host, packing and copies included; where said, from the candles. One "
        "chart of the live page: the card draws, the processor lays out and encodes.\n\n"
        + "\n".join(rows)
        + f"\n\nAll {len(charts) + 2 * VARIED} charts equal the reference, drawn and decoded. A "
        f"file is {ours:,.0f} bytes on average, {cpus:,.0f} from the processor's encoder "
        f"({ours / cpus - 1:+.0%}).\n"
    )


def _indicators() -> str:
    """Many symbols at once, on the card and on the processor."""
    try:
        rows = gpu_indicators.report()
    except NoDevice as error:
        return f"\nIndicators were not measured: {error}.\n"
    lines = [
        "| indicators, copies included | median ms | 5 % – 95 % ms | note |",
        "|---|---:|---:|---|",
    ]
    lines += [
        f"| {row.name} | {row.median_ms:.3f} | {row.low_ms:.3f} – {row.high_ms:.3f} | {row.note} |"
        for row in rows
    ]
    return "\n" + "\n".join(lines) + "\n"


def _live(card: Any) -> list[tuple[str, Callable[[], object]]]:
    """From a trade to bytes, as the live page does it, and one chart alone on the card."""
    pipeline = ChartPipeline(card)
    data, spec, furniture = _job(0)
    live = replace(furniture, legend=False, last_line=False)
    keyframe = pipeline.keyframe(data, spec, live)
    close = data.candles.close.copy()
    close[-1] = (data.candles.high[-1] + data.candles.low[-1]) / 2
    traded = ChartData(replace(data.candles, close=close))

    def patch() -> object:
        if not pipeline.can_patch(keyframe, traded):
            raise RuntimeError("the trade left the frozen scales")
        return pipeline.patches([(keyframe, traded)])

    return [
        ("one trade to the patch's bytes", patch),
        ("one trade to the whole frame's bytes", lambda: pipeline.keyframe(traded, spec, live)),
        ("the same, encoded on the card", lambda: draw_charts([(traded, spec, live)], card)),
    ]


def _call(card: Any, charts: list[Chart]) -> Callable[[], object]:
    return lambda: _encoded(card, charts)


def _on_cpu(chart: Chart) -> Callable[[], object]:
    renderer, pixels = CpuRenderer(), np.zeros_like(chart.pixels)

    def call() -> object:
        renderer.draw(chart.scene, pixels)
        return encode(pixels, chart.palette)

    return call


def _line(what: str, count: int, call: Callable[[], object], runs: int) -> str:
    row: Row = measure(what, call, runs=runs)
    each = row.median_ms / count
    spread = f"{row.low_ms:.3f} – {row.high_ms:.3f}"
    return (
        f"| {what} | {count} | {row.median_ms:.3f} | {spread} | {each:.4f} | {1000 / each:,.0f} |"
    )


def _card_name() -> str:
    """Card and driver; what ``nvidia-smi`` says, as the CUDA library knows no driver's version."""
    from chart_acceleration.renderers.cuda import device_name  # noqa: PLC0415 - needs CuPy

    try:
        said = subprocess.run(
            ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],
            capture_output=True, text=True, check=True,
        ).stdout.split()  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return f"{device_name()} (driver's version unknown: nvidia-smi did not answer)"
    return f"{device_name()}, driver {said[0] if said else 'unknown'}"


if __name__ == "__main__":
    sys.exit(main())
