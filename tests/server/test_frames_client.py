"""Flow control of one tab, with time as the test says."""

import pytest

from chart_acceleration.spec import ChartSpec
from market.types import Interval
from server.chart_request import ChartRequest
from server.frame_sets import MAX_ATLAS_HEIGHT, sets_of_one_picture
from server.frames_client import (
    KEYFRAMES,
    PACE_NS,
    SLACK_NS,
    WINDOW,
    FramesClient,
    Picture,
    Watch,
)
from server.frames_protocol import Box, Kind, unpack_frame
from server.live_view import LiveView

MS = 1_000_000
BOX = Box(0, 0, 10, 10)


def picture(content: bytes = b"webp", received_ns: int = 0) -> Picture:
    return Picture("patch", content, ((1, Kind.PATCH, BOX, BOX, b'"c":1}', b""),), received_ns)


def keyframe(chart: int = 1, live: bool = False) -> Picture:
    entry = (chart, Kind.KEYFRAME, BOX, BOX, b'"c":1}', b"")
    return Picture("keyframe", b"whole", (entry,), 0, live)


def client_with_a_chart() -> FramesClient:
    client = FramesClient()
    client.watches[1] = Watch(
        LiveView(ChartRequest(ChartSpec("BTC-USD", Interval.M1, 100, 100))), 0
    )
    return client


async def deliver(client: FramesClient, now_ns: int) -> int:
    sequence, _, _ = await client.next_message()
    client.written(sequence, now_ns)
    return sequence


def test_window_is_two_pictures() -> None:
    client = client_with_a_chart()
    assert WINDOW == 2
    assert client.offer_picture(picture(b"1"), 0)
    assert client.room == 1
    assert client.offer_picture(picture(b"2"), 0)
    assert client.room == 0
    assert not client.may_take(10**12)


def test_gesture_waits_neither_for_patches_nor_for_the_pace() -> None:
    client = client_with_a_chart()
    for number in range(WINDOW):
        client.offer_picture(picture(b"%d" % number), 0)
    assert client.has_room_for(1)
    due_ns = client.due_ns
    client.offer_picture(keyframe(), 5 * MS)
    assert client.due_ns == due_ns
    client.offer_picture(keyframe(), 6 * MS)
    assert not client.has_room_for(1)  # two of one chart are under way
    assert client.has_room_for(2)
    client.acknowledge(3, 7 * MS)
    assert client.has_room_for(1)


def test_chart_whose_keyframes_are_all_under_way_is_not_hungry() -> None:
    client = client_with_a_chart()
    client.offer_picture(keyframe(), 0)
    assert client.hungry
    client.offer_picture(keyframe(), 0)
    assert not client.hungry


def test_keyframes_leave_room_for_patches_and_are_bounded() -> None:
    client = client_with_a_chart()
    for chart in range(KEYFRAMES):
        assert client.has_room_for(chart)
        client.offer_picture(keyframe(chart), 0)
    assert not client.has_room_for(KEYFRAMES)
    assert client.room == WINDOW
    assert client.unacknowledged == KEYFRAMES


def test_keyframe_of_the_market_keeps_the_pace() -> None:
    client = client_with_a_chart()
    client.offer_picture(keyframe(live=True), 0)
    assert client.due_ns == PACE_NS


async def test_acknowledged_picture_makes_room_and_is_timed() -> None:
    client = client_with_a_chart()
    client.offer_picture(picture(received_ns=5 * MS), 10 * MS)
    sequence = await deliver(client, 12 * MS)
    times = client.acknowledge(sequence, 30 * MS)
    assert times is not None
    assert times.ack_ns == 18 * MS
    assert times.tick_to_ack_ns == 25 * MS
    assert client.room == 2
    assert client.acknowledge(sequence, 31 * MS) is None
    assert client.acknowledge(999, 31 * MS) is None


async def test_slow_tab_gets_pictures_at_its_own_pace_but_one_a_second() -> None:
    client = client_with_a_chart()
    now = 0
    for number in range(60):
        client.offer_picture(picture(b"%d" % number), now)
        sequence = await deliver(client, now)
        now += 400 * MS
        client.acknowledge(sequence, now)
    client.offer_picture(picture(b"last"), now)
    # Three quarters of 400 ms; it joins those that are served a little earlier.
    assert client.due_ns == pytest.approx(now + 300 * MS, abs=MS)
    assert not client.may_take(client.due_ns - SLACK_NS - 1)
    assert client.may_take(client.due_ns - SLACK_NS)
    for number in range(60):
        sequence = await deliver(client, now)
        now += 5000 * MS
        client.acknowledge(sequence, now)
        client.offer_picture(picture(b"%d" % number), now)
    assert client.may_take(now + 1000 * MS)


async def test_slow_line_is_busy_while_it_carries_a_picture() -> None:
    client = client_with_a_chart()
    for turn in range(8):
        client.offer_picture(picture(bytes([turn])), 0)
        assert client.busy  # not handed to the network yet
        sequence = await deliver(client, MS)
        assert client.busy is (turn > 0)
        client.acknowledge(sequence, 1500 * MS)
        assert not client.busy
    for turn in range(30):  # it is fast again
        client.offer_picture(picture(bytes([turn])), 0)
        sequence = await deliver(client, MS)
        client.acknowledge(sequence, 10 * MS)
    client.offer_picture(picture(b"last"), 0)
    await deliver(client, MS)
    assert not client.busy


async def test_fast_tab_is_never_held_back() -> None:
    client = client_with_a_chart()
    now = 0
    for number in range(50):
        assert client.may_take(now)
        client.offer_picture(picture(b"%d" % number), now)
        client.acknowledge(await deliver(client, now), now + 10 * MS)
        now += PACE_NS


async def test_equal_picture_is_not_sent_again() -> None:
    client = client_with_a_chart()
    assert client.offer_picture(picture(b"same"), 0)
    assert not client.offer_picture(picture(b"same"), 0)
    assert client.room == 1
    assert client.offer_picture(picture(b"other"), 0)


async def test_newer_text_of_one_kind_wins_and_texts_go_first() -> None:
    client = client_with_a_chart()
    client.offer_picture(picture(), 0)
    client.offer_text("status", b"old")
    client.offer_text("tier", b"tier")
    client.offer_text("status", b"new")
    got = [(await client.next_message())[1] for _ in range(2)]
    assert got == [b"new", b"tier"]
    sequence, message, kind = await client.next_message()
    assert (sequence, kind) == (1, "patch")
    frame = unpack_frame(message)
    assert frame.meta == b'[{"chart":1,"c":1}]'
    assert frame.picture == b"webp"


def test_hidden_tab_takes_nothing_and_starts_anew() -> None:
    client = client_with_a_chart()
    client.watches[1].serial = 4
    client.offer_picture(picture(b"1"), 0)
    client.offer_picture(picture(b"2"), 0)
    client.show(False)
    assert client.room == 0
    client.offer_text("status", b"unseen")
    client.show(True)
    assert client.room == 2
    assert client.watches[1].serial == -1
    assert client.hungry


def view(symbol: str, height: int = 500, theme: str = "dark") -> LiveView:
    return LiveView(ChartRequest(ChartSpec(symbol, Interval.M1, 600, height, theme=theme)))


def test_sets_have_one_theme_and_a_bounded_height() -> None:
    dark = [view(f"A{number}-USD", 4000) for number in range(5)]
    light = view("B-USD", theme="light")
    sets = sets_of_one_picture([dark[3], light, *dark[:3], dark[4]])
    assert [set(members) for members in sets] == [
        {dark[0], dark[1]},
        {dark[2], dark[3]},
        {dark[4]},
        {light},
    ]
    assert all(sum(v.spec.height for v in members) <= MAX_ATLAS_HEIGHT for members in sets)


@pytest.mark.parametrize("turn", range(4))
def test_equal_sets_come_out_equal_in_any_order(turn: int) -> None:
    views = [view(f"A{number}-USD") for number in range(4)]
    turned = views[turn:] + views[:turn]
    assert sets_of_one_picture(turned) == sets_of_one_picture(views) == [tuple(views)]
