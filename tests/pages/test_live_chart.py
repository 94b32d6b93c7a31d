import json

from dash import no_update

from components import ids
from pages import live_chart
from server.chart_request import LIVE
from server.views import ChartQuery, ElementsQuery
from tests.components.trees import attribute, by_id, element_ids
from tests.pages.fake_services import FakeServices


async def test_tier_changes_while_the_page_is_open(fake: FakeServices) -> None:
    shown = await live_chart.change_tier("plotly", "BTC-USD", "1m", "")
    assert ids.PLOTLY_CHART in element_ids(shown)
    assert ids.CHART in element_ids(await live_chart.change_tier("picture", "BTC-USD", "1m", None))


async def test_plotly_figure_comes_from_the_services(fake: FakeServices) -> None:
    figure = await live_chart.draw_plotly(3, "BTC-USD", "1m", "light", "")
    asked = ChartQuery("BTC-USD", "1m", 120, theme="light", elements=LIVE)
    assert figure["layout"]["title"] == (asked,)
    other = await live_chart.draw_plotly(3, "BTC-USD", "1m", "dark", "?style=hollow&indicators=")
    elements = ElementsQuery(style="hollow", countdown=True)
    assert other["layout"]["title"] == (ChartQuery("BTC-USD", "1m", 120, elements=elements),)


async def test_tier_keeps_what_the_address_asks_for(fake: FakeServices) -> None:
    shown = await live_chart.change_tier("picture", "BTC-USD", "1m", "?axis=log&quote=true")
    elements = json.loads(attribute(by_id(shown, ids.CHART), "data-elements"))
    assert (elements["axis"], elements["quote"]) == ("log", True)


async def test_retry_is_only_asked_for_by_a_click(fake: FakeServices) -> None:
    await live_chart.retry_feed(None)
    assert fake.calls == []
    await live_chart.retry_feed(1)
    assert fake.calls == [("retry",)]


async def test_history_is_only_asked_for_by_a_click(fake: FakeServices) -> None:
    await live_chart.load_history(None)
    assert fake.calls == []
    await live_chart.load_history(1)
    assert fake.calls == [("load",)]


async def test_real_market_is_tried_by_a_click_and_its_silence_told(fake: FakeServices) -> None:
    assert await live_chart.try_live(None) is no_update
    assert fake.calls == []
    assert await live_chart.try_live(1) is no_update
    fake.refusal = "Coinbase brings no data."
    (toast,) = await live_chart.try_live(2)
    assert (toast["message"], fake.calls) == ("Coinbase brings no data.", [("live",)] * 2)
