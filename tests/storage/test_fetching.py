"""A venue's history into the store: pages, gaps, what is there already, and ends in the middle."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from data_feed import open_feed
from data_feed.errors import ConnectionLost, HistoryError, HistoryUnavailable
from data_feed.history import CoinbaseHistory
from data_feed.rest import Asker
from market.types import DAY, MINUTE, SECOND, Interval, Symbol
from storage import fetching
from storage.__main__ import main
from storage.candle_store import CandleStore
from storage.errors import FetchStopped, StorageError
from storage.fetched import FetchedTimes, united, without
from storage.fetching import Fetcher, FetchOrder, FetchProgress
from storage.files import claim_folder
from tests.data_feed.test_history_loader import answering

BTC = Symbol("BTC-USD")
START = 20_000 * DAY
HOURS = 3600 * SECOND


def price(time_s: int) -> float:
    return 100.0 + time_s // 60 % 97


def traded(time_s: int) -> bool:
    """Three minutes of four have a trade; two hours of the day have none."""
    hour = time_s // 3600 % 24
    return time_s // 60 % 4 != 0 and hour not in (5, 6)


def rows(target: str) -> list[list[float]]:
    """What Coinbase answers: newest first, time s, low, high, open, close, volume."""
    times = re.findall(r"(?:start|end)=(\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\dZ)", target)
    first, last = (
        int(np.datetime64(each.replace("%3A", ":")[:-1], "s").astype(int)) for each in times
    )
    assert (last - first) // 60 < 300
    found = [each for each in range(first, last + 1, 60) if traded(each)]
    return [
        [each, price(each) - 1, price(each) + 1, price(each), price(each), 2.0]
        for each in found[::-1]
    ]


@dataclass
class HandRest:
    """Answers like the venue; ``failures`` are raised first, ``after`` answers ends it all."""

    asked: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    cut_after: int = 10**9

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Asker]:
        yield self.ask

    async def ask(self, path: str) -> bytes:
        if self.failures:
            raise self.failures.pop(0)
        if len(self.asked) >= self.cut_after:
            raise asyncio.CancelledError
        self.asked.append(path)
        return json.dumps(rows(path)).encode()


@dataclass
class Stand:
    store: CandleStore
    rest: HandRest = field(default_factory=HandRest)
    told: list[FetchProgress] = field(default_factory=list)

    async def fetch(self, start_ns: int, end_ns: int) -> FetchProgress:
        fetcher = Fetcher(self.store, CoinbaseHistory("http://x"), self.rest, self.told.append)
        return await fetcher.fetch(FetchOrder(BTC, Interval.M1, start_ns, end_ns))

    def times(self) -> list[int]:
        return [int(each) // SECOND for each in self.store.read(BTC, Interval.M1).time_ns]


@pytest.fixture
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    monkeypatch.setattr(fetching, "FIRST_PAUSE_S", 0.0)
    return Stand(CandleStore(tmp_path, "coinbase"))


def truth(start_ns: int, end_ns: int) -> list[int]:
    return [each for each in range(start_ns // SECOND, end_ns // SECOND, 60) if traded(each)]


async def test_every_candle_is_stored_and_told(stand: Stand) -> None:
    done = await stand.fetch(START, START + DAY)
    assert stand.times() == truth(START, START + DAY)
    stored = stand.store.read(BTC, Interval.M1)
    assert stored.close.tolist() == [price(each) for each in truth(START, START + DAY)]
    assert stored.low.tolist() == [price(each) - 1 for each in truth(START, START + DAY)]
    assert done == FetchProgress(1440, 1440, len(stored))
    assert len(stand.rest.asked) == 5
    assert [each.done for each in stand.told] == [0, 300, 600, 900, 1200, 1440]


async def test_what_was_asked_for_is_not_asked_again(stand: Stand) -> None:
    await stand.fetch(START + 6 * HOURS, START + 12 * HOURS)
    stand.rest.asked.clear()
    done = await stand.fetch(START, START + 18 * HOURS)
    assert done.expected == 12 * 60
    assert stand.times() == truth(START, START + 18 * HOURS)
    assert len(stand.rest.asked) == 4
    stand.rest.asked.clear()
    assert await stand.fetch(START, START + 18 * HOURS) == FetchProgress(0, 0, 0)
    assert stand.rest.asked == []


async def test_days_that_are_whole_in_the_store_are_skipped(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.storage.test_fetching.traded", lambda time_s: True)
    await stand.fetch(START, START + 2 * DAY)
    for note in stand.store.folder.glob("*/*/fetched.json"):
        note.unlink()
    stand.rest.asked.clear()
    assert (await stand.fetch(START, START + 3 * DAY)).expected == 1440
    assert len(stand.rest.asked) == 5
    assert len(stand.times()) == 3 * 1440


async def test_what_ended_in_the_middle_goes_on_there(stand: Stand) -> None:
    stand.rest.cut_after = 3
    with pytest.raises(asyncio.CancelledError):
        await stand.fetch(START, START + DAY)
    assert stand.times() == truth(START + 9 * HOURS, START + DAY)
    stand.rest.cut_after = 10**9
    done = await stand.fetch(START, START + DAY)
    assert done.expected == 540
    assert len(stand.rest.asked) == 5
    assert stand.times() == truth(START, START + DAY)


async def test_a_venue_that_does_not_answer_is_asked_again(stand: Stand) -> None:
    stand.rest.failures = [ConnectionLost("gone"), HistoryUnavailable("busy")]
    await stand.fetch(START, START + HOURS)
    assert stand.times() == truth(START, START + HOURS)


@pytest.mark.parametrize("failures", [[ConnectionLost("gone")] * 5, [HistoryError("gone")]])
async def test_a_refusal_says_what_is_kept(stand: Stand, failures: list[Exception]) -> None:
    await stand.fetch(START + HOURS, START + 2 * HOURS)
    stand.rest.failures = list(failures)
    with pytest.raises(FetchStopped, match="gone; 0 candles were stored, ask again to go on"):
        await stand.fetch(START, START + 2 * HOURS)
    assert stand.times() == truth(START + HOURS, START + 2 * HOURS)


async def test_a_venue_with_its_newest_page_alone_says_so(stand: Stand) -> None:
    history = CoinbaseHistory("http://x")
    history.newest_only = True
    fetcher = Fetcher(stand.store, history, stand.rest, stand.told.append)
    with pytest.raises(FetchStopped, match="gives its newest 300 candles only"):
        await fetcher.fetch(FetchOrder(BTC, Interval.M1, START, START + DAY))
    assert stand.times() == truth(START + 19 * HOURS, START + DAY)


async def test_an_interval_the_venue_has_not_is_refused(stand: Stand) -> None:
    fetcher = Fetcher(stand.store, CoinbaseHistory("http://x"), stand.rest, stand.told.append)
    with pytest.raises(FetchStopped, match="no 1s candles; it has 1m, 5m, 15m, 1h, 1d"):
        await fetcher.fetch(FetchOrder(BTC, Interval.S1, START, START + DAY))


def test_an_order_ends_with_the_last_closed_candle() -> None:
    order = FetchOrder(BTC, Interval.H1, START + 90 * MINUTE, START + 10 * HOURS + 1)
    assert order.closed(START + DAY)[2:] == (START + HOURS, START + 11 * HOURS)
    assert order.closed(START + 5 * HOURS + 7)[2:] == (START + HOURS, START + 5 * HOURS)
    assert order.closed(START)[2:] == (START + HOURS, START + HOURS)


def test_spans_are_united_and_taken_away() -> None:
    assert united([(5, 7), (1, 3), (3, 4), (6, 9), (9, 9)]) == [(1, 4), (5, 9)]
    assert without((0, 10), [(5, 7), (1, 3)]) == [(0, 1), (3, 5), (7, 10)]
    assert without((2, 6), [(0, 3), (5, 9)]) == [(3, 5)]
    assert without((2, 6), [(0, 9)]) == []


def test_notes_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    store = CandleStore(tmp_path, "x")
    notes = FetchedTimes(store, BTC, Interval.M1)
    assert notes.spans() == []
    notes.add((1, 5))
    notes.add((5, 8))
    assert notes.spans() == [(1, 8)]
    next(tmp_path.rglob("fetched.json")).write_text("[[1,")
    assert notes.spans() == []


# --- by command -------------------------------------------------------------------------------


def test_the_command_fetches_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_commanded(tmp_path, monkeypatch))
    told = capsys.readouterr()
    assert "1,440 of 1,440 candles" in told.err
    assert f"{len(truth(START, START + DAY)):,} 1m candles of BTC-USD stored" in told.out
    assert "0 1m candles of BTC-USD stored" in told.out.splitlines()[-1]


async def _commanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(lambda target: (200, rows(target))) as rest:
        venue = replace(
            open_feed.VENUES["coinbase"], history=lambda: CoinbaseHistory(rest.url), pause_s=0.0
        )
        monkeypatch.setitem(open_feed.VENUES, "coinbase", venue)
        words = ["fetch", "--store", str(tmp_path), "--symbol", BTC, "--from", "2024-10-04"]
        for _ in range(2):
            assert await asyncio.to_thread(main, [*words, "--to", "2024-10-04"]) == 0
        stored = CandleStore(tmp_path, "coinbase").read(BTC, Interval.M1)
        assert (stored.time_ns // SECOND).tolist() == truth(START, START + DAY)


def test_the_command_leaves_a_store_in_use_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["fetch", "--store", str(tmp_path), "--symbol", BTC, "--from", "2024-10-04"]
    with claim_folder(CandleStore(tmp_path, "coinbase").folder):
        assert main(words) == 2
    assert "is being written by another process" in capsys.readouterr().err
    assert main([*words, "--interval", "7m"]) == 2
    assert main([*words[:4], "BTC-XYZ", *words[5:]]) == 2
    assert "Coinbase does not offer BTC-XYZ" in capsys.readouterr().err
    assert issubclass(FetchStopped, StorageError)
