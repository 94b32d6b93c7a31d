"""What can be replayed is listed, chosen by key, steered over REST, and refused with a sentence."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import httpx
import numpy as np
import pytest

from data_feed.feed import Feed
from data_feed.open_feed import SimulatorSource
from data_feed.replay_control import Step
from data_feed.status import FeedMode, FeedState
from market.market import Market
from market.types import DAY, SECOND, Interval, Side, Symbol, Trade
from server.errors import RequestError
from server.replay_days import trades_of
from server.replay_desk import ReplayDesk, ReplayOrder
from server.settings import Settings
from storage.blocks import StoredFrame
from storage.candle_store import CandleStore, part_of
from storage.segments import SegmentLimits, SegmentWriter
from storage.trade_columns import from_trades
from storage.trade_store import TradeStore
from tests.data_feed.venue_server import match
from tests.server import harness
from tests.server.harness import Running, run_server
from tests.storage.candles import candles

pytestmark = pytest.mark.kernel

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
START = 20_000 * DAY  # 2024-10-04


def wait_for(condition: Callable[[], bool], what: str) -> None:
    harness.wait_for(condition, what, 60.0)


def frame(number: int, at_s: float) -> StoredFrame:
    return StoredFrame(START + round(at_s * SECOND), match(number).encode(), "Coinbase")


def record(folder: Path, *frames: StoredFrame) -> Path:
    """A segment file of its own with a block for each frame."""
    writer = SegmentWriter(folder, SegmentLimits(block_bytes=1))
    for each in frames:
        writer.add(each, 0)
    writer.close(0)
    return sorted(folder.glob("*.frames"))[-1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A store with a recording of two files, one an hour later, a text one, and two damaged."""
    folder = tmp_path / "recordings"
    record(folder, frame(1, 0), frame(2, 10))
    record(folder, frame(3, 30), frame(4, 40))
    record(folder, frame(5, 3600))
    (folder / "00000009-cut.frames").write_bytes(b"candlecast frames 1\nCCbk")
    (folder / "tape.txt").write_text(f"{START} {match(7)}\n{START + SECOND} {match(8)}\n")
    (folder / "torn.jsonl").write_text('{"t":"header"}\n{"t":"recv","ts":1,"da')
    return Settings(store=tmp_path, symbols=(BTC, ETH))


class Stand:
    def __init__(self, settings: Settings) -> None:
        self.market = Market([BTC, ETH])
        self.feed = Feed((SimulatorSource((BTC, ETH), 7),), self.market, Random(1))
        self.desk = ReplayDesk(settings, self.market, self.feed)

    def trades(self, symbol: Symbol = BTC) -> int:
        return int(self.market[symbol].builder.columns(Interval.D1).snapshot().trades.sum())

    def symbols(self) -> tuple[Symbol, ...]:
        return self.market.symbols

    def ended(self) -> bool:
        return self.feed.status().state is FeedState.ENDED


@pytest.fixture
def stand(settings: Settings) -> Iterator[Stand]:
    stand = Stand(settings)
    stand.feed.start()
    wait_for(lambda: stand.feed.status().state is FeedState.STREAMING, "the simulator")
    yield stand
    stand.feed.stop()


def test_recordings_are_listed_newest_first(stand: Stand) -> None:
    found = stand.desk.recordings()
    rows = [
        (each.key.partition(":")[2], each.venue, each.end_ms - START // 10**6) for each in found
    ]
    assert [row for row in rows if row[1]] == [
        (f"0:{_stem(found[0].name, 3)}", "Coinbase", 3_600_000),
        (f"0:{_stem(found[1].name, 1)}", "Coinbase", 40_000),
        ("0:tape.txt", "Coinbase", 1_000),
    ]
    assert found[1].start_ms == START // 10**6
    assert found[1].bytes > 300
    problems = {each.name: each.problem for each in found if each.problem}
    assert problems["00000009-cut.frames"] == "it holds no whole block of frames"
    assert problems["torn.jsonl"].startswith("line 2 is no recorded frame")


def test_files_that_go_while_they_are_listed_are_left_out(stand: Stand, settings: Settings) -> None:
    assert settings.store is not None
    for name in ("00000000-gone.frames", "gone.txt"):
        (settings.store / "recordings" / name).symlink_to("nothing")
    assert not [each for each in stand.desk.recordings() if "gone" in each.name]


def _stem(name: str, number: int) -> str:
    assert name.startswith(f"{number:08d}-")
    return name


def test_a_chosen_recording_is_played_with_all_its_files(stand: Stand) -> None:
    key = next(each.key for each in stand.desk.recordings() if each.end_ms % 10**8 == 40_000)
    view = stand.desk.obey(ReplayOrder(recording=key, speed="max"))
    assert view is not None
    assert (view.end_ms - view.start_ms, view.speed, view.paused) == (40_000, None, False)
    wait_for(stand.ended, "the end")
    assert stand.trades() == 4
    assert stand.symbols() == (BTC,)
    ended = stand.desk.state()
    assert ended is not None
    assert (ended.ended, ended.at_ms) == (True, ended.end_ms)
    stand.desk.end()
    wait_for(lambda: stand.symbols() == (BTC, ETH), "what the settings say")
    assert stand.desk.state() is None


def test_orders_steer(stand: Stand) -> None:
    (key,) = (each.key for each in stand.desk.recordings() if each.name == "tape.txt")
    stand.desk.obey(ReplayOrder(recording=key, speed=0.01))
    wait_for(lambda: stand.symbols() == (BTC,), "the replay")  # not the simulator's first trade
    wait_for(lambda: stand.trades() == 1, "the first trade")
    view = stand.desk.obey(ReplayOrder(paused=True, speed=8.0))
    assert view is not None
    assert (view.paused, view.speed) == (True, 8.0)
    stand.desk.obey(ReplayOrder(step=Step.TRADE))
    wait_for(lambda: stand.trades() == 2, "the step")
    wait_for(stand.ended, "the end")
    stand.desk.obey(ReplayOrder(seek_ms=0))  # before the start is the start
    wait_for(lambda: stand.feed.session == 2 and not stand.ended(), "the start")
    view = stand.desk.state()
    assert view is not None
    assert (view.at_ms, view.paused) == (view.start_ms, True)


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (ReplayOrder(recording="recording:0:../../etc/passwd"), "allowed are the keys that"),
        (ReplayOrder(recording="/etc/passwd"), "allowed are the keys that"),
        (ReplayOrder(recording="recording:0:torn.jsonl"), "torn.jsonl cannot be replayed: line 2"),
        (ReplayOrder(recording="recording:0:00000009-cut.frames"), "it holds no whole block"),
        (ReplayOrder(recording="recording:0:tape.txt", speed=0.0), "speed was 0; allowed are"),
        (ReplayOrder(paused=True), "nothing is being replayed"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_the_feed_goes_on(
    stand: Stand, order: ReplayOrder, sentence: str
) -> None:
    with pytest.raises(RequestError, match=sentence):
        stand.desk.obey(order)
    before = stand.feed.status()
    assert (before.mode, stand.feed.session) == (FeedMode.SIMULATED, 0)
    wait_for(lambda: stand.feed.status().counters.frames > before.counters.frames, "frames")


def test_a_stored_day_of_trades_is_played(stand: Stand, settings: Settings) -> None:
    assert settings.store is not None
    store = TradeStore(settings.store, "kraken")
    random = Random(2)
    trades = {
        symbol: [
            Trade(symbol, n, START + n * SECOND + random.randrange(SECOND),
                  random.randrange(1, 10**6) / 100, random.random(), random.choice(list(Side)))
            for n in range(300)
        ]
        for symbol in (BTC, ETH)
    }  # fmt: skip
    truth = Market([BTC, ETH])
    for symbol, mine in trades.items():
        store.add(symbol, from_trades(mine))
        for trade in mine:
            truth.apply(trade, 1)
    (view,) = (each for each in stand.desk.recordings() if each.key == "day:kraken:2024-10-04")
    assert (view.kind, view.venue, view.symbols) == ("day", "Kraken", (BTC, ETH))
    stand.desk.obey(ReplayOrder(recording=view.key, speed="max"))
    wait_for(stand.ended, "the end")
    assert stand.feed.status().venue == "Kraken"
    for symbol in (BTC, ETH):
        for interval in Interval:
            one = truth[symbol].builder.columns(interval).snapshot()
            other = stand.market[symbol].builder.columns(interval).snapshot()
            for name in ("time_ns", "open", "high", "low", "close", "volume", "trades"):
                assert np.array_equal(getattr(one, name), getattr(other, name)), (interval, name)
        assert stand.market[symbol].last_trade == trades[symbol][-1]


def test_a_day_of_candles_alone_comes_out_as_it_was_stored(
    stand: Stand, settings: Settings
) -> None:
    assert settings.store is not None
    stored = candles(2000, Interval.M1)
    day = stored.time_ns // DAY == stored.time_ns[-1] // DAY
    wanted = part_of(stored, slice(int(np.argmax(day)), len(stored)))
    CandleStore(settings.store, "okx").write(BTC, Interval.M1, stored)
    name = str(np.datetime64(int(wanted.time_ns[0]), "ns").astype("datetime64[D]"))
    (view,) = (each for each in stand.desk.recordings() if each.key == f"day:okx:{name}")
    assert view.note == "from 1m candles"
    stand.desk.obey(ReplayOrder(recording=view.key, speed="max"))
    wait_for(stand.ended, "the end")
    played = stand.market[BTC].builder.columns(Interval.M1).snapshot()
    for column in ("time_ns", "open", "high", "low", "close"):
        assert np.array_equal(getattr(played, column), getattr(wanted, column)), column
    assert played.volume == pytest.approx(wanted.volume, rel=1e-12, abs=1e-11)


def test_a_candle_without_volume_still_has_trades() -> None:
    window = part_of(candles(1, Interval.M1), slice(0, 1))
    none = type(window).from_arrays(
        window.time_ns, window.open, window.high, window.low, window.close, [0.0]
    )
    trades = trades_of(none, Interval.M1)
    assert (trades.size > 0).all()
    assert sorted(trades.price) == sorted(
        float(column[0]) for column in (none.open, none.low, none.high, none.close)
    )
    assert trades.time.tolist() == [int(none.time_ns[0]) + n * 15 * SECOND for n in range(4)]


# --- over HTTP --------------------------------------------------------------------------------


@pytest.fixture
def server(settings: Settings) -> Iterator[Running]:
    with run_server(settings) as running:
        yield running


def test_replays_over_rest(server: Running) -> None:
    with httpx.Client(base_url=server.url, timeout=60) as web:
        listed = web.get("/api/recordings").json()
        symbols = ["BTC-USD", "ETH-USD"]
        assert web.get("/api/replay").json() == {"replay": None, "symbols": symbols}
        (key,) = (each["key"] for each in listed if each["name"] == "tape.txt")
        told = web.post("/api/replay", json={"recording": key, "speed": 8, "paused": True}).json()
        assert told["replay"]["name"] == "tape.txt"
        assert (told["replay"]["speed"], told["replay"]["paused"]) == (8, True)
        assert web.get("/api/replay").json() == told
        assert web.delete("/api/replay").json() == {"replay": None, "symbols": symbols}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"recording": "../x"}, "recording was '../x'; allowed are the keys"),
        ({"recording": "recording:0:torn.jsonl"}, "torn.jsonl cannot be replayed"),
        ({"speed": "fast"}, "speed was"),
        ({"step": "leap"}, "step was 'leap'"),
        ({"path": "/etc/passwd"}, "path was"),
        ({"seek_ms": -1}, "seek_ms was '-1'"),
    ],
)
def test_a_refusal_is_a_sentence(server: Running, body: dict[str, object], sentence: str) -> None:
    answer = httpx.post(f"{server.url}/api/replay", json=body, timeout=60)
    assert answer.status_code == 422
    assert sentence in answer.json()["error"]
    assert server.feed.session == 0


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_pages_of_others_change_nothing(server: Running, method: str) -> None:
    body = json.dumps({"recording": "recording:0:tape.txt"}).encode()
    headers = {"Origin": "https://evil.example", "Content-Type": "application/json"}
    answer = httpx.request(method, f"{server.url}/api/replay", content=body, headers=headers)
    assert answer.status_code == 403
    assert server.feed.session == 0
