"""Memory of a tab with sixteen live charts over many pictures, as fast as it can show them."""

import os

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.bench_dashboard import opened, pause_watchlist, row, running, show_sixteen
from benchmarks.dashboard_browser import Meter, WorkerHeap, renderer_bytes
from benchmarks.driver import IN_STEP
from benchmarks.harness import Row
from tests.browser.chromium import launch

PICTURES = int(os.environ.get("CANDLECAST_BENCH_PICTURES", "10000"))
SAMPLES = 20
RATE = 100.0
SETTLED = SAMPLES // 4
"""Samples that are left out of the slope: caches and compiled scripts come first."""


def run() -> list[Row]:
    """Heaps, resident memory and object URLs, and their slopes per 1,000 pictures."""
    heap, painter, resident, urls, bitmaps = [], [], [], [], []
    with (
        sync_playwright() as playwright,
        running("ours", "unpaced") as server,
        opened(browser := launch(playwright), server, "") as page,
    ):
        show_sixteen(page)
        pause_watchlist(page)
        meter, worker = Meter(page), WorkerHeap(page)
        server.drive(IN_STEP, RATE)
        for sample in range(SAMPLES + 1):
            least = PICTURES * sample // SAMPLES
            page.wait_for_function(f"() => window.candlecast.acks >= {least}", timeout=120_000)
            heap.append(meter.heap_bytes() / 1e6)
            painter.append(worker.bytes() / 1e6)
            resident.append(renderer_bytes() / 1e6)
            urls.append(float(page.evaluate("() => window.candlecast.liveUrls")))
            bitmaps.append(float(page.evaluate("() => window.candlecast.liveBitmaps")))
        browser.close()
    return [
        row("heap of the page", heap, unit="MB"),
        row("… more with 1,000 pictures", [slope(heap)], "0", unit="MB"),
        row("heap of the painter", painter, unit="MB"),
        row("… more with 1,000 pictures", [slope(painter)], "0", unit="MB"),
        row("renderer process, resident", resident, unit="MB"),
        row("… more with 1,000 pictures", [slope(resident)], "0", unit="MB"),
        row("object URLs alive", urls, note=f"{PICTURES:,} pictures", unit=""),
        row("decoded pictures held", bitmaps, unit=""),
    ]


def slope(values: list[float]) -> float:
    """Least squares over the settled samples, per 1,000 pictures."""
    settled = values[SETTLED:]
    pictures = np.arange(len(settled)) * PICTURES / SAMPLES / 1000
    return float(np.polyfit(pictures, settled, 1)[0])
