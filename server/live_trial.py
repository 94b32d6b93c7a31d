"""Tries the real venue while a simulated market is shown."""

import time
from dataclasses import replace

from data_feed.errors import FeedError
from data_feed.open_feed import venues_of
from data_feed.replay_control import SwitchableFeed
from data_feed.status import FeedMode, FeedState
from server.errors import RequestError
from server.outliving import feed_request, watched
from server.settings import Settings

LOOK_S = 0.2
LONGEST_S = 15.0


def try_live(settings: Settings, feed: SwitchableFeed) -> None:
    """Switch to the live venue; blocks until it brings data or the simulator has begun anew.

    Raises :class:`RequestError` with a sentence when the venue brought nothing.
    """
    symbols = watched(settings)
    request = replace(feed_request(settings, symbols), source="auto", read=None)
    try:
        first, *others = venues_of(request)
    except FeedError as error:
        raise RequestError(str(error)) from None
    feed.switch(first.sources, symbols, others)
    name, given_up = first.sources[0].venue, 0
    end_s = time.monotonic() + LONGEST_S
    while given_up < 2 and time.monotonic() < end_s:
        status = feed.status()
        if status.mode is FeedMode.LIVE and status.state is FeedState.STREAMING:
            return
        # The feed begins a moment after it was told to: once is no answer.
        given_up = given_up + 1 if feed.source.mode is FeedMode.SIMULATED else 0
        time.sleep(LOOK_S)
    raise RequestError(f"{name} brings no data. The simulated market has begun anew.")
