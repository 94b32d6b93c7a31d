import json
from collections import Counter
from types import ModuleType
from typing import Any

import pytest
from dash._callback import GLOBAL_CALLBACK_LIST

from components import ids
from tests.components.trees import attribute, by_class, by_id, element_ids, texts
from tests.pages.fake_services import FakeServices


def test_address_chooses_symbol_and_interval(dashboard: ModuleType) -> None:
    tree = dashboard.layout(symbol="ETH-USD", interval="5m", other="ignored")
    chart = by_id(tree, ids.CHART)
    assert (attribute(chart, "data-symbol"), attribute(chart, "data-interval")) == ("ETH-USD", "5m")
    assert [name for name, count in Counter(element_ids(tree)).items() if count > 1] == []


def test_without_an_address_the_browser_chooses(dashboard: ModuleType) -> None:
    chart = by_id(dashboard.layout(), ids.CHART)
    assert (attribute(chart, "data-symbol"), attribute(chart, "data-interval")) == ("", "")
    assert by_class(dashboard.layout(), "strip-warn") == []


def test_unknown_symbol_is_named(dashboard: ModuleType) -> None:
    tree = dashboard.layout(symbol="FOO-USD", interval="7m")
    (strip,) = by_class(tree, "strip-warn")
    assert texts(strip) == ("FOO-USD is not followed here. This server follows BTC-USD, ETH-USD.")
    assert attribute(by_id(tree, ids.CHART), "data-symbol") == ""


def test_chart_has_two_averages_and_a_countdown_by_itself(dashboard: ModuleType) -> None:
    assert elements(dashboard.layout(symbol="BTC-USD")) == {
        "style": "candles",
        "axis": "linear",
        "zone": "UTC",
        "volume": True,
        "indicators": ["sma:20", "sma:50"],
        "lines": [],
        "quote": False,
        "countdown": True,
        "trades": False,
    }


def test_address_chooses_what_the_chart_shows(dashboard: ModuleType) -> None:
    tree = dashboard.layout(
        symbol="BTC-USD",
        style="area",
        axis="percent",
        zone="Europe/Berlin",
        volume="false",
        indicators=["SMA:5", "macd(slow=30)"],
        lines="100/up,120",
        quote="yes",
        countdown="0",
        trades="true",
        other="ignored",
    )
    assert elements(tree) == {
        "style": "area",
        "axis": "percent",
        "zone": "Europe/Berlin",
        "volume": False,
        "indicators": ["sma:5", "macd:12:30:9"],
        "lines": ["100/up,120"],
        "quote": True,
        "countdown": False,
        "trades": True,
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("style", "pie", "style was 'pie'; allowed are candles, hollow, bars"),
        ("axis", "round", "axis was 'round'; allowed are linear, log, percent"),
        ("zone", "Mars/Base", "zone was 'Mars/Base'"),
        ("volume", "maybe", "volume was 'maybe'; allowed are true, 1, yes, false, 0, no"),
        ("indicators", "foo", "indicator was 'foo'; allowed are accumulation"),
        ("indicators", "sma:0", "period was 0; allowed is a whole number from 1 to 5,000"),
        ("lines", "high", "line was 'high'; allowed are PRICE"),
    ],
)
@pytest.mark.parametrize("tier", ["picture", "plotly"])
def test_a_chart_that_cannot_be_says_why(
    dashboard: ModuleType, fake: FakeServices, name: str, value: str, sentence: str, tier: str
) -> None:
    fake.tier_now = tier
    tree = dashboard.layout(symbol="BTC-USD", interval="5m", **{name: value})
    (state,) = by_class(tree, "chart-state")
    assert texts(state).startswith(f"This chart cannot be drawn {sentence}")
    (act,) = by_class(state, "button")
    assert act.href == "?symbol=BTC-USD&interval=5m"
    assert not {ids.CHART, ids.PLOTLY_CHART} & set(element_ids(tree))


def elements(tree: Any) -> Any:
    return json.loads(attribute(by_id(tree, ids.CHART), "data-elements"))


def test_plotly_tier_has_a_graph_instead(dashboard: ModuleType, fake: FakeServices) -> None:
    fake.tier_now = "plotly"
    found = element_ids(dashboard.layout(symbol="BTC-USD", interval="1m"))
    assert ids.PLOTLY_CHART in found
    assert ids.CHART not in found


def test_watchlist_counts_symbols_and_has_lines_where_something_draws(
    dashboard: ModuleType, fake: FakeServices
) -> None:
    assert [texts(each) for each in by_class(dashboard.layout(), "watch-count")] == ["2"]
    assert "line" in columns(dashboard.layout())
    fake.tier_now = "plotly"
    assert "line" not in columns(dashboard.layout())


def columns(tree: Any) -> list[str]:
    definitions = by_id(tree, ids.WATCHLIST_GRID).columnDefs
    return [each.get("field") or each["colId"] for each in definitions]


async def test_watchlist_is_told_what_changed(dashboard: ModuleType, fake: FakeServices) -> None:
    row = {"price": 38_533.0, "change_pct": 1.62, "turnover": 7.5e8, "decimals": 1}
    header = ["38,533.0", "+1.62 %", "phone-quote up"]
    first = await dashboard.refresh_watchlist(None, "BTC-USD", 0)
    assert first == ({"moment": 5, "rows": [{"symbol": "BTC-USD", **row}]}, header)
    assert await dashboard.refresh_watchlist(1, "BTC-USD", 5) == ({"moment": 5, "rows": []}, header)


def test_no_callback_replaces_another(dashboard: ModuleType) -> None:
    """Those without an output are told apart by their inputs alone: of two the later one counts."""
    named = [one["output"] for one in GLOBAL_CALLBACK_LIST]
    assert any(one["no_output"] for one in GLOBAL_CALLBACK_LIST)
    assert [name for name, count in Counter(named).items() if count > 1] == []
