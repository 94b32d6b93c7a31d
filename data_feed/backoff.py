"""Delays between attempts to connect: exponential with full jitter.

Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("full jitter").
"""

from collections.abc import Iterator
from random import Random


def full_jitter(random: Random, base_s: float = 0.5, cap_s: float = 30.0) -> Iterator[float]:
    """Endless delays in seconds: the n-th is uniform in [0, min(cap, base · 2ⁿ)], n from 0."""
    ceiling = min(base_s, cap_s)
    while True:
        yield random.uniform(0.0, ceiling)
        ceiling = min(cap_s, ceiling * 2.0)
