"""Uploads: what is a table of candles is kept, everything else is refused with a sentence."""

import gzip
from pathlib import Path

import pytest

from market.types import MINUTE
from research import datasets
from research.datasets import Datasets
from research.errors import RequestError
from research.views import BacktestRequest
from storage.exporting import export_parquet
from tests.research.desk import desk, ended, ran
from tests.storage.candles import candles

START_S = 1_700_000_040
START = START_S * 10**9
HEAD = "time,open,high,low,close,volume\n"


def table(count: int, skip: int = -1) -> bytes:
    """A CSV of minutes."""
    lines = [
        f"{START_S + minute * 60},{10 + minute % 5},20,5,{11 + minute % 7},1\n"
        for minute in range(count)
        if minute != skip
    ]
    return (HEAD + "".join(lines)).encode()


def rows(*lines: str) -> bytes:
    """A CSV of these lines, whose times begin at :data:`START_S`."""
    later = (line.partition(",") for line in lines)
    return (HEAD + "".join(f"{START_S + int(s)},{rest}\n" for s, _, rest in later)).encode()


@pytest.fixture(params=[True, False], ids=["stored", "in memory"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Datasets:
    return Datasets(tmp_path if request.param else None)


def test_a_table_is_kept_by_its_content(held: Datasets) -> None:
    view = held.upload("C:\\data\\my candles.csv", table(50, skip=7))
    assert (view.name, view.interval, view.candles) == ("my candles.csv", "1m", 49)
    assert (view.start_ns, view.end_ns, view.gaps) == (START, START + 50 * MINUTE, 1)
    assert held.all() == (view,)
    assert held.upload("again.csv", table(50, skip=7)).key == view.key
    assert len(held.all()) == 1
    assert held.candles(view.key).close[:3].tolist() == [11.0, 12.0, 13.0]
    held.remove(view.key)
    assert held.all() == ()
    with pytest.raises(RequestError, match="allowed are the keys"):
        held.candles(view.key)


def test_parquet_and_packed_text_are_tables_too(tmp_path: Path) -> None:
    export_parquet(tmp_path / "c.parquet", candles(30))
    held = Datasets(None)
    assert held.upload("c.parquet", (tmp_path / "c.parquet").read_bytes()).candles == 30
    assert held.upload("c.csv.gz", gzip.compress(table(20))).candles == 20


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "c.csv: it is empty"),
        (HEAD.encode(), "c.csv: it holds no candle"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "c.csv, line 1: its columns are"),
        (b"hello\nworld\n", "c.csv, line 1: its columns are hello; found none for time, open"),
        (rows("0,1,2,1,x,1"), "c.csv, line 2: close was 'x'"),
        (
            rows("0,1,2,1,nan,1", "60,1,2,1,1,1"),
            "c.csv, line 2: a price or the volume",
        ),
        (
            rows("0,1,2,1,1,1", "0,1,2,1,2,1"),
            "c.csv, line 3: there is another candle",
        ),
        (
            rows("0,1,2,1"),
            "c.csv, line 2: there are 4 columns where 6 belong",
        ),
        (b"PAR1 and nothing else", "c.csv: it cannot be read as Parquet"),
        (gzip.compress(table(50))[:-20], "c.csv: it is cut off or damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_the_line(content: bytes, sentence: str) -> None:
    held = Datasets(None)
    with pytest.raises(RequestError) as refused:
        held.upload("c.csv", content)
    assert str(refused.value).startswith(sentence)
    assert held.all() == ()


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "MOST_BYTES", 2**20)
    with pytest.raises(RequestError, match=r"big\.csv is 3 MiB; allowed are 1 MiB"):
        Datasets(None).upload("big.csv", b"x" * (3 * 2**20))


def test_a_small_packed_file_may_not_hold_millions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.csv_candles.MOST_ROWS", 100)
    monkeypatch.setattr("storage.parquet_candles.MOST_ROWS", 10)
    with pytest.raises(RequestError, match="it holds more than 100 candles: split it"):
        Datasets(None).upload("bomb.csv.gz", gzip.compress(table(200)))


def test_unsorted_rows_are_put_in_order() -> None:
    lines = table(9).decode().splitlines(keepends=True)
    held = Datasets(None)
    key = held.upload("c.csv", "".join([lines[0], *reversed(lines[1:])]).encode()).key
    assert (held.candles(key).time_ns[:3] == [START, START + MINUTE, START + 2 * MINUTE]).all()


@pytest.mark.kernel
def test_a_backtest_runs_over_an_upload(tmp_path: Path) -> None:
    research = desk(tmp_path)
    view = research.upload("mine.csv", table(300))
    request = BacktestRequest("sma_cross", {"fast": 2, "slow": 3}, dataset=view.key)
    result = ended(research, ran(research, request)).result
    assert result is not None
    assert (result.symbol, result.interval, result.bars) == ("mine.csv", "1m", 300)
    assert research.coverage(request).bars == 300
    key = research.history()[0].id
    research.remove_dataset(view.key)
    assert research.datasets() == ()
    assert len(research.charted(key).candles) == 300
    research.close()


def test_an_upload_removed_while_it_is_listed_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "gone.json").symlink_to("nothing")
    assert Datasets(tmp_path).all() == ()
    assert caplog.records == []
