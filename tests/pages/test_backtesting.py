from collections import Counter
from types import ModuleType

import pytest
from dash.exceptions import PreventUpdate

from components import ids
from components.backtest_form import RULES
from pages.backtest_words import metric, report_facts
from server.views import MetricView
from tests.components.trees import by_id, element_ids, texts
from tests.pages.fake_services import BACKTEST, FakeServices

VALUES = [5, 20, 0.1, 5.0, 100.0]


def test_first_visit_runs_nothing(backtesting: ModuleType, fake: FakeServices) -> None:
    tree = backtesting.layout(symbol="ETH-USD")
    assert fake.calls == []
    assert by_id(tree, ids.BACKTEST_SYMBOL).value == "ETH-USD"
    assert "No backtest yet" in texts(by_id(tree, ids.BACKTEST_EMPTY))
    assert [name for name, count in Counter(element_ids(tree)).items() if count > 1] == []


async def test_check_writes_sentences_and_stops_the_run(backtesting: ModuleType) -> None:
    *errors, strip, run, first = await backtesting.check(80, 50, 0.1, 5, 0)
    assert errors == ["Must be below slow (50).", None, None, None, "Must be 1 or more."]
    assert texts(strip) == "2 values need a change before it can run"
    assert run is first is True


async def test_check_lets_good_values_run(backtesting: ModuleType) -> None:
    assert await backtesting.check(*(rule.start for rule in RULES)) == [None] * 6 + [False, False]


async def test_run_asks_the_services_and_shows_the_result(
    backtesting: ModuleType, fake: FakeServices
) -> None:
    tree, empty_hidden = await backtesting.run(1, None, "BTC-USD", "1m", *VALUES)
    assert fake.calls == [("BTC-USD", "1m", 5, 20, 0.1, 5.0, 100.0)]
    assert empty_hidden is True
    assert "Moving average cross 5 / 20 BTC-USD 1m · 3 candles · 0.9 ms" in texts(tree)
    rows = by_id(tree, ids.BACKTEST_TRADES).rowData
    assert [(row["number"], row["exit"], row["exit_price"]) for row in rows] == [
        (2, "open", None), (1, "1970-01-01 00:01:00", 90.0),
    ]  # fmt: skip


async def test_refusal_stands_where_the_result_would(
    backtesting: ModuleType, fake: FakeServices
) -> None:
    fake.refusal = "BTC-USD 1d has 12 candles; 21 are needed."
    tree, _ = await backtesting.run(None, 1, "BTC-USD", "1d", *VALUES)
    assert "FAILED" in texts(tree)
    assert "BTC-USD 1d has 12 candles; 21 are needed." in texts(tree)


@pytest.mark.parametrize(
    ("clicks", "values"), [(None, VALUES), (1, [80, *VALUES[1:]]), (1, [None, *VALUES[1:]])]
)
async def test_nothing_runs_unasked_or_with_bad_values(
    backtesting: ModuleType, fake: FakeServices, clicks: int | None, values: list[float]
) -> None:
    with pytest.raises(PreventUpdate):
        await backtesting.run(clicks, None, "BTC-USD", "1m", *values)
    assert fake.calls == []


def test_metrics_as_written() -> None:
    cards = report_facts(BACKTEST, 1).metrics
    assert [(card.value, card.tone, card.note) for card in cards] == [
        ("101.00", "flat", "USD"),
        ("+1.00 %", "up", ""),
        ("1.50", "flat", "annualised"),
        ("–", "flat", ""),
        ("1,234", "flat", ""),
        ("12.50", "flat", "USD"),
    ]


def test_loss_is_coloured_and_signed() -> None:
    card = metric(MetricView("max_drawdown", "Max drawdown", -65.1, "%", "f"), "USD")
    assert (card.value, card.tone) == ("−65.10 %", "down")
