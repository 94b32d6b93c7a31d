"""Faults as a text, and what a line makes of them."""

import json
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.protocol import Channel, Malformed
from data_feed.simulator.corruption import corrupted
from data_feed.simulator.errors import BadFaults
from data_feed.simulator.faults import LINE_KINDS, NO_FAULTS, REST_KINDS, Faults, Window
from data_feed.simulator.faults import parse_faults as parse
from data_feed.simulator.line import Fate, FaultPlan, RestFate
from data_feed.venues.coinbase import CoinbaseParser
from market.types import Trade
from tests.data_feed.frames import L2SNAPSHOT, L2UPDATE, MATCH, TICKER

TEXTS = [f"frame {number}" for number in range(400)]


def carried(plan: FaultPlan, texts: list[str] = TEXTS, step_s: float = 0.01) -> Iterator[Fate]:
    line = plan.line()
    return (line.carry(text, number * step_s) for number, text in enumerate(texts))


def arrived(plan: FaultPlan, texts: list[str] = TEXTS) -> list[str | bytes]:
    return [frame for fate in carried(plan, texts) for frame in fate.frames]


def test_a_text_becomes_faults() -> None:
    faults = parse("drop=0.01, stall=0.5,stall_s=30,disconnect@7,corrupt@2.5:4,rest_limit=1")
    assert faults == Faults(
        drop=0.01, stall=0.5, stall_s=30.0, rest_limit=1.0,
        script=(Window("disconnect", 7.0), Window("corrupt", 2.5, 4.0)),
    )  # fmt: skip
    assert str(faults) == "drop=0.01,stall=0.5,rest_limit=1,stall_s=30,disconnect@7,corrupt@2.5:4"
    assert parse("") is NO_FAULTS


@given(
    st.dictionaries(st.sampled_from(LINE_KINDS + REST_KINDS), st.integers(0, 100)),
    st.lists(st.tuples(st.sampled_from(LINE_KINDS), st.integers(0, 99), st.integers(0, 99))),
)
def test_faults_survive_their_text(
    shares: dict[str, int], script: list[tuple[str, int, int]]
) -> None:
    windows = tuple(Window(kind, float(start), float(length)) for kind, start, length in script)
    faults = Faults(**{k: share / 100 for k, share in shares.items()}, script=windows)
    assert parse(str(faults)) == faults


@pytest.mark.parametrize(
    "text",
    ["drop", "drop=", "drop=x", "drop=1.1", "drop=-0.1", "drop=nan", "lose=0.1", "drop=0.1,,x",
     "drop@", "drop@x", "drop@1:x", "lose@1", "delay_s=-1", "delay_s=inf", "delay_s@3", "script=1"],
)  # fmt: skip
def test_a_wrong_text_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(BadFaults, match="allowed are KIND=PROBABILITY"):
        parse(text)


def test_without_faults_every_frame_passes_as_it_is() -> None:
    plan = FaultPlan()
    assert list(carried(plan)) == [Fate((text,)) for text in TEXTS]
    assert plan.request(0.0) == RestFate()
    assert not plan.done


def test_the_same_seed_gives_the_same_fate_and_another_another() -> None:
    faults = parse("drop=0.1,corrupt=0.1,duplicate=0.1,reorder=0.1,delay=0.1,disconnect=0.01")
    texts = [json.dumps({"type": "match", "price": str(number)}) for number in range(300)]
    first, second = (list(carried(FaultPlan(faults, 3), texts)) for _ in range(2))
    assert first == second
    assert first != list(carried(FaultPlan(faults, 4), texts))
    plan = FaultPlan(faults, 3)
    assert list(carried(plan, texts)) != list(carried(plan, texts)), "each line has its own"


def test_what_befalls_one_frame_does_not_change_the_fate_of_the_next() -> None:
    with_stall = list(carried(FaultPlan(parse("drop=0.2,stall@1:0.5"), 5)))
    without = list(carried(FaultPlan(parse("drop=0.2"), 5)))
    assert with_stall[:100] == without[:100]
    assert all(fate == Fate() for fate in with_stall[100:150])
    assert with_stall[150:] == without[150:]


def test_dropped_frames_are_missing_and_counted() -> None:
    plan = FaultPlan(parse("drop=0.25"))
    found = arrived(plan)
    assert 60 < plan.done["drop"] < 140
    assert len(found) == len(TEXTS) - plan.done["drop"]
    assert found == [text for text in TEXTS if text in found]


def test_duplicates_follow_at_once() -> None:
    plan = FaultPlan(parse("duplicate=0.25"))
    found = arrived(plan)
    assert len(found) == len(TEXTS) + plan.done["duplicate"]
    assert sorted(set(found)) == sorted(TEXTS)
    assert found == sorted(found, key=TEXTS.index)  # type: ignore[arg-type]


def test_frames_out_of_order_are_all_there_and_not_far() -> None:
    plan = FaultPlan(parse("reorder=0.2"))
    found = arrived(plan)
    left = [text for text in TEXTS if text not in found]
    assert all(text in TEXTS[-6:] for text in left), "what is held back waits for the next frames"
    places = [TEXTS.index(str(frame)) for frame in found]
    assert places != sorted(places)
    assert max(abs(place - at) for at, place in enumerate(places)) < 10
    plan.faults = NO_FAULTS


def test_what_was_held_back_comes_when_the_faults_end() -> None:
    plan = FaultPlan(parse("reorder=1"))
    line = plan.line()
    assert [line.carry(text, 0.0) for text in "ab"] == [Fate(), Fate()]
    plan.faults = NO_FAULTS
    assert line.carry("c", 0.0) == Fate(("a", "b", "c"))
    assert line.carry("d", 0.0) == Fate(("d",))


def test_a_stall_loses_what_was_to_come_and_a_delay_does_not() -> None:
    fates = list(carried(FaultPlan(parse("stall@1,stall_s=1.005"))))
    assert [number for number, fate in enumerate(fates) if not fate.frames] == list(range(100, 201))
    fates = list(carried(FaultPlan(parse("delay=0.5,delay_s=0.2"))))
    assert [fate.frames for fate in fates] == [(text,) for text in TEXTS]
    assert 0.15 < max(fate.wait_s for fate in fates) <= 0.2


def test_a_scripted_break_comes_once_and_a_window_as_long_as_it_lasts() -> None:
    plan = FaultPlan(parse("disconnect@1"))
    assert [n for n, fate in enumerate(carried(plan)) if fate.breaks] == [100]
    assert not any(fate.breaks for fate in carried(plan))
    plan = FaultPlan(parse("disconnect@1:0.5"))
    assert [n for n, fate in enumerate(carried(plan)) if fate.breaks] == list(range(100, 150))


def test_rest_fails_as_told() -> None:
    plan = FaultPlan(parse("rest_error=0.2,rest_limit=0.2,rest_slow=0.2,rest_corrupt=0.2,slow_s=3"))
    fates = [plan.request(0.0) for _ in range(400)]
    assert {fate.status for fate in fates} == {0, 429, 500}
    assert {fate.wait_s for fate in fates} == {0.0, 3.0}
    assert sum(fate.share < 1.0 for fate in fates) == plan.done["rest_corrupt"]
    assert 40 < sum(fate.status == 429 for fate in fates) < 120


@pytest.mark.parametrize("frame", [MATCH, TICKER, L2UPDATE, L2SNAPSHOT])
@given(seed=st.integers())
def test_damage_never_passes_as_another_price(frame: bytes, seed: int) -> None:
    """A trade out of a damaged frame is the true one, or has another time or symbol."""
    parser = CoinbaseParser(frozenset(Channel))
    damaged = corrupted(frame.decode(), random.Random(seed))
    assert damaged != frame.decode()
    for event in parser.receive(damaged, 0):
        if isinstance(event, Trade):
            (true,) = parser.receive(frame, 0)
            assert isinstance(true, Trade)
            assert event == true._replace(time_ns=event.time_ns, symbol=event.symbol)
        elif isinstance(event, Malformed):
            assert event.reason
