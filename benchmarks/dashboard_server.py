"""The servers of ``bench_dashboard``, each a process: ours with a driven feed, the peers'.

``python -m benchmarks.dashboard_server ours|peers PORT [unpaced]``. Both answer ``/bench/drive``,
which sets the feed's mode and rate, and ``/bench/report``: processor time so far, and what was
measured since the last report.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from time import process_time_ns
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from app import make_server
from benchmarks.driver import HISTORY, Driver
from chart_acceleration.renderers.auto import choose
from data_feed.status import FeedCounters, FeedMode, FeedState, FeedStatus
from market.columns import CandleWindow
from market.market import Market
from market.types import Interval, Symbol
from paper_trading.service import PaperTrading
from server import frames_client
from server.services import Services, install
from server.settings import Settings
from server.telemetry import Telemetry
from server.warm_up import warm_up
from server.web import WebServer, listen
from storage.journal.memory import MemoryJournal
from tests.server.harness import HandFeed

CHARTS = 16
SYMBOLS = tuple(Symbol(f"C{number:02d}-USD") for number in range(1, CHARTS + 1))
RATE = 20.0
AVERAGES = (20, 50)
LABEL = FeedStatus(
    FeedMode.SIMULATED, "Benchmark driver", FeedState.STREAMING, 0.0, None, 0,
    "Made-up trades of a benchmark.", FeedCounters(),
)  # fmt: skip
PAGES = Path(__file__).parent / "pages"
TIMED = ("wait", "layout", "draw", "encode", "send", "ack", "tick_to_ack")


@dataclass
class Samples:
    """Every time that ``telemetry`` is told of, in milliseconds; beside its own histograms."""

    telemetry: Telemetry
    taken: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = self.telemetry.stage

        def stage(name: str, nanoseconds: float) -> None:
            self.taken.setdefault(name, []).append(nanoseconds / 1e6)
            told(name, nanoseconds)

        self.telemetry.stage = stage  # type: ignore[method-assign,assignment]

    def report(self, services: Services) -> dict[str, Any]:
        """Samples since the last report, and how things stand."""
        taken, self.taken = self.taken, {}
        clients = services.viewers.clients
        return {
            "stages": {name: taken.get(name, []) for name in TIMED},
            "unacknowledged": sum(client.unacknowledged for client in clients),
            "clients": len(clients),
            "held_back": self.telemetry.unsent.labels("held_back")._value.get(),
            "drawn": {
                kind: self.telemetry.draws.labels(kind)._value.get()
                for kind in ("keyframe", "patch")
            },
        }


def ours(market: Market, feed: Driver, port: int) -> None:
    """The program as it is, but for its feed."""
    settings = Settings(symbols=SYMBOLS, port=port, store=None, renderer="cpu")
    choice = choose("cpu")
    shown = HandFeed(LABEL)
    paper = PaperTrading(shown, market, MemoryJournal())
    services = Services(settings, market, shown, choice, paper)
    paper.start()
    install(services)
    samples = Samples(services.telemetry)
    warm_up(choice, services.paper)
    app = make_server(services)

    @app.get("/bench/report")
    async def report() -> dict[str, Any]:
        return {"cpu_ns": process_time_ns(), "trades": feed.trades, **samples.report(services)}

    add_driving(app, feed)
    with listen("127.0.0.1", port) as listener:
        WebServer(app).run([listener])


def peers(market: Market, feed: Driver, port: int) -> None:
    """The same market for pages that draw by themselves: one message a tick for all charts."""
    app = FastAPI(openapi_url=None)

    @app.get("/bench/report")
    async def report() -> dict[str, Any]:
        return {"cpu_ns": process_time_ns(), "trades": feed.trades}

    @app.get("/history")
    async def history() -> list[list[list[float]]]:
        return [rows(market, symbol, HISTORY - AVERAGES[-1]) for symbol in SYMBOLS]

    @app.websocket("/updates")
    async def updates(socket: WebSocket) -> None:
        await socket.accept()
        await send_updates(socket, market, feed)

    @app.get("/library/{name}")
    async def library(name: str) -> FileResponse:
        return FileResponse(LIBRARIES[name]())

    add_driving(app, feed)
    app.mount("/", StaticFiles(directory=PAGES))
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_level="error",
        ws="websockets-sansio", ws_per_message_deflate=False, timeout_graceful_shutdown=1,
    )  # fmt: skip


def package_file(package: str, path: str) -> Path:
    """A file that a wheel brings; raises :class:`FileNotFoundError` where that is not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{package} is not installed")
    return Path(spec.origin).parent / path


LIBRARIES = {
    "lightweight-charts.js": lambda: package_file("lightweight_charts", "js/lightweight-charts.js"),
    "plotly.js": lambda: package_file("plotly", "package_data/plotly.min.js"),
}


async def send_updates(socket: WebSocket, market: Market, feed: Driver) -> None:
    """The newest row of every chart, as often as all of them have traded once more."""
    sent = feed.trades
    gone = asyncio.create_task(socket.receive())
    while not gone.done():
        await asyncio.sleep(0.002)
        if feed.trades - sent >= CHARTS:
            sent = feed.trades
            await socket.send_json([rows(market, symbol, 1)[0] for symbol in SYMBOLS])


def rows(market: Market, symbol: Symbol, count: int) -> list[list[float]]:
    """Of the newest candles: seconds, open, high, low, close, volume, the two averages."""
    columns = market[symbol].builder.columns(Interval.M1)
    return described(columns.snapshot(count + AVERAGES[-1]), count)


def described(window: CandleWindow, count: int) -> list[list[float]]:
    """The newest ``count`` rows of ``window``."""
    found = []
    for row in range(len(window) - count, len(window)):
        values = [getattr(window, name)[row] for name in ("open", "high", "low", "close", "volume")]
        averages = [window.close[row + 1 - length : row + 1].mean() for length in AVERAGES]
        found.append([int(window.time_ns[row]) // 10**9, *map(float, [*values, *averages])])
    return found


def add_driving(app: FastAPI, feed: Driver) -> None:
    """``/bench/drive?mode=step&rate=20``."""

    @app.get("/bench/drive")
    async def drive(mode: str, rate: float = RATE) -> str:
        feed.drive(mode, rate)
        return mode


def main(arguments: list[str]) -> int:
    """Serve until terminated. With ``unpaced`` a tab gets pictures as fast as it shows them."""
    role, port, *options = arguments
    if "unpaced" in options:
        frames_client.PACE_NS = 0
    market = Market(SYMBOLS)
    feed = Driver(market)
    feed.start()
    {"ours": ours, "peers": peers}[role](market, feed, int(port))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
