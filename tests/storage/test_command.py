"""``python -m storage``: candles in and out."""

from pathlib import Path

import pytest

from market.types import Interval
from storage.__main__ import main
from storage.candle_store import CandleStore, equal
from storage.exporting import export_csv
from storage.importing import read_candles
from tests.storage.candles import candles


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_in_and_out(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    window = candles(100, Interval.M5)
    export_csv(tmp_path / "in.csv", window)
    where = ["--store", str(tmp_path), "--venue", "kraken", "--symbol", "BTC-USD"]
    assert main(["import", str(tmp_path / "in.csv"), *where]) == 0
    assert equal(CandleStore(tmp_path, "kraken").read("BTC-USD", Interval.M5), window)
    assert main(["export", str(tmp_path / name), *where, "--interval", "5m"]) == 0
    assert equal(read_candles(tmp_path / name).candles, window)
    assert (tmp_path / name).read_bytes().startswith(b"PAR1" if "parquet" in name else b"time,")
    assert capsys.readouterr().out.splitlines() == [
        "100 5m candles of BTC-USD imported",
        "100 5m candles of BTC-USD exported",
    ]


def test_what_is_wrong_is_one_sentence_and_nothing_is_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "in.csv"
    path.write_text("time,open,high,low,close\n1600000020,1,2,1,2\n1600000080,1,2,1,x\n")
    store = tmp_path / "store"
    assert main(["import", str(path), "--store", str(store), "--symbol", "BTC-USD"]) == 2
    assert capsys.readouterr().err.startswith("storage: in.csv, line 3: close was 'x'")
    assert not store.exists()
    wrong = ["--store", str(store), "--symbol", "BTC-USD", "--interval", "7m"]
    assert main(["export", str(path), *wrong]) == 2
    assert "interval was '7m'" in capsys.readouterr().err
