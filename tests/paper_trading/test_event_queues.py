"""Queues of events: order, what is dropped, what was there before."""

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
