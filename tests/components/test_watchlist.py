"""The watchlist's grid: its columns, what sorts, what the filter looks at."""

from typing import Any

from components import ids
from components.watchlist import watchlist
from tests.components.trees import by_class, by_id, texts


def columns(pictures: bool = True) -> dict[str, dict[str, Any]]:
    grid = by_id(watchlist(24, pictures), ids.WATCHLIST_GRID)
    return {each.get("field") or each["colId"]: each for each in grid.columnDefs}


def test_columns_in_the_order_they_are_read() -> None:
    assert list(columns()) == ["symbol", "line", "price", "change_pct", "turnover"]
    assert list(columns(pictures=False)) == ["symbol", "price", "change_pct", "turnover"]


def test_symbol_change_and_volume_sort() -> None:
    sortable = [name for name, each in columns().items() if each.get("sortable", True)]
    assert sortable == ["symbol", "change_pct", "turnover"]


def test_filter_looks_at_the_symbol_alone() -> None:
    given = {name: each.get("getQuickFilterText") for name, each in columns().items()}
    assert given.pop("symbol") is None
    assert list(given.values()) == [{"function": "''"}] * 4


def test_numbers_stand_right() -> None:
    for name in ("price", "change_pct"):
        assert columns()[name]["type"] == "rightAligned"
    assert "ag-right-aligned-cell" in columns()["turnover"]["cellClass"]


def test_columns_fit_into_the_smallest_right_column() -> None:
    assert sum(each["minWidth"] for each in columns().values()) == 316  # as in watchlist.js
    small = {name: each["minWidth"] for name, each in columns().items() if name != "turnover"}
    assert sum(small.values()) == 264  # of 280


def test_head_says_how_many_and_how_to_find_one() -> None:
    tree = watchlist(24, True)
    assert texts(by_class(tree, "panel-head")[0]) == "Watchlist 24 STALE"
    assert by_id(tree, ids.WATCHLIST_FILTER).attributes["input"]["aria-label"] == "Filter symbols"


def test_nothing_is_known_before_the_first_tick() -> None:
    tree = watchlist(24, True)
    assert by_id(tree, ids.WATCHLIST_MOMENT).data == 0
    assert by_id(tree, ids.WATCHLIST_GRID).to_plotly_json()["props"].get("rowData") is None
