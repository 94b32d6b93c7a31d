"""Trades wake the live loop once, and only when it waits for one."""

import threading

from server.trade_signal import TradeSignal


def watching(*symbols: str) -> TradeSignal:
    """A signal for trades of ``symbols``."""
    signal = TradeSignal()
    signal.watch(symbols)
    return signal


class Bell:
    """Counts how often it rang."""

    def __init__(self) -> None:
        self.rung = 0

    def ring(self) -> None:
        self.rung += 1


def test_first_trade_of_every_symbol_is_told_once() -> None:
    signal = watching("A", "B")
    for symbol, received_ns in (("A", 5), ("B", 6), ("A", 7)):
        signal.note(symbol, received_ns)
    assert signal.noted
    assert signal.take() == {"A": 5, "B": 6}
    assert signal.take() == {}


def test_only_watched_symbols_count() -> None:
    signal = TradeSignal()
    assert not signal.counts("A")
    signal.watch({"A"})
    assert signal.counts("A")
    assert not signal.counts("B")
    signal.watch(())
    assert not signal.counts("A")
    signal.note("A", 5)  # had been found to count before it did not
    assert not signal.noted


def test_a_trade_from_before_is_none_of_who_watches_next() -> None:
    signal = watching("A", "B")
    signal.note("A", 5)
    signal.note("B", 6)
    signal.watch({"B"})
    signal.watch({"A", "B"})
    assert signal.take() == {"B": 6}


def test_armed_signal_wakes_once() -> None:
    signal, bell = watching("A"), Bell()
    signal.note("A", 1)
    signal.take()
    assert bell.rung == 0
    assert signal.arm(bell.ring)
    for received_ns in range(2, 50):
        signal.note("A", received_ns)
    assert bell.rung == 1
    signal.take()
    signal.note("A", 60)
    assert bell.rung == 1  # not armed again
    signal.take()
    assert signal.arm(bell.ring)
    signal.note("A", 70)
    assert bell.rung == 2


def test_trade_before_arming_is_not_slept_over() -> None:
    signal, bell = watching("A"), Bell()
    signal.note("A", 1)
    assert not signal.arm(bell.ring)
    signal.note("A", 2)
    assert bell.rung == 0


def test_disarmed_signal_wakes_nobody() -> None:
    signal, bell = watching("A"), Bell()
    signal.arm(bell.ring)
    signal.disarm()
    signal.note("A", 1)
    assert bell.rung == 0


def test_no_trade_of_another_thread_is_lost_or_slept_over() -> None:
    count = 20_000
    signal, woken = watching(*map(str, range(count))), threading.Event()

    def trade() -> None:
        for number in range(count):
            signal.note(str(number), number + 1)

    feed = threading.Thread(target=trade)
    taken: dict[str, int] = {}
    feed.start()
    while len(taken) < count:
        if signal.arm(woken.set):
            assert woken.wait(60), f"asleep with {len(taken)} of {count} trades"
        woken.clear()
        news = signal.take()
        assert not news.keys() & taken.keys()
        taken.update(news)
    feed.join()
    assert taken == {str(n): n + 1 for n in range(count)}
