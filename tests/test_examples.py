"""The examples that Hypothesis makes for a submission are the same wherever they are made."""

import os

import pytest
from hypothesis.internal.conjecture.providers import HypothesisProvider

from market.types import DAY


@pytest.mark.skipif(not os.environ.get("CI"), reason="only a submission's are the same")
def test_no_number_of_a_module_is_among_them() -> None:
    assert DAY > 0  # its module is imported, and is full of numbers
    assert len(HypothesisProvider(None)._local_constants) == 0
