from collections import Counter
from types import ModuleType

from components import ids
from tests.components.trees import attribute, by_class, by_id, element_ids, texts
from tests.pages.fake_services import FakeServices


def test_address_chooses_symbol_and_interval(dashboard: ModuleType) -> None:
    tree = dashboard.layout(symbol="ETH-USD", interval="5m", other="ignored")
    chart = by_id(tree, ids.CHART)
    assert (attribute(chart, "data-symbol"), attribute(chart, "data-interval")) == ("ETH-USD", "5m")
    assert [texts(row) for row in by_class(tree, "is-chosen")] == ["ETH-USD 38,533.0 +1.62 %"]
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


def test_plotly_tier_has_a_graph_instead(dashboard: ModuleType, fake: FakeServices) -> None:
    fake.tier_now = "plotly"
    found = element_ids(dashboard.layout(symbol="BTC-USD", interval="1m"))
    assert ids.PLOTLY_CHART in found
    assert ids.CHART not in found


async def test_watchlist_is_refreshed(dashboard: ModuleType) -> None:
    names = [{"type": ids.WATCH_PRICE, "symbol": s} for s in ("ETH-USD", "BTC-USD")]
    assert await dashboard.refresh_watchlist(1, "BTC-USD", names) == (
        ["38,533.0"] * 2, ["+1.62 %"] * 2, ["up"] * 2,
        ["38,533.0", "+1.62 %", "phone-quote up"],
    )  # fmt: skip
