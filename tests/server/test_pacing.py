"""When the live loop runs: the arithmetic, with times as the test says."""

import pytest

from chart_acceleration.spec import ChartSpec
from market.types import Interval
from server.chart_request import ChartRequest
from server.frames_client import PACE_NS, WINDOW, FramesClient, Picture, Watch
from server.frames_protocol import Box, Kind
from server.live_view import LiveView
from server.pacing import LOOK_NS, QUOTE_LOOK_NS, Rest, next_look_ns, rest

MS = 1_000_000
SECOND = 1000 * MS
LOOK = 900 * MS
BOX = Box(0, 0, 10, 10)


def tab(pictures: int = 0, now_ns: int = 0) -> FramesClient:
    """A tab with one chart that was sent ``pictures`` at ``now_ns`` and has shown none."""
    client = FramesClient()
    view = LiveView(ChartRequest(ChartSpec("BTC-USD", Interval.M1, 100, 100)))
    client.watches[1] = Watch(view, 0)
    for number in range(pictures):
        entry = (1, Kind.PATCH, BOX, BOX, b'"c":%d}' % number, b"")
        client.offer_picture(Picture("patch", b"%d" % number, (entry,), 0), now_ns)
    return client


def test_tab_that_may_take_a_picture_waits_for_a_trade() -> None:
    assert rest([tab()], 100 * MS, LOOK) == Rest(LOOK, armed=True)


def test_tab_in_its_pause_is_served_at_its_end_and_not_by_trades() -> None:
    paused = tab(1, now_ns=100 * MS)
    assert rest([paused], 110 * MS, LOOK) == Rest(100 * MS + PACE_NS, armed=False)
    assert rest([paused], 100 * MS + PACE_NS, LOOK) == Rest(LOOK, armed=True)


def test_tab_that_owes_acknowledgements_ends_no_rest() -> None:
    assert rest([tab(WINDOW, 100 * MS)], 10**10, LOOK) == Rest(LOOK, armed=False)


def test_first_tab_to_be_due_ends_the_rest() -> None:
    tabs = [tab(1, 130 * MS), tab(1, 120 * MS), tab(WINDOW, 50 * MS)]
    assert rest(tabs, 135 * MS, LOOK) == Rest(120 * MS + PACE_NS, armed=False)
    assert rest([*tabs, tab()], 135 * MS, LOOK) == Rest(120 * MS + PACE_NS, armed=True)


def test_hidden_tab_and_tab_without_charts_end_no_rest() -> None:
    hidden = tab()
    hidden.show(visible=False)
    assert rest([hidden, FramesClient()], 0, LOOK) == Rest(LOOK, armed=False)


@pytest.mark.parametrize(("clock", "wait"), [(0, 250), (1, 249), (249, 1), (250, 250), (990, 10)])
def test_looks_are_at_whole_parts_of_a_second_of_the_wall_clock(clock: int, wait: int) -> None:
    assert LOOK_NS == 250 * MS
    clock_ns = 1_700_000_000 * SECOND + clock * MS
    assert next_look_ns(77, clock_ns, quotes=False) == 77 + wait * MS


def test_quotes_are_looked_at_more_often() -> None:
    assert next_look_ns(0, 120 * MS, quotes=True) == 30 * MS
    assert QUOTE_LOOK_NS == 50 * MS
