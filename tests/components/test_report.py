from collections import Counter

import numpy as np
import pytest

from components.backtest_facts import ConventionFacts
from components.backtest_history import (
    ComparisonFacts,
    HistoryLine,
    comparison,
    growth_figure,
    history_rows,
)
from components.backtest_lists import LogLine, drawdown_table, log_list
from components.backtest_report import (
    TabCounts,
    convention_words,
    failed_run,
    file_links,
    report_area,
    report_title,
    tab_names,
)
from components.equity_figure import EquityCurves, drawdown, equity_figure, equity_legend
from components.metric_cards import Metric, metric_cards, split_formula
from components.monthly_table import monthly_table
from components.run_chart import chart_facts, chart_legend
from components.tables import Cell
from components.trade_figures import MapFacts, bin_edges, map_figure, map_key, returns_figure
from components.trade_grid import trade_columns, trade_row
from tests.components.trees import by_class, element_ids, parts, texts

ROW = trade_row(1, "Long", (10**18, None), (100.0, None), {"size": 2.0, "pnl": 5.0, "return": 2.5})


def curves(
    equity: list[float], market: list[float], band: tuple[list[float], list[float]] | None = None
) -> EquityCurves:
    """One value a minute from 1970 on."""
    times = 60_000 * np.arange(len(equity))
    edges = None if band is None else (np.array(band[0]), np.array(band[1]))
    return EquityCurves(times, np.array(equity), np.array(market), edges)


def test_drawdown_is_measured_from_the_highest_value_so_far() -> None:
    np.testing.assert_allclose(drawdown([100, 120, 90, 130, 65]), [0, 0, -0.25, 0, -0.5])
    assert len(drawdown([])) == 0


def test_figure_holds_both_curves_and_both_drawdowns() -> None:
    figure = equity_figure(curves([100.0, 90.0], [100.0, 110.0]))
    lines = {trace.uid: list(trace.y) for trace in figure.data}
    assert lines["equity"] == [100.0, 90.0]
    assert lines["hold"] == [100.0, 110.0]
    assert lines["drawdown"] == pytest.approx([0.0, -10.0])
    assert lines["holddown"] == [0.0, 0.0]
    assert str(figure.data[0].x[1]) == "1970-01-01T00:01:00.000"


def test_band_lies_between_the_worst_and_the_best_case() -> None:
    figure = equity_figure(curves([100, 101], [100, 99], ([100, 98], [100, 104])))
    best, worst = figure.data[:2]
    assert (best.uid, list(best.y)) == ("best", [100, 104])
    assert (worst.uid, list(worst.y), worst.fill) == ("worst", [100, 98], "tonexty")
    assert "98.00 to 104.00" in texts(equity_legend(curves([1], [1], ([98], [104])), "USD"))


def test_labels_on_the_axis_are_pushed_apart_where_they_would_meet() -> None:
    near = equity_figure(curves([100.0, 200.0, 150.0], [100.0, 100.0, 151.0]))
    assert [item.yshift for item in near.layout.annotations] == [10, -10]
    far = equity_figure(curves([100.0, 200.0, 200.0], [100.0, 100.0, 100.0]))
    assert [item.yshift for item in far.layout.annotations] == [0, 0]


def test_empty_curves_make_a_figure() -> None:
    assert len(equity_figure(curves([], [])).layout.annotations) == 0


def test_report_has_every_place_once() -> None:
    tree = report_area(ConventionFacts())
    assert [name for name, count in Counter(element_ids(tree)).items() if count > 1] == []
    assert "No backtest yet" in texts(by_class(tree, "backtest-none"))


def test_title_counts_warnings_and_says_where_it_came_from() -> None:
    words = texts(report_title("SMA cross", 14, "BTC-USD 1d", 2, cached=True))
    assert words == "SMA cross run 14 BTC-USD 1d kept 2 warnings"
    assert "warning" not in texts(report_title("SMA cross", 14, "BTC-USD 1d", 0, cached=False))


def test_files_of_a_run_have_addresses() -> None:
    links = [part.href for part in parts(file_links("ab12")) if hasattr(part, "href")]
    assert links == [
        "/api/backtests/ab12/report",
        "/api/backtests/ab12/export?format=csv",
        "/api/backtests/ab12/export?format=json",
    ]


def test_failure_shows_lines_and_the_run_before() -> None:
    tree = failed_run("It failed", "Why.", ["mine.py, line 38"], "/backtesting?run=a")
    assert "mine.py, line 38" in texts(tree)
    assert "Nothing was saved, earlier runs are unchanged." in texts(tree)
    assert "Show the run before" not in texts(failed_run("It failed", "Why.", [], None))


def test_convention_is_named() -> None:
    assert convention_words(ConventionFacts()) == "√365, per candle"
    assert convention_words(ConventionFacts("day", 252, 2.5)) == "√252, per day, rf 2.5 %"


def test_tabs_carry_counts() -> None:
    assert texts(tab_names(TabCounts(1300, 26, 5, 0))) == "Trades 1,300 Fills 26 Drawdowns 5 Log 0"
    assert texts(tab_names(None)) == "Trades Fills Drawdowns Log"


def test_open_trade_has_no_exit() -> None:
    assert (ROW["exit"], ROW["exit_price"]) == ("open", None)
    assert ROW["entry"] == "2001-09-09 01:46"
    day = trade_row(1, "Long", (0, 86_400 * 10**9), (1.0, 2.0), {})
    assert (day["entry"], day["exit"]) == ("1970-01-01", "1970-01-02")


def test_grid_names_currencies_and_keeps_one_precision_per_column() -> None:
    columns = {item["field"]: item for item in trade_columns("ETH-BTC", 5)}
    assert columns["size"]["headerName"] == "Size ETH"
    assert columns["pnl"]["headerName"] == "P&L BTC"
    assert "',.5f'" in columns["entry_price"]["valueFormatter"]["function"]
    assert "symbol" not in columns
    assert "symbol" in [item["field"] for item in trade_columns("ETH-BTC", 5, several=True)]


def test_metric_card_prints_its_formula() -> None:
    text = "mean(r) / √mean(min(r, 0)²); r: returns, flat ones included"
    cards = metric_cards([Metric("Sortino", "1.50", "flat", "", text)])
    assert texts(cards) == f"Sortino {text.replace(';', '')} Sortino 1.50"


def test_formula_and_convention_are_divided() -> None:
    assert split_formula("a / min(b, c); d, e") == ("a / min(b, c)", "d, e")
    assert split_formula("a / b, at the closes") == ("a / b", "At the closes")
    assert split_formula("a / b") == ("a / b", "")


def test_months_are_coloured_by_gain_and_loss() -> None:
    tree = monthly_table([2015], [[3.7, -60.0, 0.01, None, *[None] * 8]], [-12.5])
    cells = {texts(part): part for part in by_class(tree, "month")}
    assert cells["+3.7"].style == {"--mix": "12%"}
    assert "month-up" in cells["+3.7"].className
    assert cells["−60.0"].style == {"--mix": "50%"}  # no stronger than the strongest
    assert "month-flat" in cells["0.0"].className
    assert len(by_class(tree, "month-none")) == 9
    assert "month-down" in cells["−12.5"].className


def test_bins_keep_gains_and_losses_apart() -> None:
    values = np.array([-3.0, -1.0, 0.5, 2.0, 9.0])
    edges = bin_edges(values)
    assert 0.0 in edges
    assert edges[0] <= -3.0
    assert edges[-1] > 9.0
    figure = returns_figure(values.tolist())
    assert [(trace.uid, sum(trace.y)) for trace in figure.data] == [("losses", 2), ("gains", 3)]
    assert len(returns_figure([]).data) == 0
    assert sum(returns_figure([0.0, 0.0]).data[1].y) == 2


def test_map_frames_the_run_that_is_shown() -> None:
    matrix = np.array([[1.0, 2.0], [np.nan, 0.5]])
    facts = MapFacts("Sharpe", ("Fast", "Slow"), (5, 10), (20, 35), matrix, (10, 20))
    figure = map_figure(facts)
    assert list(figure.data[0].x) == ["5", "10"]
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 1.5, -0.5, 0.5)
    elsewhere = MapFacts("Sharpe", ("Fast", "Slow"), (5, 10), (20, 35), matrix, (7, 20))
    assert len(map_figure(elsewhere).layout.shapes) == 0
    assert len(map_figure(None).data) == 0
    assert texts(map_key("Sharpe", matrix)) == "Sharpe 0.50 2.00"
    assert texts(map_key("Sharpe", np.full((1, 1), np.nan))) == "Sharpe"


def test_map_of_one_parameter_has_one_row() -> None:
    facts = MapFacts("Sharpe", ("Fast", ""), (5, 10), (), np.array([[1.0, 2.0]]), (10, None))
    figure = map_figure(facts)
    assert list(figure.data[0].y) == [""]
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (-0.5, 0.5)


def test_log_and_drawdowns_say_so_when_there_is_nothing() -> None:
    assert "No drawdown" in texts(drawdown_table([]))
    lines = log_list([LogLine("warning", "Warning", "Few trades."), LogLine("good", "Check", "ok")])
    assert texts(lines) == "Warning Few trades. Check ok"


def test_chart_legend_names_curves_in_their_colours() -> None:
    legend = chart_legend("BTC-USD", "1d", ["SMA 20", "SMA 50"])
    assert texts(legend).startswith("BTC-USD 1d SMA 20 SMA 50 ▲ entry ▼ exit, won")
    assert [texts(part) for part in by_class(legend, "line-b")] == ["SMA 50"]
    assert chart_facts("ab", 7, "BTC-USD", "1d")["bars"] == 7


def test_history_lists_runs_with_their_figures() -> None:
    assert "No runs yet" in texts(history_rows([], None))
    cells = (Cell("+1.0", "up"), Cell("1.5"), Cell("−3.0", "down"), Cell("13"))
    first = HistoryLine("a", 2, "SMA cross", "BTC-USD 1d", cells)
    lines = [first, HistoryLine("b", 1, "MACD", "BTC-USD 1d", cells, "It is of another version.")]
    tree = history_rows(lines, "a")
    assert [part.className for part in by_class(tree, "history-line")] == [
        "history-line is-shown", "history-line",
    ]  # fmt: skip
    assert "It is of another version." in texts(tree)


def test_comparison_lays_curves_over_each_other() -> None:
    growth = [np.array([0.0, 5.0]), np.array([np.nan, 0.0])]
    facts = ComparisonFacts(
        ["A", "B"], [("Sharpe", [Cell("1"), Cell("2")])], np.array([0, 60_000]), growth
    )
    figure = growth_figure(facts)
    assert [trace.uid for trace in figure.data] == ["run0", "run1"]
    assert list(figure.data[0].y) == [0.0, 5.0]
    assert "Sharpe 1 2" in texts(comparison(facts))
