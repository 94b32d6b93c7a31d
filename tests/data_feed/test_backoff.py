"""Delays double up to a cap, with full jitter."""

from itertools import islice
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from data_feed.backoff import full_jitter


class _Ceiling(Random):
    """Draws the largest value, so that the ceilings show."""

    def uniform(self, a: float, b: float) -> float:
        assert a == 0.0
        return b


def test_ceilings_double_up_to_the_cap() -> None:
    assert list(islice(full_jitter(_Ceiling(), 0.5, 5.0), 7)) == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]


@given(st.integers(), st.floats(0.01, 10.0), st.floats(0.01, 100.0))
def test_delays_stay_below_their_ceiling(seed: int, base: float, cap: float) -> None:
    ceilings = islice(full_jitter(_Ceiling(), base, cap), 40)
    delays = islice(full_jitter(Random(seed), base, cap), 40)
    assert all(0.0 <= delay <= top <= cap for delay, top in zip(delays, ceilings, strict=True))


def test_the_same_random_source_gives_the_same_delays() -> None:
    first, second = (list(islice(full_jitter(Random(3)), 9)) for _ in range(2))
    assert first == second
    assert len(set(first)) == 9
