"""Telemetry with a clock that the test moves."""

from dataclasses import dataclass

import pytest

from server.telemetry import STAGES, Telemetry

SECOND = 1_000_000_000


@dataclass
class Clock:
    now_ns: int = 10_000 * SECOND

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def telemetry(clock: Clock) -> Telemetry:
    return Telemetry(clock)


def value(telemetry: Telemetry, name: str, **labels: str) -> float | None:
    found: float | None = telemetry.registry.get_sample_value(name, labels)
    return found


def test_a_stage_is_in_the_metrics_and_in_the_ring(telemetry: Telemetry, clock: Clock) -> None:
    telemetry.stage("parse", 3_000_000)
    assert value(telemetry, "candlecast_stage_seconds_sum", stage="parse") == 0.003
    assert telemetry.times["parse"].spread(1, clock()).most == 3_000_000
    with pytest.raises(KeyError):
        telemetry.stage("lunch", 1)
    assert all(value(telemetry, "candlecast_stage_seconds_count", stage=s) == (s == "parse")
               for s in STAGES)  # fmt: skip


def test_the_status_bar_looks_back_a_minute(telemetry: Telemetry, clock: Clock) -> None:
    assert (telemetry.p95_ms("tick_to_ack"), telemetry.draw_ms()) == (None, None)
    telemetry.stage("tick_to_ack", 20e6)
    telemetry.drew("keyframe", 1.0, 2.0, 3.0)
    assert telemetry.p95_ms("tick_to_ack") == pytest.approx(20, rel=0.1)
    assert telemetry.draw_ms() == pytest.approx(6, rel=0.1)
    for _ in range(2):
        telemetry.drew("patch", 0.1, 0.1, 0.1)
    assert telemetry.draw_ms() == pytest.approx(0.3, rel=0.1)  # the commoner kind
    clock.now_ns += 61 * SECOND
    assert (telemetry.p95_ms("tick_to_ack"), telemetry.draw_ms()) == (None, None)


def test_rates_are_over_five_seconds(telemetry: Telemetry, clock: Clock) -> None:
    for size in (1000, 2000, 3000):
        telemetry.sent("patch", size, clock())
        clock.now_ns += 2 * SECOND
    assert telemetry.frames_per_s(clock()) == pytest.approx(2 / 5)  # the first is 6 s ago
    assert telemetry.bytes_per_s(clock()) == pytest.approx(5000 / 5)
    assert value(telemetry, "candlecast_frame_bytes_total", kind="patch") == 6000


def test_what_was_not_sent_has_its_reason(telemetry: Telemetry, clock: Clock) -> None:
    telemetry.left_out("equal")
    telemetry.left_out("held_back")
    telemetry.left_out("held_back")
    counts = telemetry.counts.sums(1, clock())
    assert (counts["equal"], counts["held_back"]) == (1, 2)
    assert value(telemetry, "candlecast_unsent_total", reason="held_back") == 2


def test_pictures_asked_by_url_are_hits_or_misses(telemetry: Telemetry, clock: Clock) -> None:
    telemetry.answered(False, 4_000_000)
    telemetry.answered(True, 1000)
    assert value(telemetry, "candlecast_pictures_asked_total", cache="hit") == 1
    assert value(telemetry, "candlecast_pictures_asked_total", cache="miss") == 1
    assert telemetry.times["picture"].spread(1, clock()).most == 4_000_000


def test_lag_of_the_event_loop(telemetry: Telemetry, clock: Clock) -> None:
    telemetry.lagged(2_000_000)
    telemetry.lagged(1_000_000)
    assert value(telemetry, "candlecast_loop_lag_seconds") == 0.001
    assert telemetry.times["loop_lag"].spread(1, clock()).most == 2_000_000
