"""A performance view as the page writes it; figures that are not measured yet are ``–``."""

from collections.abc import Sequence
from math import isfinite

from components.feed_symbols import SymbolRow
from components.formats import NONE, clock, plain, share
from components.performance_panels import Fact, RendererRow
from pages.performance_paper_words import paper_facts, paper_note
from pages.performance_stage_words import STAGES, WHOLE, late, milliseconds, stage_rows
from server.performance_view import (
    WINDOWS,
    FeedView,
    PerformanceView,
    RendererView,
    ViewerView,
)

NAMES = {
    "cpu": ("CPU", "numba, compiled"),
    "opengl": ("OpenGL", "ModernGL through EGL"),
    "cuda": ("CUDA", "CuPy"),
    "reference": ("Reference", "NumPy, slow on purpose"),
    "plotly": ("Plotly", "drawn in the browser"),
}

LAG_BUDGET = 50.0
"""Of the event loop, in ms: one tick."""


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
        Fact("Tick → pixel p95", p95, f"budget {budget:g}", late=late(whole.p95, budget)),
        Fact("Full frame p50", full, NAMES[chosen][0] if chosen else ""),
        Fact("Frames", f"{plain(frames.frames_per_s, 1)} / s", count(frames.charts, "chart")),
        Fact("Not sent", _share(frames.not_sent, asked, 0), "equal frames"),
        Fact(
            "Dropped",
            plain(frames.held_back, 0),
            "latest wins",
            "Ticks on which a tab had two patches unacknowledged: it got the newest one later.",
            frames.held_back > 0,
        ),
        Fact("Bytes", f"{byte_size(frames.bytes_per_s)} / s", f"p50 {size}"),
        Fact("CPU", share(process.cpu, 0), f"of one of {count(process.cores, 'core')}"),
        Fact("Memory", byte_size(process.memory_bytes), f"rings {byte_size(process.ring_bytes)}"),
    ]


def count(number: int, word: str) -> str:
    """``1 chart``, ``4 charts``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


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


def symbol_rows(feed: FeedView) -> list[SymbolRow]:
    """One row for each symbol."""
    return [
        SymbolRow(
            each.symbol,
            each.state,
            _FEED_TONES.get(each.state, "quiet"),
            plain(each.age_ms, 0),
            NONE if each.last_trade_id is None else str(each.last_trade_id),
            (
                f"{each.gaps:,}",
                f"{each.repairs:,}",
                f"{each.duplicates:,}",
                f"{each.out_of_order:,}",
                f"{each.malformed:,}",
            ),
        )
        for each in feed.symbols
    ]


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
        (ack, "warn" if late(tab.ack_p95, budget) else ""),
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
        Fact("Event loop lag p99", lag, "", _LAG, late(process.lag_p99, LAG_BUDGET)),
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
    paper = view.paper
    lines = [f"Candlecast, {clock(view.time_ns)} UTC, last {view.window}"]
    lines += [f"{fact.caption}: {fact.value} {fact.note}".rstrip() for fact in summary(view)]
    lines += [f"{fact.caption}: {fact.value} {fact.note}".rstrip() for fact in process_facts(view)]
    lines += ["", "Stage: samples, p50, p95, p99, max ms"]
    lines += [f"{row.name}: {row.samples}, {', '.join(row.figures)}" for row in stage_rows(view)]
    lines += ["", "Renderers", *renderer_reasons, "", "Feed"]
    lines += [", ".join(text for text, _ in feed_row(view.feed)), feed_note(view.feed)]
    lines += [
        "",
        "Paper trading",
        *(f"{fact.caption}: {fact.value}" for fact in paper_facts(paper)),
    ]
    lines += [
        paper_note(paper),
        "",
        "Viewers",
        *(", ".join(t for t, _ in row) for row in viewer_rows(view)),
    ]
    return "\n".join([*lines, "", gpu_line(view)])
