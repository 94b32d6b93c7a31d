"""The side column's tree: what scripts and styles look for is there."""

import re

from components import ids
from components.order_book import MULTIPLES, order_book
from components.side_panel import TABS, side_panel
from tests.components.trees import attribute, by_class, by_id, element_ids, properties, texts
from tests.conftest import ROOT


def test_three_panels_and_a_tab_for_each() -> None:
    side = side_panel(24, True)
    panels = [attribute(panel, "data-panel") for panel in by_class(side, "side-panel")]
    tabs = [attribute(tab, "data-side-tab") for tab in by_class(side, "side-tab")]
    folds = [attribute(fold, "data-folds") for fold in by_class(side, "panel-fold")]
    assert panels == tabs == folds == list(TABS)
    assert properties(side)["style"] == {"--watched": 24}
    assert len(set(element_ids(side))) == len(element_ids(side))


def test_steps_are_those_of_the_script() -> None:
    menu = by_id(side_panel(1, True), ids.BOOK_STEPS)
    entries = [attribute(item, "data-multiple") for item in by_class(menu, "popup-item")]
    assert entries == [str(multiple) for multiple in MULTIPLES]
    script = (ROOT / "assets" / "45_side_panel.js").read_text()
    (known,) = re.findall(r"MULTIPLES = \[([\d, ]+)\]", script)
    assert [int(each) for each in known.split(", ")] == list(MULTIPLES)


def test_without_a_renderer_there_is_no_depth_chart_to_choose() -> None:
    (with_pictures,) = by_class(order_book(True), "book-views")
    (without,) = by_class(order_book(False), "book-views")
    assert (with_pictures.hidden, without.hidden) == (False, True)


def test_what_stands_there_before_the_first_numbers() -> None:
    side = side_panel(3, True)
    words = texts(side)
    assert "Waiting for the order book." in words and "Waiting for the first trade." in words
