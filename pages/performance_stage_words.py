"""The stages of a tick in words: table, life of one tick, and its course over time."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.formats import NONE, clock, plain
from components.performance_panels import Course, Step
from components.performance_stages import StageRow
from server.performance_view import WINDOWS, PerformanceView, StageView


@dataclass(frozen=True, slots=True)
class StageWords:
    """How a stage is called, and the 95th percentile in ms that it should keep; None: no budget."""

    name: str
    caption: str
    budget: float | None


STAGES = {
    "receive": StageWords("Receive", "socket to parser", 0.1),
    "parse": StageWords("Parse", "text to events", 0.05),
    "ingest": StageWords("Ingest", "candles, quotes", 0.02),
    "wait": StageWords("Wait", "pause between pictures", 32.0),
    "layout": StageWords("Layout", "view to scene", 0.2),
    "draw": StageWords("Draw", "scene to pixels", 0.3),
    "encode": StageWords("Encode", "pixels to WebP", 0.3),
    "send": StageWords("Send", "queue and socket", 0.5),
    "ack": StageWords("Paint", "decode, show, acknowledge", 33.0),
    "tick_to_ack": StageWords("Tick → pixel", "receive to browser ack", 40.0),
}
WHOLE = "tick_to_ack"
_IN_SERVER = ("receive", "parse", "ingest", "wait", "layout", "draw", "encode", "send")


def milliseconds(value: float | None, decimals: int = 3) -> str:
    """``0.018``; fewer decimals from 1,000 on, so that a column keeps its width."""
    return plain(value, decimals if value is None or value < 1000 else 0)


def stage_rows(view: PerformanceView) -> list[StageRow]:
    """One row for every stage, in the order of the way."""
    return [_stage_row(stage, STAGES[stage.key]) for stage in view.stages]


def _stage_row(stage: StageView, words: StageWords) -> StageRow:
    body, tail = _split(stage.bars)
    calm, over = _course(stage.p95s, words.budget)
    figures = (stage.p50, stage.p95, stage.p99, stage.most)
    p50, p95, p99, most = (milliseconds(value) for value in figures)
    return StageRow(
        name=words.name,
        caption=words.caption,
        samples=f"{stage.samples:,}" if stage.samples else NONE,
        figures=(p50, p95, p99, most),
        body=body,
        tail=tail,
        calm=calm,
        over=over,
        budget=NONE if words.budget is None else f"{words.budget:g}",
        late=late(stage.p95, words.budget),
        whole=stage.key == WHOLE,
    )


def _split(bars: Sequence[int]) -> tuple[list[float], list[float]]:
    """Heights of the bars that hold the fastest 95 %, and of those beyond; the others are 0."""
    most, samples = max(bars), sum(bars)
    body, tail, before = [], [], 0
    for number in bars:
        height = number / most if most else 0.0
        within = before < 0.95 * samples
        body.append(height if within else 0.0)
        tail.append(0.0 if within else height)
        before += number
    return body, tail


def _course(
    values: Sequence[float | None], budget: float | None
) -> tuple[list[float], list[float]]:
    """Heights over time against the highest, those within the budget and those over it."""
    most = max((value for value in values if value is not None), default=0.0)
    calm, over = [], []
    for value in values:
        height = value / most if value is not None and most else 0.0
        calm.append(0.0 if late(value, budget) else height)
        over.append(height if late(value, budget) else 0.0)
    return calm, over


def late(value: float | None, budget: float | None) -> bool:
    """Whether ``value`` is over its budget; what is not measured or has none is not."""
    return value is not None and budget is not None and value > budget


def life_steps(view: PerformanceView) -> tuple[str, list[Step]]:
    """What the server's part of a typical tick takes, and its stages one after the other."""
    stages = {key: view.stage(key).p50 for key in _IN_SERVER}
    known = sum(value for value in stages.values() if value is not None)
    steps, start = [], 0.0
    for key, value in stages.items():
        end = start + (value / known if value is not None and known else 0.0)
        steps.append(Step(STAGES[key].name, start, end, milliseconds(value)))
        start = end
    return f"server part, p50 {plain(known if known else None, 1)} ms", steps


def paint(view: PerformanceView) -> str:
    """What follows in the browser takes typically."""
    return milliseconds(view.stage("ack").p50)


def course(view: PerformanceView) -> Course:
    """Typical and slow ticks over the chosen time."""
    budget = STAGES[WHOLE].budget or 0.0
    highest = max((value for value in view.ticks.p95s if value is not None), default=0.0)
    top = max(1.6 * budget, 1.15 * highest)
    step = next(size for size in (20, 50, 100, 200, 500, 1000, 10**9) if top / size <= 5)
    levels = [
        (level / top, f"{level:,} ms")
        for level in range(step, int(top) + 1, step)
        if abs(level - budget) / top > 0.15
    ]
    return Course(
        typical=_heights(view.ticks.p50s, top),
        slow=_heights(view.ticks.p95s, top),
        budget=(budget / top, f"{budget:g} ms"),
        levels=[level for level in levels if level[0] < 0.97],
        times=_times(view),
    )


def _heights(values: Sequence[float | None], top: float) -> list[float | None]:
    return [None if value is None else value / top for value in values]


def _times(view: PerformanceView) -> list[tuple[float, str]]:
    """Round moments of the window that ends now, and where they are."""
    seconds = WINDOWS[view.window]
    step_ns = {"1m": 15, "5m": 60, "1h": 600}[view.window] * 1_000_000_000
    newest = view.time_ns // step_ns * step_ns
    found = []
    for at_ns in range(newest, view.time_ns - seconds * 1_000_000_000, -step_ns):
        place = 1 - (view.time_ns - at_ns) / (seconds * 1e9)
        text = clock(at_ns) if view.window == "1m" else clock(at_ns)[:5]
        if 0.05 < place < 0.97:
            found.append((place, text))
    return found[::-1]
