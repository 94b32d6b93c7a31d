import json
from typing import Any

from dash import html

from components import ids
from components.chart_grid import SIZES, chart_grid
from components.chart_panel import chart_panel
from components.chart_toolbar import AXES, FLAGS, STYLES, ZONES, chart_menus, chart_toolbar
from components.icons import NAMES
from components.indicator_picker import IndicatorChoice, ParameterField, indicator_picker
from server.chart_request import elements_query
from server.views import ElementsQuery
from tests.components.trees import attribute, by_class, by_id, element_ids, parts, texts

LENGTH = ParameterField("period", "Length", 20, 1, 5000, 1)
CHOICES = (
    IndicatorChoice("sma", "Simple average", "Mean of n closes", "Trend", (LENGTH,), ("SMA",)),
    IndicatorChoice("obv", "On-balance volume", "Volume by direction", "Volume", (), ("OBV",)),
)  # fmt: skip


def values(tree: Any, name: str) -> list[str]:
    found = [attribute(part, f"data-{name}") for part in parts(tree)]
    return [value for value in found if value is not None]


def test_grid_begins_with_one_chart_and_says_what_others_may_show() -> None:
    grid = chart_grid(chart_panel("BTC-USD", "1m", ""), ("BTC-USD", "ETH-USD"), ("1m", "5m"))
    assert attribute(grid, "data-grid") == "1"
    assert json.loads(attribute(grid, "data-symbols") or "") == ["BTC-USD", "ETH-USD"]
    assert json.loads(attribute(grid, "data-intervals") or "") == ["1m", "5m"]
    assert len(by_class(grid, "chart-cell")) == 1
    (more,) = by_class(grid, "chart-more")
    assert texts(more) == ""


def test_every_chart_has_its_acts() -> None:
    grid = chart_grid(chart_panel("BTC-USD", "1m", ""), (), ())
    assert values(grid, "opens") == [ids.LINK_MENU, ids.PICTURE_MENU]
    assert values(grid, "act") == ["show-1m", "full-screen"]


def test_toolbar_offers_every_size() -> None:
    assert values(chart_toolbar(), "size") == [str(size) for size in SIZES] == ["1", "4", "9", "16"]
    assert {f"grid-{size}" for size in SIZES} <= NAMES


def test_what_opens_is_there() -> None:
    menus = html.Div([*chart_menus(), indicator_picker(CHOICES)])
    opened = {*values(chart_toolbar(), "opens"), ids.LINK_MENU, ids.PICTURE_MENU}
    assert opened <= set(element_ids(menus))
    assert all(part.hidden for part in (by_id(menus, name) for name in opened))


def test_menus_offer_what_a_chart_takes() -> None:
    menus = html.Div(chart_menus())
    assert values(menus, "style") == list(STYLES)
    assert values(menus, "axis") == list(AXES)
    assert values(menus, "flag") == list(FLAGS)
    for style in STYLES:
        assert elements_query({"style": style}).style == style
    for axis in AXES:
        assert elements_query({"axis": axis}).axis == axis
    for zone in ZONES:
        assert elements_query({"zone": zone}).zone == zone
    assert set(FLAGS) <= {
        name for name, kind in ElementsQuery.__annotations__.items() if kind is bool
    }


def test_picker_lists_by_family() -> None:
    picker = indicator_picker(CHOICES)
    assert [texts(family) for family in by_class(picker, "picker-family")] == [
        "Trend Simple average Mean of n closes",
        "Volume On-balance volume Volume by direction",
    ]
    assert values(picker, "key") == ["sma", "obv"]
    assert by_id(picker, ids.PICKER).hidden


def test_picker_says_what_may_be_set() -> None:
    said = json.loads(attribute(indicator_picker(CHOICES), "data-choices") or "")
    assert said[0]["lines"] == ["SMA"]
    assert said[0]["parameters"] == [
        {"name": "period", "label": "Length", "default": 20, "low": 1, "high": 5000, "step": 1}
    ]
    assert said[1]["parameters"] == []
