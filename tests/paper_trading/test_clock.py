"""The clock of paper trading, under a wall clock that is put forward and back."""

from paper_trading.clock import SteadyClock

SECOND = 1_000_000_000


class Hands:
    """A wall clock and monotonic time that a test moves."""

    def __init__(self) -> None:
        self.wall, self.monotonic = 1_000 * SECOND, 5 * SECOND

    def clock(self, least: int = 0) -> SteadyClock:
        """A clock that looks at them."""
        return SteadyClock(least, lambda: self.wall, lambda: self.monotonic)

    def pass_s(self, seconds: float, wall_s: float | None = None) -> None:
        """Let monotonic time and the wall clock go on."""
        self.monotonic += int(seconds * SECOND)
        self.wall += int((seconds if wall_s is None else wall_s) * SECOND)


def test_it_goes_on_with_the_wall_clock() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.pass_s(3)
    assert (clock.jump(), clock.read()) == (0, 1_003 * SECOND)


def test_it_never_goes_back_and_tells_of_it() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.pass_s(1, wall_s=-100)
    assert clock.read() == 1_001 * SECOND
    assert clock.jump() == -101 * SECOND
    assert clock.read() == 1_001 * SECOND
    hands.pass_s(2)
    assert (clock.jump(), clock.read()) == (0, 1_003 * SECOND)


def test_what_was_put_back_is_made_up_before_it_goes_forward() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.pass_s(1, wall_s=-99)
    assert clock.jump() == -100 * SECOND
    hands.pass_s(1, wall_s=131)
    assert clock.jump() == 130 * SECOND
    assert clock.read() == hands.wall


def test_a_sleep_puts_it_forward() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.pass_s(0.5, wall_s=3600)
    assert clock.jump() == int(3599.5 * SECOND)
    assert clock.read() == 4_600 * SECOND


def test_small_corrections_are_no_jumps_and_never_lead_back() -> None:
    hands = Hands()
    clock, times = hands.clock(), []
    for _ in range(20):
        hands.pass_s(1, wall_s=0.5)
        assert clock.jump() == 0
        times.append(clock.read())
    assert times == [(1_000 + n) * SECOND for n in range(1, 21)]


def test_it_begins_where_the_journal_ended() -> None:
    hands = Hands()
    clock = hands.clock(1_050 * SECOND)
    assert clock.read() == 1_050 * SECOND
    clock.begin_at(1_020 * SECOND)
    assert clock.read() == 1_050 * SECOND
    clock.begin_at(1_060 * SECOND)
    hands.pass_s(1)
    assert clock.read() == 1_061 * SECOND
