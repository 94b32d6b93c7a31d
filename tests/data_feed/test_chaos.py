"""Whatever goes wrong on the line, in the end candles and books are the exchange's."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from random import Random
from typing import Any, TypeVar

import pytest

from data_feed.simulator.faults import LINE_KINDS, NO_FAULTS, REST_KINDS, Faults, parse_faults
from data_feed.simulator.line import FaultPlan
from data_feed.status import FeedCounters
from tests.data_feed.chaos import Arena, arena, hurry

T = TypeVar("T")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


DELAYS = "delay=0.05,delay_s=0.2"
SINGLE: dict[str, Callable[[FeedCounters], object]] = {
    "": lambda c: c.trades > 200,
    "drop=0.05": lambda c: c.gaps >= 3 and c.repairs,
    "duplicate=0.1": lambda c: c.duplicates >= 5,
    "reorder=0.1": lambda c: c.out_of_order >= 5 and c.gaps,
    "corrupt=0.05": lambda c: c.malformed >= 5 and c.gaps,
    DELAYS: lambda c: c.trades > 200,
    "disconnect=0.01": lambda c: c.reconnects >= 2,
    "stall=0.003,stall_s=6": lambda c: c.reconnects >= 1 and c.gaps,
    "drop=0.05,rest_error=0.3,rest_limit=0.2,rest_corrupt=0.2,rest_slow=0.2,slow_s=0.2": (
        lambda c: c.history_failures >= 3 and c.gaps
    ),
}
"""What goes wrong, and what the feed's counters must tell of it."""


async def together(runs: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """A few at a time: they wait for much of their time, and a machine may be slow."""
    turns = asyncio.Semaphore(4)

    async def in_turn(run: Coroutine[Any, Any, T]) -> T:
        async with turns:
            return await run

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(in_turn(run)) for run in runs]
    return [task.result() for task in tasks]


async def _suffer(faults: str, seed: int) -> FeedCounters:
    """Run into ``faults`` after a good start; the counters before the end."""
    async with arena(seed, FaultPlan(seed=seed)) as field:
        await field.until(lambda: field.counters.trades > 20)
        field.plan.faults = parse_faults(faults)
        await field.until(lambda: SINGLE[faults](field.counters) and field.hour_passed)
        seen = field.counters
        await field.heal()
        await field.ends_equal()
    return seen


async def test_every_fault_is_recovered_from() -> None:
    found = await together(_suffer(faults, 3) for faults in SINGLE)
    seen = dict(zip(SINGLE, found, strict=True))
    for harmless in ("", DELAYS):
        assert (seen[harmless].gaps, seen[harmless].malformed) == (0, 0), harmless
    assert seen["duplicate=0.1"].gaps == 0


def mixture(seed: int) -> Faults:
    """Several faults at once, none so often that nothing gets through."""
    random = Random(seed)
    shares = {kind: random.choice((0.0, 0.01, 0.04)) for kind in LINE_KINDS}
    shares |= {kind: random.choice((0.0, 0.1, 0.2)) for kind in REST_KINDS}
    shares |= {"disconnect": random.choice((0.0, 0.004)), "stall": random.choice((0.0, 0.001))}
    return Faults(**shares, delay_s=0.2, stall_s=2.0, slow_s=0.3)  # type: ignore[arg-type]


async def _survive(seed: int) -> Arena:
    """Everything at once, from the first frame on."""
    async with arena(seed, FaultPlan(mixture(seed), seed)) as field:
        await field.until(lambda: field.counters.trades > 250 and field.hour_passed)
        await field.heal()
        await field.ends_equal()
    return field


async def test_mixtures_of_faults_are_recovered_from() -> None:
    fields = await together(_survive(seed) for seed in range(4))
    done = [{kind for kind, count in field.plan.done.items() if count} for field in fields]
    assert set.union(*done) >= {"drop", "corrupt", "duplicate", "reorder", "rest_error"}


async def test_the_last_trade_before_a_quiet_time_is_not_forgotten() -> None:
    """No later trade shows that it is missing: the venue's heartbeat does."""
    async with arena(5, FaultPlan()) as field:
        await field.until(lambda: field.counters.trades > 20)
        field.plan.faults = Faults(drop=1.0)
        await field.until(lambda: field.plan.done["drop"] > 5)
        field.server.halt()
        await asyncio.sleep(0.2)
        field.plan.faults = NO_FAULTS
        await field.ends_equal(books=False)
        assert field.counters.gaps >= 1
