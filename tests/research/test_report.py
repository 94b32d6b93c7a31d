"""The report of a run: one page with everything in it and nothing to fetch."""

from dataclasses import replace

import pytest

from research.report.words import NONE, figure, number
from research.views import MetricView
from tests.research.desk import REQUEST, desk, ended, ran
from tests.research.report_reader import read_report

pytestmark = pytest.mark.kernel


def test_every_figure_and_trade_is_in_it_and_nothing_is_fetched() -> None:
    research = desk()
    key = ran(research)
    result = ended(research, key).result
    assert result is not None
    page = research.report(key)
    found = read_report(page)
    assert found.addresses == found.pictures == []
    assert "http" not in page.replace("http-equiv", "")
    assert not {"script", "link", "iframe", "object", "form"} & set(found.tags)
    assert found.metrics == {metric.key: figure(metric)[0] for metric in result.metrics}
    for trade in result.trades:
        assert f"{trade.entry_price:,.8g}" in found.text
        assert number(trade.pnl, 2, "+") in found.text
    for metric in result.metrics:
        assert metric.formula in found.text
    for warning in result.warnings:
        assert warning in found.text
    assert found.tags.count("svg") == 1
    assert "fee 0.1 %, slippage 5 basis points" in found.text
    assert "prefers-color-scheme: light" in page
    assert "@media print" in page
    research.close()


def test_pictures_travel_in_it_for_both_themes() -> None:
    research = desk()
    key = ran(research)
    found = read_report(research.report(key, {"dark": b"night", "light": b"day"}))
    assert found.pictures == ["data:image/webp;base64,ZGF5", "data:image/webp;base64,bmlnaHQ="]
    research.close()


def test_names_from_outside_are_texts() -> None:
    research = desk()
    research._data._source.symbols = lambda: ("<script>x</script>",)  # type: ignore[method-assign]
    key = ran(research, replace(REQUEST, symbol="<script>x</script>"))
    found = read_report(research.report(key))
    assert "script" not in found.tags
    assert "<script>x</script> 1m" in found.text
    research.close()


def test_figures_as_written() -> None:
    def written(key: str, value: float | None, unit: str) -> tuple[str, str]:
        return figure(MetricView(key, "", value, unit, ""))

    assert written("total_return", -1234.567, "%") == ("−1,234.57 %", "down")
    assert written("total_return", 0.001, "%") == ("0.00 %", "up")
    assert written("sharpe", 1.5, "ratio") == ("1.50", "")
    assert written("trades", 1234.0, "count") == ("1,234", "")
    assert written("longest_drawdown", 36 * 3600e9, "ns") == ("1.5 d", "")
    assert written("profit_factor", None, "ratio") == (NONE, "")
    assert written("omega", float("inf"), "ratio") == (NONE, "")
    assert written("alpha", 6.427e25, "%") == ("+6.43e+25 %", "up")
    assert number(-0.001) == "0.00"
