"""A reconciliation as files: CSV that reads back, HTML that needs nothing else."""

import csv
import io
import re
from dataclasses import replace

import numpy as np
import pytest

from paper_trading.reconcile_report import reconcile_csv, reconcile_report
from paper_trading.reconcile_views import DifferenceView, ExecutionView, ReconcileView

START_MS = 1_700_000_000_000
PAPER = ExecutionView(START_MS + 250, 0.5, 40_001.5, 2.0, False)
BACKTEST = ExecutionView(START_MS, 0.5, 40_000.0, 2.0, True)
VIEW = ReconcileView(
    owner="a1", name="Cross <b>1</b>", strategy="sma_cross", values={"fast": 5},
    symbols=("BTC-USD",), interval="1m", from_ms=START_MS, to_ms=START_MS + 120_000, closes=3,
    unasked=0, replay=True, replay_words="Equal fills.", paper_return=-0.25, backtest_return=0.5,
    paper_orders=2, backtest_orders=1, equal_orders=0,
    differences=(
        DifferenceView(
            START_MS, "BTC-USD", "buy", PAPER, BACKTEST, "spread", "Paid the ask.", 0.75
        ),
        DifferenceView(START_MS, "BTC-USD", "sell", PAPER, None, "queue", "", None),
    ),
    causes=(("spread", 1, 0.75), ("queue", 1, 0.0)),
    time_ms=START_MS + 60_000 * np.arange(3),
    paper=np.array([1000.0, 998.0, 997.5]), backtest=np.array([1000.0, 1004.0, 1005.0]),
)  # fmt: skip


def test_differing_fills_read_back_from_csv() -> None:
    first, second = csv.DictReader(io.StringIO(reconcile_csv(VIEW).decode()))
    assert first["time"] == "2023-11-14T22:13:20.000Z"
    assert first["paper_time"] == "2023-11-14T22:13:20.250Z"
    assert (first["paper_price"], first["backtest_price"]) == ("40001.5", "40000.0")
    assert (first["paper_maker"], first["backtest_maker"]) == ("False", "True")
    assert (first["cost"], first["cause"], first["words"]) == ("0.75", "spread", "Paid the ask.")
    assert [second[f"backtest_{name}"] for name in ("time", "size", "price", "fee")] == [""] * 4
    assert second["cost"] == ""


def test_report_is_one_page_that_asks_for_nothing() -> None:
    page = reconcile_report(VIEW)
    assert not re.search(r"<script|<link|src=|href=|url\(", page)
    assert "Cross &lt;b&gt;1&lt;/b&gt;" in page and "<b>1</b>" not in page
    assert page.count("<polyline") == 2  # both curves
    assert "0.5 at 40,001.5" in page and "0.5 at 40,000" in page
    assert "Paid the ask." in page and "queue" in page
    assert '<b class="down">−0.25 %</b>' in page and '<b class="up">+0.50 %</b>' in page


@pytest.mark.parametrize(("replay", "words"), [(None, "Not kept"), (False, "Other fills")])
def test_report_tells_what_the_same_inputs_gave(replay: bool | None, words: str) -> None:
    assert words in reconcile_report(replace(VIEW, replay=replay))


def test_report_without_a_comparison_says_why() -> None:
    page = reconcile_report(replace(VIEW, problem="The session has no closes & no orders."))
    assert "The session has no closes &amp; no orders." in page
    assert "<polyline" not in page


def test_alike_sessions_have_no_causes() -> None:
    assert "Every order filled alike." in reconcile_report(replace(VIEW, differences=(), causes=()))
