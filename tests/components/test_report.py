import numpy as np
import pytest

from components import ids
from components.backtest_report import ReportFacts, report
from components.equity_figure import drawdown, equity_figure
from components.metric_cards import Metric, metric_cards, split_formula
from components.trade_grid import trade_grid, trade_row
from tests.components.trees import by_class, by_id, parts, texts

ROW = trade_row(1, "Long", (10**18, None), (100.0, None), {"size": 2.0, "pnl": 5.0, "return": 2.5})


def facts(trades: int) -> ReportFacts:
    """A report with this many trades."""
    return ReportFacts(
        title="Moving average cross 20 / 50",
        symbol="BTC-USD",
        context="BTC-USD 1m · 3 candles",
        metrics=[Metric("Total return", "+1.00 %", "up", "", "last / first − 1")],
        curves=([0, 60_000, 120_000], [100.0, 90.0, 101.0], [100.0, 110.0, 99.0]),
        trades=[ROW] * trades,
        warnings=["Closed trades: 1."] if trades else [],
        decimals=1,
    )


def test_drawdown_is_measured_from_the_highest_value_so_far() -> None:
    np.testing.assert_allclose(drawdown([100, 120, 90, 130, 65]), [0, 0, -0.25, 0, -0.5])
    assert len(drawdown([])) == 0


def test_figure_holds_both_curves_and_both_drawdowns() -> None:
    figure = equity_figure([0, 60_000], [100.0, 90.0], [100.0, 110.0])
    curves = {trace.uid: list(trace.y) for trace in figure.data}
    assert curves["equity"] == [100.0, 90.0]
    assert curves["hold"] == [100.0, 110.0]
    assert curves["drawdown"] == pytest.approx([0.0, -10.0])
    assert curves["holddown"] == [0.0, 0.0]
    assert str(figure.data[0].x[1]) == "1970-01-01T00:01:00.000"


def test_labels_on_the_axis_are_pushed_apart_where_they_would_meet() -> None:
    near = equity_figure([0, 1, 2], [100.0, 200.0, 150.0], [100.0, 100.0, 151.0])
    assert [item.yshift for item in near.layout.annotations] == [10, -10]
    far = equity_figure([0, 1, 2], [100.0, 200.0, 200.0], [100.0, 100.0, 100.0])
    assert [item.yshift for item in far.layout.annotations] == [0, 0]


def test_empty_curves_make_a_figure() -> None:
    assert len(equity_figure([], [], []).layout.annotations) == 0


def test_report_with_trades() -> None:
    tree = report(facts(2))
    assert len(by_id(tree, ids.BACKTEST_TRADES).rowData) == 2
    assert "Closed trades: 1." in texts(tree)
    assert "Strategy 101.00 Buy & hold 99.00 Drawdown, deepest −10.00 %" in texts(tree)


def test_report_without_trades_says_why() -> None:
    tree = report(facts(0))
    assert by_class(tree, "report-warnings") == []
    assert ids.BACKTEST_TRADES not in [getattr(part, "id", None) for part in parts(tree)]
    assert "The averages never crossed in these candles." in texts(tree)


def test_open_trade_has_no_exit() -> None:
    assert (ROW["exit"], ROW["exit_price"]) == ("open", None)
    assert ROW["entry"] == "2001-09-09 01:46:40"


def test_grid_names_currencies_and_keeps_one_precision_per_column() -> None:
    columns = {item["field"]: item for item in trade_grid("ETH-BTC", [ROW], 5).columnDefs}
    assert columns["size"]["headerName"] == "Size ETH"
    assert columns["pnl"]["headerName"] == "P&L BTC"
    assert "',.5f'" in columns["entry_price"]["valueFormatter"]["function"]


def test_metric_card_prints_its_formula() -> None:
    text = "mean(r) / √mean(min(r, 0)²); r: returns, flat ones included"
    cards = metric_cards([Metric("Sortino", "1.50", "flat", "", text)])
    assert texts(cards) == f"Sortino {text.replace(';', '')} Sortino 1.50"


def test_formula_and_convention_are_divided() -> None:
    assert split_formula("a / min(b, c); d, e") == ("a / min(b, c)", "d, e")
    assert split_formula("a / b, at the closes") == ("a / b", "At the closes")
    assert split_formula("a / b") == ("a / b", "")
