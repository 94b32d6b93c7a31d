"""The record of an event strategy, and what it refuses."""

from collections.abc import Mapping

import pytest

from trading.errors import BadStrategy
from trading.event_strategy import Desk, EventStrategy, Parameter, Rule
from trading.strategy import checked

FAST = Parameter("fast", "Fast", 5, 1, 9, 1)
SLOW = Parameter("slow", "Slow", 6, 1, 9, 1)


class Idle:
    def __init__(self, values: Mapping[str, float]) -> None:
        self.values = values

    def init(self, desk: Desk) -> None: ...

    def next(self, desk: Desk) -> None: ...


def made(**changes: object) -> EventStrategy:
    given = {
        "key": "idle", "name": "Idle", "description": "Does nothing.", "source": "here",
        "parameters": (FAST, SLOW),
        "rules": (Rule("fast", "slow"),), "make": Idle, **changes,
    }  # fmt: skip
    return EventStrategy(**given)  # type: ignore[arg-type]


def test_values_are_checked_like_those_of_a_signal() -> None:
    assert checked(made(), {"fast": 2.0}) == {"fast": 2, "slow": 6}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"key": "Not one"}, "key was 'Not one'"),
        ({"make": 3}, "make was 3; allowed is a class or function"),
        ({"symbols": 0}, "symbols was 0; allowed is a whole number from 1 to 100"),
        ({"symbols": 1.5}, "symbols was 1.5"),
        ({"rules": (Rule("slow", "fast"),)}, "The defaults are not allowed"),
    ],
)
def test_a_record_that_contradicts_itself(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadStrategy, match=sentence):
        made(**changes)
