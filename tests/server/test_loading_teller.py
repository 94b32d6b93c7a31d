"""How far a chart's history has come, as its tab is told."""

import json
from dataclasses import replace

from chart_acceleration.spec import ChartSpec
from data_feed.history_progress import HistoryProgress
from data_feed.status import Repair
from market.types import Interval
from server.chart_request import ChartRequest
from server.frames_client import FramesClient, Watch
from server.live_view import LiveView
from server.loading_teller import LoadingTeller
from tests.server.harness import BTC, ETH, make_services


def watch(symbol: str, interval: Interval) -> Watch:
    return Watch(LiveView(ChartRequest(ChartSpec(symbol, interval, 100, 100))), 0)


async def told(client: FramesClient) -> list[tuple[int, int, int]]:
    """Chart, loaded and expected of the texts that wait."""
    found = []
    while client._texts:
        _, text, _ = await client.next_message()
        message = json.loads(text)
        assert message["type"] == "loading"
        found.append((message["chart"], message["loaded"], message["expected"]))
    return found


async def test_charts_are_told_of_their_own_ring_until_it_is_there() -> None:
    history = HistoryProgress()
    teller, client = LoadingTeller(history), FramesClient()
    client.watches = {
        1: watch(BTC, Interval.M1),
        2: watch(BTC, Interval.H1),
        3: watch(ETH, Interval.M1),
    }
    teller.tell(client)
    assert await told(client) == []
    history.begin(BTC, Interval.M1, 1200)
    history.begin(ETH, Interval.M1, 300)
    history.came(BTC, Interval.M1, 412)
    teller.tell(client)
    assert await told(client) == [(1, 412, 1200), (3, 0, 300)]
    history.end(BTC, Interval.M1)
    teller.tell(client)
    assert await told(client) == [(1, 0, 0), (3, 0, 300)]
    teller.tell(client)
    assert await told(client) == [(3, 0, 300)]


def test_what_a_reconnect_brought_back_is_in_the_status() -> None:
    services, feed, _ = make_services()
    assert (services.status().repair, services.status().repaired_ms) == ("", 0)
    repair = Repair(5_000_000_000, (BTC,), 11, 240, reconnect=False)
    feed.state = replace(feed.state, repair=repair)
    assert services.status().repaired_ms == 0  # a gap in a stream that goes on is no news
    feed.state = replace(feed.state, repair=replace(repair, reconnect=True))
    now = services.status()
    assert now.repair == "11 missing candles were loaded after the reconnect."
    assert now.repaired_ms == 5000
    services.load_history()
    assert feed.loads == 1
    services.close()
