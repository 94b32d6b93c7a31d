"""Candles on disk: what comes back, after merging, damage and failures."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import DAY, INTERVALS, MINUTE, Interval
from storage import candle_store
from storage.candle_store import CandleStore, columns_of, equal
from storage.checked_files import read_checked
from storage.errors import BadName, FileDamaged, ReadFailed, StorageError, WriteFailed
from storage.parquet import Columns, write_columns
from tests.storage.candles import START_NS, candles, windows

BTC = "BTC-USD"


def files(store: CandleStore) -> list[str]:
    return sorted(str(p.relative_to(store.folder)) for p in store.folder.rglob("*") if p.is_file())


def rows(window: CandleWindow) -> dict[int, tuple[float, ...]]:
    arrays = [column.tolist() for column in columns_of(window).values()]
    return {row[0]: row[1:] for row in zip(*arrays, strict=True)}


def test_files_are_named_by_venue_symbol_interval_and_day(tmp_path: Path) -> None:
    store = CandleStore(tmp_path, "coinbase")
    for interval in (Interval.S15, Interval.M1, Interval.M5, Interval.D1):
        store.write(BTC, interval, candles(3, interval, first=-1))
    assert files(store) == [
        "BTC-USD/15s/2023-11-13.parquet",
        "BTC-USD/15s/2023-11-14.parquet",
        "BTC-USD/1d/2023.parquet",
        "BTC-USD/1m/2023-11-13.parquet",
        "BTC-USD/1m/2023-11-14.parquet",
        "BTC-USD/5m/2023-11.parquet",
    ]
    assert store.symbols() == [BTC]
    assert CandleStore(tmp_path, "kraken").symbols() == []


@settings(max_examples=25)
@given(st.data(), st.sampled_from(INTERVALS))
def test_what_is_written_is_read(data: st.DataObject, interval: Interval) -> None:
    """Against a dictionary: later writes win, ranges are half open."""
    told: list[StorageError] = []
    truth: dict[int, tuple[float, ...]] = {}
    with TemporaryDirectory() as folder:
        store = CandleStore(Path(folder), "x", told.append)
        for _ in range(2):
            window = data.draw(windows(interval))
            store.write(BTC, interval, window)
            truth |= rows(window)
        edges = st.one_of(st.sampled_from([0, *truth]), st.integers(0, 2**62))
        start, end = data.draw(edges), data.draw(edges)
        found = store.read(BTC, interval, start, end)
        assert rows(found) == {t: truth[t] for t in sorted(truth) if start <= t < end}
        assert list(rows(store.read(BTC, interval))) == sorted(truth)
        count = data.draw(st.integers(0, 20))
        assert list(rows(store.newest(BTC, interval, count))) == sorted(truth)[-count:][:count]
    assert told == []


def test_only_changed_files_are_written(tmp_path: Path) -> None:
    store = CandleStore(tmp_path, "x")
    window = candles(3 * 1440)
    assert store.write(BTC, Interval.M1, window) == 3
    assert store.write(BTC, Interval.M1, window) == 0
    later = candles(10, first=2 * 1440 + 5, seed=2)
    assert store.write(BTC, Interval.M1, later) == 1
    found = store.read(BTC, Interval.M1)
    assert len(found) == len(window)
    assert rows(found) == rows(window) | rows(later)


def test_newest_reads_only_the_files_it_needs(tmp_path: Path) -> None:
    told: list[StorageError] = []
    store = CandleStore(tmp_path, "x", told.append)
    window = candles(3 * 1440)
    store.write(BTC, Interval.M1, window)
    (store.folder / BTC / "1m" / "2023-11-14.parquet").write_bytes(b"garbage")
    found = store.newest(BTC, Interval.M1, 1500)
    assert told == []
    assert found.time_ns.tolist() == window.time_ns[-1500:].tolist()
    assert len(store.newest(BTC, Interval.M1, 9999)) == 2 * 1440
    assert len(told) == 1


def test_what_was_never_stored_is_empty(tmp_path: Path) -> None:
    store = CandleStore(tmp_path / "absent", "x")
    assert len(store.read(BTC, Interval.M1)) == len(store.newest(BTC, Interval.M1, 5)) == 0
    assert store.write(BTC, Interval.M1, candles(0)) == 0
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden", "a\0", "x" * 41, "é"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    store = CandleStore(tmp_path, "x")
    for act in (
        lambda: store.read(name, Interval.M1),
        lambda: store.newest(name, Interval.M1, 1),
        lambda: store.write(name, Interval.M1, candles(1)),
        lambda: CandleStore(tmp_path, name),
    ):
        with pytest.raises(BadName, match="name was"):
            act()


def test_a_damaged_file_is_set_aside_and_the_rest_is_served(tmp_path: Path) -> None:
    told: list[StorageError] = []
    store = CandleStore(tmp_path, "x", told.append)
    store.write(BTC, Interval.M1, candles(3 * 1440))
    path = store.folder / BTC / "1m" / "2023-11-15.parquet"
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    found = store.read(BTC, Interval.M1)
    assert len(found) == 2 * 1440
    (error,) = told
    assert isinstance(error, FileDamaged)
    aside = path.with_name("2023-11-15.parquet.damaged-1")
    assert error.kept_as == aside
    assert aside.read_bytes() == data[:-1]
    assert str(error).startswith(f"{path} is damaged: it cannot be read as Parquet: ")
    assert str(error).endswith("; it was set aside as 2023-11-15.parquet.damaged-1")
    assert len(store.read(BTC, Interval.M1)) == 2 * 1440
    assert len(told) == 1, "told once"
    path.write_bytes(b"")
    store.write(BTC, Interval.M1, candles(3 * 1440))
    assert rows(store.read(BTC, Interval.M1)) == rows(candles(3 * 1440))
    assert [type(error) for error in told] == [FileDamaged, FileDamaged]
    assert path.with_name("2023-11-15.parquet.damaged-2").read_bytes() == b""


def test_a_file_that_was_replaced_meanwhile_is_not_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[StorageError] = []
    store = CandleStore(tmp_path, "x", told.append)
    store.write(BTC, Interval.M1, candles(5))
    (path,) = tmp_path.rglob("*.parquet")
    whole, read = path.read_bytes(), read_checked

    def replaced_after_the_look(at: Path, names: Sequence[str]) -> Columns:
        try:
            return read(at, names)
        finally:
            path.write_bytes(whole)

    path.write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(candle_store, "read_checked", replaced_after_the_look)
    assert len(store.read(BTC, Interval.M1)) == 5
    assert (told, list(tmp_path.rglob("*.damaged*"))) == ([], [])


def test_no_flip_and_no_cut_gives_wrong_candles(tmp_path: Path) -> None:
    told: list[StorageError] = []
    store = CandleStore(tmp_path, "x", told.append)
    window = candles(5)
    store.write(BTC, Interval.M1, window)
    path = store.folder / BTC / "1m" / "2023-11-14.parquet"
    data = path.read_bytes()
    changed = [data[:cut] for cut in range(0, len(data), 7)]
    changed += [
        data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
        for at in range(0, len(data), 3)
    ]
    for number, other in enumerate(changed):
        told.clear()
        path.write_bytes(other)
        found = store.read(BTC, Interval.M1)
        if told:
            assert len(found) == 0
            assert not path.exists()
            next(path.parent.glob("*.damaged-1")).unlink()
        else:
            assert equal(found, window), number


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("names", "its columns are"),
        ("checksum", "its checksum is not that of its columns"),
        ("day", "its candles are of 2023-11-14"),
    ],
)
def test_foreign_files_are_set_aside(tmp_path: Path, change: str, reason: str) -> None:
    told: list[StorageError] = []
    store = CandleStore(tmp_path, "x", told.append)
    store.write(BTC, Interval.M1, candles(5))
    path = store.folder / BTC / "1m" / "2023-11-14.parquet"
    columns = columns_of(candles(5))
    if change == "names":
        write_columns(path, {"time": columns["time"]}, {})
    elif change == "checksum":
        write_columns(path, columns, {"candlecast.crc32": "00000000"})
    else:
        path.rename(path.with_name("2023-11-20.parquet"))
    assert len(store.read(BTC, Interval.M1)) == 0
    assert reason in str(told[0])


def test_a_full_disk_changes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = CandleStore(tmp_path, "x")
    store.write(BTC, Interval.M1, candles(3 * 1440))
    before = files(store)
    synced: list[int] = []

    def full(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(
            WriteFailed, match=r"2023-11-16\.parquet could not be written: No space"
        ):
            store.write(BTC, Interval.M1, candles(3 * 1440, seed=2))
    assert files(store) == before, "no temporary file is left"
    assert rows(store.read(BTC, Interval.M1)) == rows(candles(3 * 1440))


def test_a_file_that_the_system_refuses_is_neither_moved_nor_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[StorageError] = []
    store = CandleStore(tmp_path, "x", told.append)
    store.write(BTC, Interval.M1, candles(5))
    before = files(store)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert len(store.read(BTC, Interval.M1)) == 0
        with pytest.raises(ReadFailed, match="Too many open files"):
            store.write(BTC, Interval.M1, candles(5, seed=2))
    assert [type(error) for error in told] == [ReadFailed]
    assert files(store) == before
    assert rows(store.read(BTC, Interval.M1)) == rows(candles(5))


def test_a_range_of_a_long_store(tmp_path: Path) -> None:
    store = CandleStore(tmp_path, "x")
    window = candles(5000, Interval.H4)
    store.write(BTC, Interval.H4, window)
    found = store.read(BTC, Interval.H4, START_NS + 10 * DAY, START_NS + 400 * DAY + MINUTE)
    assert found.time_ns[0] == START_NS + 10 * DAY
    assert found.time_ns[-1] == START_NS + 400 * DAY
    assert np.array_equal(found.close, window.close[60:2401])
