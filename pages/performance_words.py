"""A performance view as the page writes it; figures that are not measured yet are ``–``."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from components.formats import NONE, clock, plain, share
from components.performance_panels import Course, Fact, RendererRow, Step
from components.performance_stages import StageRow
from server.performance_view import (
    WINDOWS,
    FeedView,
    PerformanceView,
    RendererView,
    StageView,
    ViewerView,
)

NAMES = {
    "cpu": ("CPU", "numba, compiled"),
    "opengl": ("OpenGL", "ModernGL through EGL"),
    "cuda": ("CUDA", "CuPy"),
    "reference": ("Reference", "NumPy, slow on purpose"),
    "plotly": ("Plotly", "drawn in the browser"),
}


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
    "wait": StageWords("Wait", "for the next tick, at most 50", None),
    "layout": StageWords("Layout", "view to scene", 0.2),
    "draw": StageWords("Draw", "scene to pixels", 0.3),
    "encode": StageWords("Encode", "pixels to WebP", 0.3),
    "send": StageWords("Send", "queue and socket", 0.5),
    "ack": StageWords("Paint", "decode, show, acknowledge", 33.0),
    "tick_to_ack": StageWords("Tick → pixel", "receive to browser ack", 50.0),
}
WHOLE = "tick_to_ack"
LAG_BUDGET = 50.0
"""Of the event loop, in ms: one tick."""
_IN_SERVER = ("receive", "parse", "ingest", "wait", "layout", "draw", "encode", "send")


def milliseconds(value: float | None, decimals: int = 3) -> str:
    """``0.018``; fewer decimals from 1,000 on, so that a column keeps its width."""
    return plain(value, decimals if value is None or value < 1000 else 0)


def byte_size(value: float | None) -> str:
    """``1.7 kB``, ``186 MB``: powers of ten, two or three digits."""
    if value is None or not isfinite(value):
        return NONE
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= size:
            return f"{plain(value / size, 1 if value < 100 * size else 0)} {unit}"
    return f"{plain(value, 0)} B"


def summary(view: PerformanceView) -> list[Fact]:
    """The strip at the top: is it fast, is anything old or left out?"""
    frames, process = view.frames, view.process
    whole, budget = view.stage(WHOLE), STAGES[WHOLE].budget
    asked = frames.sent + frames.not_sent
    chosen = next((row.name for row in view.renderers if row.state == "chosen"), "")
    p95 = NONE if whole.p95 is None else f"{plain(whole.p95, 1)} ms"
    full = NONE if frames.full is None else f"{plain(frames.full)} ms"
    size = byte_size(frames.frame_bytes_p50)
    return [
        Fact("Tick → pixel p95", p95, f"budget {budget:g}", late=_late(whole.p95, budget)),
        Fact("Full frame p50", full, NAMES[chosen][0] if chosen else ""),
        Fact("Frames", f"{plain(frames.frames_per_s, 1)} / s", count(frames.charts, "chart")),
        Fact("Not sent", _share(frames.not_sent, asked, 0), "equal frames"),
        Fact(
            "Dropped",
            plain(frames.held_back, 0),
            "latest wins",
            "Ticks on which a tab had two pictures unacknowledged: it got the newest one later.",
            frames.held_back > 0,
        ),
        Fact("Bytes", f"{byte_size(frames.bytes_per_s)} / s", f"p50 {size}"),
        Fact("CPU", share(process.cpu, 0), f"of one of {count(process.cores, 'core')}"),
        Fact("Memory", byte_size(process.memory_bytes), f"rings {byte_size(process.ring_bytes)}"),
    ]


def count(number: int, word: str) -> str:
    """``1 chart``, ``4 charts``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


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
        late=_late(stage.p95, words.budget),
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
        calm.append(0.0 if _late(value, budget) else height)
        over.append(height if _late(value, budget) else 0.0)
    return calm, over


def _late(value: float | None, budget: float | None) -> bool:
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


def paint_words(view: PerformanceView) -> str:
    """What follows in the browser."""
    return f"then paint {milliseconds(view.stage('ack').p50)}"


def course(view: PerformanceView) -> Course:
    """Typical and slow ticks over the chosen time."""
    budget = STAGES[WHOLE].budget or 0.0
    highest = max((value for value in view.ticks.p95s if value is not None), default=0.0)
    top = max(1.6 * budget, 1.15 * highest)
    step = next(size for size in (20, 50, 100, 200, 500, 1000, 10**9) if top / size <= 5)
    levels = [
        (level / top, f"{level:,} ms")
        for level in range(step, int(top) + 1, step)
        if abs(level - budget) / top > 0.12
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


def renderer_rows(view: PerformanceView) -> list[RendererRow]:
    """All candidates with the reason."""
    return [_renderer_row(row) for row in view.renderers]


def _renderer_row(row: RendererView) -> RendererRow:
    name, caption = NAMES[row.name]
    rate = NONE if row.full is None else plain(1000 / row.full, 0)
    figures = (milliseconds(row.full), milliseconds(row.light), milliseconds(row.encode), rate)
    reason = row.reason[:1].upper() + row.reason[1:]
    return RendererRow(name, caption, row.state, figures, reason, row.state == "chosen")


_FEED_TONES = {"streaming": "up", "slow": "warn", "lost": "down", "connecting": "warn"}


def feed_row(feed: FeedView) -> list[tuple[str, str]]:
    """One row of the table of feeds: texts and the class that colours each."""
    state = feed.mode if feed.state == "streaming" else feed.state
    if feed.retry_in_s is not None:
        state = f"retry in {plain(feed.retry_in_s, 0)} s"
    tone = "warn" if state in {"simulated", "replay"} else _FEED_TONES.get(feed.state, "quiet")
    return [
        (feed.venue, ""),
        (state, f"dotted {tone}"),
        (plain(feed.age, 0), ""),
        (plain(feed.messages_per_s, 1), ""),
        (f"{feed.gaps:,}", "warn" if feed.gaps else ""),
        (f"{feed.reconnects:,}", "warn" if feed.reconnects else ""),
    ]


def feed_note(feed: FeedView) -> str:
    """What the feed put right or refused since the start, in one line."""
    return (
        f"Since the start: out of order {feed.out_of_order:,} · duplicates {feed.duplicates:,} · "
        f"malformed {feed.malformed:,}"
    )


def viewer_rows(view: PerformanceView) -> list[list[tuple[str, str]]]:
    """One row for each tab with charts, then the pictures asked for by URL."""
    budget = STAGES["ack"].budget
    rows = [_viewer_row(number, tab, budget) for number, tab in enumerate(view.viewers, 1)]
    cache = view.cache
    asked = (cache.hits + cache.misses) / WINDOWS[view.window]
    by_url = NONE if cache.p95 is None else f"{plain(cache.p95, 1)} ms"
    return [*rows, [("Picture requests", ""), (plain(asked, 1), ""), (by_url, ""), (NONE, "")]]


def _viewer_row(number: int, tab: ViewerView, budget: float | None) -> list[tuple[str, str]]:
    what = count(tab.charts, "chart") if tab.charts else "no charts"
    hidden = "" if tab.visible else ", hidden"
    ack = NONE if tab.ack_p95 is None else f"{plain(tab.ack_p95, 1)} ms"
    return [
        (f"Browser {number}, {what}{hidden}", "" if tab.charts else "quiet"),
        (plain(tab.frames_per_s, 1), ""),
        (ack, "warn" if _late(tab.ack_p95, budget) else ""),
        (str(tab.unacknowledged), ""),
    ]


def process_facts(view: PerformanceView) -> list[Fact]:
    """Encoder, cache, event loop and threads."""
    frames, cache, process = view.frames, view.cache, view.process
    asked = cache.hits + cache.misses
    ratio = NONE
    if frames.webp_bytes:
        ratio = f"{plain(frames.raw_bytes / frames.webp_bytes, 1)} ×"
    lag, most = (
        NONE if value is None else f"{plain(value, 1)} ms"
        for value in (process.lag_p99, process.lag_most)
    )
    sizes = f" {byte_size(frames.raw_bytes)} became {byte_size(frames.webp_bytes)}."
    return [
        Fact("Encoder ratio", ratio, "", _RATIO + (sizes if frames.webp_bytes else "")),
        Fact("Event loop lag p99", lag, "", _LAG, _late(process.lag_p99, LAG_BUDGET)),
        Fact("Picture cache hits", _share(cache.hits, asked, 0), f"of {asked:,}", _CACHE),
        Fact("Event loop lag max", most, "", _LAG),
        Fact("Threads", str(process.threads)),
        Fact("Distinct charts drawn", str(frames.views), "", _VIEWS),
    ]


_RATIO = "Palette bytes of what was drawn, one a pixel, against the bytes of its WebP pictures."
_LAG = "How much later than asked for the server's event loop comes back."
_CACHE = "Pictures asked for by URL that had been drawn before."
_VIEWS = "Equal charts of several browsers are drawn once."


def _share(part: int, whole: int, decimals: int) -> str:
    return share(part / whole if whole else None, decimals)


def gpu_line(view: PerformanceView) -> str:
    """The card and its memory, or why there is none."""
    gpu = view.process.gpu
    if gpu is None:
        cuda = next(row for row in view.renderers if row.name == "cuda")
        return f"GPU: none. {cuda.reason[:1].upper()}{cuda.reason[1:]}"
    used = f"{byte_size(gpu.used_bytes)} of {byte_size(gpu.total_bytes)} in use"
    return f"GPU: {gpu.name} · {used}, {byte_size(gpu.own_bytes)} of them ours"


def diagnosis(view: PerformanceView, renderer_reasons: Sequence[str]) -> str:
    """Everything as plain text, for a message to somebody who can help."""
    lines = [f"Candlecast, {clock(view.time_ns)} UTC, last {view.window}"]
    lines += [f"{fact.caption}: {fact.value} {fact.note}".rstrip() for fact in summary(view)]
    lines += [f"{fact.caption}: {fact.value} {fact.note}".rstrip() for fact in process_facts(view)]
    lines += ["", "Stage: samples, p50, p95, p99, max ms"]
    lines += [f"{row.name}: {row.samples}, {', '.join(row.figures)}" for row in stage_rows(view)]
    lines += ["", "Renderers", *renderer_reasons, "", "Feed"]
    lines += [", ".join(text for text, _ in feed_row(view.feed)), feed_note(view.feed)]
    lines += ["", "Viewers", *(", ".join(t for t, _ in row) for row in viewer_rows(view))]
    return "\n".join([*lines, "", gpu_line(view)])
