"""A market's candles outlive the process: they are stored as they close, and come back."""

import errno
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from data_feed.feed import Feed
from data_feed.playhead import Playhead
from data_feed.replay import ReplayConnector, open_recording
from data_feed.status import FeedMode, FeedState
from market.columns import CandleWindow
from market.market import Market
from market.types import INTERVALS, MINUTE, SECOND, Interval, Side, Symbol, Trade
from storage.candle_store import CandleStore
from storage.errors import StoreBusy, WriteFailed
from storage.keeper import WHOLE_ROUNDS, CandleKeeper
from tests.data_feed.test_feed import FakeSource, wait_for
from tests.data_feed.venue_server import match
from tests.storage.candles import START_NS, candles

BTC = Symbol("BTC-USD")


def trade(number: int, at_ns: int, price: float = 100.0) -> Trade:
    return Trade(BTC, number, START_NS + at_ns, price, 1.0, Side.BUY)


MakeKeeper = Callable[[Path, Market], CandleKeeper]


@pytest.fixture
def keeper_of() -> Iterator[MakeKeeper]:
    made: list[CandleKeeper] = []

    def make(folder: Path, market: Market) -> CandleKeeper:
        made.append(CandleKeeper(CandleStore(folder, "x"), market, lambda: 1, every_s=3600))
        return made[-1]

    yield make
    for keeper in made:
        keeper.stop()


def stored(folder: Path, interval: Interval = Interval.M1) -> CandleWindow:
    return CandleStore(folder, "x").read(BTC, interval)


def minutes(window: CandleWindow) -> list[int]:
    return [int(time - START_NS) // MINUTE for time in window.time_ns]


def test_candles_are_stored_once_they_have_closed(tmp_path: Path, keeper_of: MakeKeeper) -> None:
    market = Market([BTC])
    keeper = keeper_of(tmp_path, market)
    assert keeper.save() == 0
    for minute, expected in ((0, []), (1, [0]), (2, [0, 1]), (5, [0, 1, 2])):
        market.apply(trade(minute, minute * MINUTE, 100 + minute), 1)
        keeper.save()
        assert minutes(stored(tmp_path)) == expected
    assert stored(tmp_path).close.tolist() == [100.0, 101.0, 102.0]
    assert len(stored(tmp_path, Interval.H1)) == 0
    assert keeper.save() == 0


def test_history_and_late_trades_are_stored_in_the_next_whole_round(
    tmp_path: Path, keeper_of: MakeKeeper
) -> None:
    market = Market([BTC])
    keeper = keeper_of(tmp_path, market)
    for minute in (10, 11, 12):
        market.apply(trade(minute * 10, minute * MINUTE), 1)
    keeper.save()
    market[BTC].builder.load_history(Interval.M1, candles(5))
    keeper.save()
    assert minutes(stored(tmp_path)) == [0, 1, 2, 3, 4, 10, 11]
    market[BTC].builder.load_history(Interval.M1, candles(1, first=10))
    keeper.save()
    ring = market[BTC].builder.columns(Interval.M1).snapshot()
    assert stored(tmp_path).high.tolist() == ring.high[:-1].tolist()
    assert ring.high[5] > 100.0, "the history changed a candle that was stored"
    market.apply(trade(115, 11 * MINUTE + SECOND, 555.0), 1)
    for _ in range(WHOLE_ROUNDS):
        keeper.save()
    assert stored(tmp_path).high[6] == 555.0


def test_what_could_not_be_stored_is_stored_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeper_of: MakeKeeper
) -> None:
    market = Market([BTC])
    keeper = keeper_of(tmp_path, market)
    for minute in range(3):
        market.apply(trade(minute, minute * MINUTE), 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("storage.candle_store._write_file", full)
        with pytest.raises(WriteFailed):
            keeper.save()
    assert len(stored(tmp_path)) == 0
    keeper.save()
    assert minutes(stored(tmp_path)) == [0, 1]


def test_nothing_is_stored_of_what_is_not_live(tmp_path: Path) -> None:
    market = Market([BTC])
    market.apply(trade(1, 0), 1)
    market.apply(trade(2, 5 * MINUTE), 1)
    keeper = CandleKeeper(CandleStore(tmp_path, "x"), market, lambda: None, every_s=0.01)
    keeper.start()
    keeper.stop()
    assert list(tmp_path.iterdir()) == []


def test_one_process_writes_to_a_store(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, keeper_of: MakeKeeper
) -> None:
    market = Market([BTC])
    first, second = keeper_of(tmp_path, market), keeper_of(tmp_path, market)
    first.save()
    with pytest.raises(StoreBusy, match="being written by another process"):
        second.save()
    with caplog.at_level(logging.ERROR):
        second.start()
        second.stop()
    assert "another process" in second.failure
    assert [record.getMessage()[:32] for record in caplog.records] == [
        "candles are not being stored: /t"
    ]
    first.stop()
    assert keeper_of(tmp_path, market).save() == 0


def test_the_thread_stores_what_has_closed_before_it_ends(
    tmp_path: Path, keeper_of: MakeKeeper
) -> None:
    market = Market([BTC])
    keeper = keeper_of(tmp_path, market)
    keeper.start()
    market.apply(trade(1, 0), 1)
    market.apply(trade(2, 5 * MINUTE), 1)
    keeper.stop()
    assert minutes(stored(tmp_path)) == [0]


@pytest.mark.parametrize("trial", [False, True])
def test_a_live_feed_begins_with_the_store(
    tmp_path: Path, keeper_of: MakeKeeper, trial: bool
) -> None:
    """Candles before, none lost, none twice: the store's and those of the feed's trades."""
    CandleStore(tmp_path, "x").write(BTC, Interval.M1, candles(30))
    feed, market = feed_from(tmp_path, FeedMode.LIVE, keeper_of, trial)
    columns = market[BTC].builder.columns(Interval.M1)
    wait_for(lambda: feed.status().state is FeedState.ENDED and len(columns) > 30)
    feed.stop()
    assert columns.snapshot().close.tolist() == [*candles(30).close.tolist(), 100.0]


def test_a_simulated_feed_begins_with_nothing(tmp_path: Path, keeper_of: MakeKeeper) -> None:
    CandleStore(tmp_path, "x").write(BTC, Interval.M1, candles(30))
    feed, market = feed_from(tmp_path, FeedMode.SIMULATED, keeper_of, False)
    wait_for(lambda: feed.status().state is FeedState.ENDED)
    feed.stop()
    assert len(market[BTC].builder.columns(Interval.M1)) == 1


def feed_from(
    folder: Path, mode: FeedMode, keeper_of: MakeKeeper, trial: bool
) -> tuple[Feed, Market]:
    tape = folder / "tape.txt"
    frame = json.loads(match(1)) | {"price": "100", "time": "2023-11-14T01:00:00.000000Z"}
    tape.write_text(f"1 {json.dumps(frame)}\n")
    connector = ReplayConnector(open_recording(tape), Playhead(1.0))
    source = FakeSource(mode, "Tape", connector)
    market = Market([BTC], capacity=100)
    feed = Feed([source, source] if trial else [source], market, Random(1))
    feed.restore(keeper_of(folder, market).restore)
    feed.start()
    return feed, market


def test_candles_of_a_market_that_began_anew_meanwhile_are_left(tmp_path: Path) -> None:
    market = Market([Symbol("BTC-USD")])
    for number in range(3):
        market.apply(Trade(market.symbols[0], number, number * SECOND, 5.0, 1.0, Side.BUY), 1)
    sessions = iter([1, *[2] * len(INTERVALS), *[2] * 99])
    store = CandleStore(tmp_path, "x")
    keeper = CandleKeeper(store, market, lambda: next(sessions), every_s=3600)
    assert keeper.save() == 0  # they were read after the session had changed
    assert len(store.read(market.symbols[0], Interval.S1)) == 0
    assert keeper.save() > 0
    assert store.read(market.symbols[0], Interval.S1).time_ns.tolist() == [0, SECOND]
    keeper.stop()
