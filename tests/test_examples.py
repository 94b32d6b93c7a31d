"""The examples that Hypothesis makes for a submission are the same wherever they are made."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider

SELDOM = 8_105_137
"""A number that stands in this module and nowhere else."""


@pytest.mark.skipif(not os.environ.get("CI"), reason="only a submission's are the same")
def test_no_number_of_a_module_is_among_them() -> None:
    drawn: list[int] = []

    @given(st.integers())
    def draw(number: int) -> None:
        drawn.append(number)

    draw()
    assert drawn
    assert SELDOM not in drawn
    assert len(HypothesisProvider(None)._local_constants) == 0
