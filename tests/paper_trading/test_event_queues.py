"""Queues of events: order, what is dropped, what was there before."""

from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from paper_trading.event_queues import GAP, EventQueue, EventQueues
from paper_trading.views import EventView


def event(seq: int, account: int = 1) -> EventView:
    """An event with nothing in it."""
    return EventView(account, seq, seq, "filled", "")


def seqs(events: list[EventView]) -> list[tuple[str, int]]:
    """Kind and number of each."""
    return [(each.kind, each.seq) for each in events]


def test_everybody_gets_what_they_asked_for_in_order() -> None:
    queues, all_of_them, one = EventQueues(), EventQueue(None), EventQueue(2)
    assert not queues
    queues.add(all_of_them)
    queues.add(one)
    queues.publish((event(1), event(1, 2), event(2)))
    assert [(each.account, each.seq) for each in all_of_them.take()] == [(1, 1), (2, 1), (1, 2)]
    assert [(each.account, each.seq) for each in one.take()] == [(2, 1)]
    queues.remove(one)
    queues.publish((event(2, 2),))
    assert one.take() == []
    assert seqs(all_of_them.take()) == [("filled", 2)]


def test_of_more_than_there_is_room_for_the_oldest_are_dropped_and_told() -> None:
    queue = EventQueue(1, room=3)
    queue.put(tuple(event(seq) for seq in range(1, 6)))
    assert seqs(queue.take()) == [(GAP, 2), ("filled", 3), ("filled", 4), ("filled", 5)]
    assert queue.dropped == 2
    queue.put((event(6),))
    assert seqs(queue.take()) == [("filled", 6)]


def test_what_is_known_already_does_not_come() -> None:
    queue = EventQueue(1)
    queue.put((event(2), event(3), event(4)))
    queue.passed(1, 3)
    assert seqs(queue.take()) == [("filled", 4)]
    queue.passed(1, 2)
    queue.put((event(4), event(5)))
    assert seqs(queue.take()) == [("filled", 5)]


def test_what_is_known_already_is_not_missing() -> None:
    queue = EventQueue(1, room=3)
    queue.put(tuple(event(seq) for seq in range(1, 9)))
    queue.passed(1, 5)
    assert seqs(queue.take()) == [("filled", 6), ("filled", 7), ("filled", 8)]
    assert queue.dropped == 0
    queue.put(tuple(event(seq) for seq in range(9, 15)))
    queue.passed(1, 10)
    [gap, *rest] = queue.take()
    assert (gap.kind, gap.data) == (GAP, {"events": 1})
    assert seqs(rest) == [("filled", 12), ("filled", 13), ("filled", 14)]


def test_each_account_is_told_what_of_its_own_is_missing() -> None:
    queue = EventQueue(None, room=3)
    queue.put(tuple(event(seq, account) for seq in (1, 2, 3) for account in (1, 2)))
    queue.put((event(4),))
    queue.passed(1, 2)
    told = [(each.kind, each.account, each.seq) for each in queue.take()]
    assert told == [(GAP, 2, 2), ("filled", 1, 3), ("filled", 2, 3), ("filled", 1, 4)]
    assert queue.dropped == 2


def test_of_all_accounts_what_is_known_already_is_not_missing() -> None:
    queue = EventQueue(None, room=2)
    queue.put(tuple(event(seq, account) for seq in (1, 2, 3) for account in (1, 2)))
    queue.passed(1, 3)
    queue.passed(2, 2)
    assert [(each.account, each.seq) for each in queue.take()] == [(2, 3)]
    assert queue.dropped == 0


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 6), st.data())
def test_every_event_is_told_or_counted_as_missing(
    steps: list[int], room: int, data: st.DataObject
) -> None:
    """What is taken, what gaps count and what was known is all that was put, nothing twice."""
    queue, put, told, missing = EventQueue(None, room), {1: 0, 2: 0}, 0, 0
    known = {account: data.draw(st.integers(0, 10)) for account in put}
    for account, seq in known.items():
        queue.passed(account, seq)
    for step in (*steps, 0):
        if step:
            account = 1 + step % 2
            put[account] += 1
            queue.put((event(put[account], account),))
            continue
        for each in queue.take():
            told += each.kind != GAP
            missing += int(str(each.data.get("events", 0)))
    assert told + missing == sum(max(put[account] - known[account], 0) for account in put)


def test_nothing_is_lost_uncounted_while_two_threads_are_at_it() -> None:
    queue, all_of_them = EventQueue(None, room=20), 20_000

    def put() -> None:
        for seq in range(1, all_of_them + 1):
            queue.put((event(seq),))

    putting = Thread(target=put)
    putting.start()
    taken = []
    while putting.is_alive():
        taken += queue.take()
    taken += queue.take()
    told = [each.seq for each in taken if each.kind != GAP]
    assert told == sorted(set(told))
    assert told[-1] == all_of_them
    assert len(told) + queue.dropped == all_of_them


def test_it_wakes_once_until_it_was_taken_from() -> None:
    woken: list[int] = []
    queue = EventQueue(1, wake=lambda: woken.append(1))
    queue.put((event(1),))
    queue.put((event(2),))
    assert len(woken) == 1
    queue.take()
    queue.put((event(1, 2),))
    assert len(woken) == 1
    queue.put((event(3),))
    assert len(woken) == 2
