"""Which frames tell of their stages: all while it is quiet, some of a flood."""

import time
from itertools import count

import pytest

from data_feed.frame_intake import TELL_ALL_NS, TELL_ONE_OF, FrameIntake
from data_feed.link import Link
from data_feed.policy import LoopPolicy
from data_feed.progress import Progress
from data_feed.sequence import TradeSequence
from data_feed.venues.coinbase import CoinbaseParser
from market.market import Market
from market.types import Symbol
from tests.data_feed.test_socket_loop import Listener

FRAMES = 10 * TELL_ONE_OF


def _match(number: int) -> bytes:
    return (
        b'{"type":"match","trade_id":%d,"maker_order_id":"a","taker_order_id":"b","side":"buy",'
        b'"size":"0.5","price":"60000.01","product_id":"BTC-USD","sequence":1,'
        b'"time":"2026-08-09T10:%02d:%02d.5Z"}' % (number + 1, number // 60, number % 60)
    )


def _told(step_ns: int, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The reports of frames while each look at the clock finds it ``step_ns`` later."""
    clock = count(TELL_ALL_NS, step_ns)
    monkeypatch.setattr(time, "monotonic_ns", lambda: next(clock))
    market, reports = Market((Symbol("BTC-USD"),)), Listener()
    intake = FrameIntake(CoinbaseParser(), market, reports, Progress(), None, lambda _: None)
    link = Link(None, LoopPolicy(), intake.take, TradeSequence())  # type: ignore[arg-type]
    intake.begin(link, 1)
    for number in range(FRAMES):
        intake.take(link, _match(number), next(clock))
    assert market["BTC-USD"].builder.counters.applied == FRAMES
    return reports.times


def test_quiet_frames_are_all_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _told(TELL_ALL_NS, monkeypatch) == [(TELL_ALL_NS,) * 3] * FRAMES


def test_of_a_flood_the_first_and_some_frames_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _told(1, monkeypatch) == [(1, 1, 1)] * (1 + FRAMES // TELL_ONE_OF)
