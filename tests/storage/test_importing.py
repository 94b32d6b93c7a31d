"""Candles from files: real ones, every way to name and write columns, and what is refused."""

import gzip
import zipfile
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import DAY, INTERVALS, MINUTE, SECOND, Interval
from storage import csv_rows
from storage.candle_store import equal
from storage.column_names import roles_of
from storage.errors import BadImport, ReadFailed, WriteFailed
from storage.exporting import export_csv, export_parquet
from storage.importing import ImportHints, read_candles
from tests.storage.candles import candles, windows

T0 = 1_600_000_020
NO_HINTS = ImportHints()
ROW = ("100", "103", "99", "101", "7.5")


def saved(folder: Path, text: str, name: str = "candles.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def lines(*times: object, row: tuple[str, ...] = ROW) -> str:
    return "".join(f"{time},{','.join(row)}\n" for time in times)


def refused(folder: Path, text: str, hints: ImportHints = NO_HINTS) -> str:
    path = saved(folder, text)
    with pytest.raises(BadImport) as told:
        read_candles(path, hints)
    return str(told.value)


REAL = [
    # file, hints, interval, rows, first time, first row, last close
    ("coinbase_btcusd_1m_20171217.zip", ImportHints(), "1m", 1440, "2017-12-17T00:00",
     (19650.02, 19650.02, 19505.0, 19516.96, 61.34020731)),
    ("coinbase_btcusd_1d_2014_2018.zip", ImportHints(), "1d", 1318, "2014-12-01T00:00",
     (300.0, 370.0, 300.0, 370.0, 0.05655554)),
    ("spy_1m_20131007.zip", ImportHints(price_scale=10_000), "1m", 828, "2013-10-07T04:00",
     (167.41, 167.41, 167.25, 167.27, 3197.0)),
    ("btcperp_1m_20211231_20220201.csv.gz", ImportHints(), "1m", 45_031, "2021-12-31T23:01",
     (46319.0, 46385.0, 46319.0, 46377.0, 2300413.7295)),
    ("ethbtc_5m_201801.csv.gz", ImportHints(), "5m", 5760, "2018-01-10T04:55",
     (0.0984, 0.0994766, 0.09828605, 0.0994766, 1820.54447418)),
    ("eurusd_1h_2017_2018.csv", ImportHints(), "1h", 5000, "2017-04-19T09:00",
     (1.0716, 1.0722, 1.07083, 1.07219, 1413.0)),
    ("goog_1d_2004_2013.csv", ImportHints(), "1d", 2148, "2004-08-19T00:00",
     (100.0, 104.06, 95.96, 100.34, 22351900.0)),
]  # fmt: skip


@pytest.mark.parametrize("case", REAL, ids=lambda case: case[0])
def test_real_files(
    shared_data: Path, case: tuple[str, ImportHints, str, int, str, tuple[float, ...]]
) -> None:
    name, hints, interval, count, first, row = case
    found = read_candles(shared_data / "ohlcv" / name, hints)
    window = found.candles
    assert (found.interval, len(window)) == (interval, count)
    assert str(window.time_ns[:1].astype("datetime64[ns]").astype("datetime64[m]")[0]) == first
    columns = (window.open, window.high, window.low, window.close, window.volume)
    assert tuple(float(column[0]) for column in columns) == row


@settings(max_examples=30)
@given(st.data(), st.sampled_from(INTERVALS), st.sampled_from([export_csv, export_parquet]))
def test_what_is_exported_is_imported(
    data: st.DataObject, interval: Interval, export: object
) -> None:
    window = data.draw(windows(interval).filter(len))
    assert callable(export)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        export(path, window)
        found = read_candles(path, ImportHints(interval))
    assert found.interval is interval
    assert equal(found.candles, window)


@pytest.mark.parametrize(
    ("first", "step"),
    [(T0, 60), (T0 * 10**3, 60_000), (T0 * 10**6, 6 * 10**7), (T0 * 10**9, 6 * 10**10)],
)
def test_units_of_time_are_told_by_their_size(tmp_path: Path, first: int, step: int) -> None:
    found = read_candles(saved(tmp_path, lines(first, first + step)))
    assert found.candles.time_ns.tolist() == [T0 * SECOND, T0 * SECOND + MINUTE]
    assert found.interval is Interval.M1


@pytest.mark.parametrize(
    "text",
    [
        "2020-09-13T12:27:00Z", "2020-09-13 12:27", "2020-09-13T14:27:00+02:00",
        "2020.09.13 12:27", "2020/9/13 12:27:00", "20200913 12:27", "20200913T122700",
        "2020-09-13T12:27:00.000000000Z", "1600000020.0", "1.60000002E9",
    ],
)  # fmt: skip
def test_times_in_texts(tmp_path: Path, text: str) -> None:
    found = read_candles(saved(tmp_path, lines(text)), ImportHints(Interval.M1))
    assert found.candles.time_ns.tolist() == [T0 * SECOND]


def test_milliseconds_since_midnight_need_a_day(tmp_path: Path) -> None:
    text = lines(0, 60_000)
    day_ns = 19_000 * DAY
    hints = ImportHints(day=date(2022, 1, 8))
    assert read_candles(saved(tmp_path, text), hints).candles.time_ns.tolist() == [
        day_ns, day_ns + MINUTE,
    ]  # fmt: skip
    named = saved(tmp_path, text, "20220108_trade.csv")
    assert int(read_candles(named).candles.time_ns[0]) == day_ns
    assert "line 1: time was '0': it is too small" in refused(tmp_path, text)


@pytest.mark.parametrize(
    "names",
    [
        "timestamp,open,high,low,close,volume",
        ",Open,High,Low,Close,Volume",
        "Open time,o,h,l,c,Volume BTC",
        "<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>",
        "unix,Open (USD),High (USD),Low (USD),Close (USD),Vol.",
        "date,1. open,2. high,3. low,4. close,5. volume",
        "t,open_price,high_price,low_price,close_price,base_volume",
    ],
)
def test_names_of_columns(tmp_path: Path, names: str) -> None:
    found = read_candles(saved(tmp_path, f"{names}\n{lines(T0)}"), ImportHints(Interval.M1))
    window = found.candles
    assert [
        column.tolist()
        for column in (window.open, window.high, window.low, window.close, window.volume)
    ] == [[100.0], [103.0], [99.0], [101.0], [7.5]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_order_delimiter_quotes_and_mark_do_not_matter(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["Trades", "Close", "adj close", "High", "Low", "Open", "Date", "Time", "note"],
        ["3", "101", "5", "103", "99", "100", "2020.09.13", "12:27", '"a ""b"""'],
        [],
        ["4", "102", "5", "103", "99", "100", "2020.09.13", "12:28", '""'],
    ]
    text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)
    window = read_candles(saved(tmp_path, text)).candles
    assert window.time_ns.tolist() == [T0 * SECOND, T0 * SECOND + MINUTE]
    assert window.close.tolist() == [101.0, 102.0]
    assert window.volume.tolist() == [0.0, 0.0]
    assert window.trades.tolist() == [3, 4]


def test_rows_without_names_are_read_by_place_and_content(tmp_path: Path) -> None:
    coinbase = ("99", "103", "100", "101", "7.5")
    window = read_candles(saved(tmp_path, lines(T0, T0 + 60, row=coinbase))).candles
    assert (window.open[0], window.high[0], window.low[0], window.close[0]) == (100, 103, 99, 101)
    binance = (*ROW, "9", "0", "42", "0", "0", "0")
    found = read_candles(saved(tmp_path, lines(T0, row=binance)), ImportHints(Interval.M1))
    assert found.candles.trades.tolist() == [42]
    assert "not recognised" in refused(tmp_path, lines(T0, row=binance[:-1]))


def test_rows_may_fall_and_repeat(tmp_path: Path) -> None:
    text = lines(T0 + 120, T0 + 60, T0 + 60, T0)
    window = read_candles(saved(tmp_path, text)).candles
    assert window.time_ns.tolist() == [(T0 + add) * SECOND for add in (0, 60, 120)]


GOOD = f"time,open,high,low,close,volume\n{lines(T0, T0 + 60)}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "candles.csv: it is empty"),
        ("time,open,high,low,close\n", "candles.csv: it holds no candle"),
        ("time,open,high,close\n1,2,3,4\n",
         "line 1: its columns are time, open, high, close; found none for low"),
        (GOOD + "1600000140,100,103,99\n", "line 4: there are 4 columns where 6 belong"),
        (GOOD + "\n\n1600000140,100,103,99,x,1\n", "line 6: close was 'x': could not convert"),
        (GOOD + "1600000140,100,103,99,,1\n", "line 4: close was '': could not convert"),
        (GOOD + "1600000140,nan,103,99,100,1\n", "line 4: a price or the volume is no finite"),
        (GOOD + "1600000140,100,1e999,99,100,1\n", "line 4: a price or the volume is no finite"),
        (GOOD + "1600000140,100,103,0,100,1\n", "line 4: a price is not above 0"),
        (GOOD + "1600000140,100,103,100.5,101,1\n", "line 4: the low is above another price"),
        (GOOD + "1600000140,100,100.5,99,101,1\n", "line 4: the high is below another price"),
        (GOOD + "1600000140,100,103,99,101,-1\n", "line 4: the volume is negative"),
        (GOOD + "yesterday,100,103,99,101,1\n", "line 4: time was 'yesterday'"),
        (GOOD + "1e400,100,103,99,101,1\n", "line 4: time was '1e400'"),
        (GOOD + "-5,100,103,99,101,1\n", "line 4: the time is before 1970"),
        (GOOD + lines(T0 + 130), "line 4: the candle starts at 2020-09-13T12:29:10Z, off the grid"),
        (GOOD + lines(T0, row=("100", "103", "99", "102", "7.5")),
         "line 4: there is another candle at 2020-09-13T12:27:00Z with other values"),
        (lines(T0), "it holds one candle, which does not tell its interval"),
        (lines(T0, T0 + 7), "candles are 7 s apart; intervals are 1s, 5s"),
        ("tomorrow,1,2,1,2,1\n", "line 1: time was 'tomorrow'"),
        ('time,open,high,low,close\n"' + "x" * 200_000, "line 1: it is no delimited text: field"),
    ],
)  # fmt: skip
def test_what_is_refused_names_the_line(tmp_path: Path, text: str, told: str) -> None:
    hints = ImportHints(Interval.M1 if "off the grid" in told else None)
    assert told in refused(tmp_path, text, hints)


def test_lines_are_right_beyond_the_first_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_rows, "CHUNK", 3)
    text = lines(*range(T0, T0 + 600, 60))
    assert len(read_candles(saved(tmp_path, text)).candles) == 10
    assert "line 11: time was 'x'" in refused(tmp_path, text + lines("x"))
    assert "line 11: the low is above" in refused(
        tmp_path, text + lines(T0 + 600, row=("100", "103", "102", "103", "0"))
    )


def test_packed_files_that_are_damaged_are_told(tmp_path: Path) -> None:
    packed = gzip.compress(lines(*range(T0, T0 + 60_000, 60)).encode())
    path = tmp_path / "x.csv.gz"
    path.write_bytes(packed[:-20])
    with pytest.raises(BadImport, match="cut off or damaged"):
        read_candles(path)
    path.write_bytes(packed)
    assert len(read_candles(path).candles) == 1000
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "")
        archive.writestr("b.csv", "")
    with pytest.raises(BadImport, match="it packs 2 files; one belongs in it"):
        read_candles(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(BadImport, match="cut off or damaged"):
        read_candles(path)
    with pytest.raises(ReadFailed, match="No such file"):
        read_candles(tmp_path / "absent")


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_sentence(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        for start in (b"", b"PAR1", b"time,open,high,low,close\n", b"\x1f\x8b", b"PK\x03\x04"):
            path = Path(folder) / "file"
            path.write_bytes(start + data)
            with pytest.raises(BadImport, match="file"):
                read_candles(path)


def parquet(folder: Path, **columns: pa.Array) -> Path:
    path = folder / "candles.parquet"
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_parquet_of_others(tmp_path: Path, unit: str, zone: str | None) -> None:
    window = candles(50, Interval.M5)
    columns = {name: pa.array(getattr(window, name)) for name in ("open", "high", "low", "close")}
    stamps = pa.array(window.time_ns, pa.timestamp("ns", zone)).cast(pa.timestamp(unit, zone))
    whole = pa.array(np.arange(50))
    found = read_candles(parquet(tmp_path, Timestamp=stamps, V=whole, **columns))
    assert found.interval is Interval.M5
    assert found.candles.time_ns.tolist() == window.time_ns.tolist()
    assert found.candles.low.tolist() == window.low.tolist()
    assert found.candles.volume.tolist() == list(range(50))


def test_parquet_times_may_be_numbers_or_texts(tmp_path: Path) -> None:
    price = pa.array([2.0, 2.0])
    columns = {name: price for name in ("open", "high", "low", "close")}
    for times in (
        [T0, T0 + 60],
        ["2020-09-13T12:27:00Z", "2020-09-13T12:28:00Z"],
        [1.60000002e9, 1.60000008e9],
    ):
        found = read_candles(parquet(tmp_path, time=pa.array(times), **columns))
        assert found.candles.time_ns.tolist() == [T0 * SECOND, T0 * SECOND + MINUTE]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"close": pa.array([2.0, None])}, "row 2: a price or the volume is no finite number"),
        ({"close": pa.array(["a", "b"])}, "the column for close holds texts"),
        ({"time": pa.array(["2020-09-13", "x"])}, "row 2: time was 'x'"),
        ({"time": pa.array([None, T0], pa.timestamp("s"))}, "a time is missing"),
        ({"low": pa.array([1.0, 5.0])}, "row 2: the low is above"),
    ],
)
def test_parquet_that_is_refused(tmp_path: Path, change: dict[str, pa.Array], told: str) -> None:
    columns = {name: pa.array([2.0, 2.0]) for name in ("open", "high", "low", "close")}
    columns["time"] = pa.array([T0, T0 + 60])
    with pytest.raises(BadImport, match=told):
        read_candles(parquet(tmp_path, **columns | change))
    del columns["low"]
    with pytest.raises(BadImport, match="found none for low"):
        read_candles(parquet(tmp_path, **columns))


def test_an_export_that_fails_leaves_no_file(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    window: CandleWindow = candles(3)
    for export in (export_csv, export_parquet):
        with pytest.raises(WriteFailed, match="could not be written"):
            export(target, window)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_first_of_several_columns_of_a_role_counts() -> None:
    assert roles_of(["unix", "date", "close", "last"]) == {"time": 0, "close": 2}
