"""``python -m trading.backtest``: what it prints, writes and refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from research.command import main
from storage.exporting import export_csv
from tests.conftest import ROOT
from tests.research.report_reader import read_report
from tests.storage.candles import candles

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """500 minutes."""
    path = tmp_path_factory.mktemp("data") / "candles.csv"
    export_csv(path, candles(500))
    return path


SET = ["--set", "fast=3", "--set", "slow=9"]


def test_a_run_in_a_process_of_its_own(data: Path, tmp_path: Path) -> None:
    report = tmp_path / "out.html"
    done = subprocess.run(
        [sys.executable, "-m", "trading.backtest", "sma_cross", "--data", str(data), *SET,
         "--fee", "0.1", "--slippage", "5", "--report", str(report), "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["title"] == "SMA cross 3 / 9"
    assert len(found["equity"]) == 500
    assert found["request"]["fee_percent"] == 0.1
    assert read_report(report.read_text()).metrics["trades"] == str(len(found["trades"]))


def test_figures_for_people(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sma_cross", "--data", str(data), *SET, "--sweep", "fast=2:4:1"]) == 0
    text = capsys.readouterr().out
    assert "candles.csv 1m, 500 candles" in text
    assert "Best of 3 by Sharpe ratio: fast " in text
    assert "Total return" in text
    assert "Look-ahead: 64 replays" in text


def test_the_list_has_every_strategy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--strategies", "/nowhere"]) == 0
    text = capsys.readouterr().out
    assert "sma_cross" in text
    assert "fast 20 (2 to 200), slow 50 (3 to 500)" in text


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["sma_cross"], 2, "--data is missing: a CSV or Parquet file of candles"),
        (["nothing", "--data", "DATA"], 2, "strategy was 'nothing'; allowed are sma_cross"),
        (["sma_cross", "--data", "/nowhere.csv"], 2, "/nowhere.csv could not be read"),
        (["sma_cross", "--data", "DATA", "--set", "fast"], 2, "--set was 'fast'; allowed is"),
        (["sma_cross", "--data", "DATA", "--set", "fast=0"], 2, "Fast length was 0"),
        (["sma_cross", "--data", "DATA", "--fee", "x"], 2, "argument --fee: invalid float"),
        (["sma_cross", "--data", "DATA", "--fee", "50"], 2, "fee was 50 %; allowed are 0 to 10"),
        (["sma_cross", "--data", "DATA", "--sweep", "fast=1"], 2, "--sweep was 'fast=1'"),
        (["sma_cross", "--data", "DATA", "--sweep", "fast=2:900:1"], 2, "The range of Fast"),
        (["sma_cross", "--data", "DATA", "--from", "soon"], 2, "--from was 'soon'"),
        (["sma_cross", "--data", "DATA", "--from", "2030-01-01"], 1, "There are no closed candles"),
        (["sma_cross", "--data", "DATA", "--nonsense"], 2, "unrecognized arguments: --nonsense"),
        ([], 2, "the following arguments are required: strategy"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    sentence: str,
) -> None:
    assert main([str(data) if each == "DATA" else each for each in arguments]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"backtest: {sentence}")
    assert told.err.count("\n") == 1
