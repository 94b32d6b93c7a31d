"""From the simulated market to the real one."""

from dataclasses import replace

import pytest

from data_feed.status import FeedMode
from server import live_trial
from server.errors import RequestError
from tests.server.harness import BTC, make_services


async def test_venue_that_brings_data_is_shown() -> None:
    services, feed, _ = make_services()
    feed.state = replace(feed.state, mode=FeedMode.LIVE)
    await services.try_live()
    assert (feed.source.venue, feed.source.mode) == ("Coinbase", FeedMode.LIVE)
    services.close()


async def test_silent_venue_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    services, feed, _ = make_services()
    simulator, switch = feed.source, feed.switch

    def falls_back(*shown: object) -> None:
        switch(*shown)  # type: ignore[arg-type]
        feed.source = simulator

    monkeypatch.setattr(feed, "switch", falls_back)
    monkeypatch.setattr(live_trial, "LOOK_S", 0.01)
    with pytest.raises(RequestError, match=r"^Coinbase brings no data\. The simulated"):
        await services.try_live()
    assert feed.session == 1 and BTC in services.symbols()
    services.close()
