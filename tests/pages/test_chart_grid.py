import importlib
from types import ModuleType

import dash
import pytest
from dash import html
from dash.exceptions import PreventUpdate

from components import ids
from server.indicator_views import indicator_views
from tests.components.trees import by_class, by_id, texts
from tests.pages.fake_services import FakeServices


@pytest.fixture
def chart_grid(dash_app: dash.Dash, fake: FakeServices) -> ModuleType:
    return importlib.import_module("pages.chart_grid")


def test_picker_has_the_whole_registry(chart_grid: ModuleType) -> None:
    tree = html.Div(chart_grid.live_grid("BTC-USD", "1m", {}))
    assert len(by_class(by_id(tree, ids.PICKER), "picker-line")) == len(indicator_views())
    families = [texts(family).split()[0] for family in by_class(tree, "picker-family")]
    assert families == ["Trend", "Momentum", "Volatility", "Volume"]


def test_choice_has_bounds_and_lines(chart_grid: ModuleType) -> None:
    views = {view.key: view for view in indicator_views()}
    choice = chart_grid.choice(views["bollinger"])
    assert [(p.name, p.default, p.low, p.high, p.step) for p in choice.parameters] == [
        ("period", 20, 1, 5000, 1),
        ("width", 2.0, 0.1, 20.0, 0.1),
    ]
    assert choice.lines == ("BB upper", "BB middle", "BB lower")


async def test_good_indicators_come_back_in_full(chart_grid: ModuleType) -> None:
    asked = {"number": 3, "indicators": ["sma(period=5)/c", "macd(slow=30)"]}
    assert await chart_grid.check_indicators(asked) == {
        "number": 3, "indicators": ["sma:5/c", "macd:12:30:9"], "problem": None,
    }  # fmt: skip
    none = {"number": 4, "indicators": []}
    assert await chart_grid.check_indicators(none) == {**none, "problem": None}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sma(period=0)", "period was 0; allowed is a whole number from 1 to 5,000"),
        ("sma(period=)", "period was ''; allowed is a number"),
        ("macd(fast=30)", "fast was 30 and slow 26; fast must be below slow"),
    ],
)
async def test_bad_ones_come_with_the_registrys_sentence(
    chart_grid: ModuleType, text: str, sentence: str
) -> None:
    answer = await chart_grid.check_indicators({"number": 1, "indicators": [text]})
    assert answer == {"number": 1, "indicators": [], "problem": sentence}


async def test_nothing_asked_changes_nothing(chart_grid: ModuleType) -> None:
    with pytest.raises(PreventUpdate):
        await chart_grid.check_indicators(None)
