"""Bounds of the policies, and where they end up."""

from collections.abc import Callable
from math import inf, nan

import pytest

from trading.engine.policies import (
    Fees,
    Latency,
    Margin,
    Participation,
    Policies,
    Slippage,
)
from trading.engine.records import make_books
from trading.errors import BadCosts, BadPolicy


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Fees(maker=-0.001), BadCosts, r"maker fee was -0.001; allowed is 0 to 0.1"),
        (lambda: Fees(taker=0.11), BadCosts, r"taker fee was 0.11"),
        (lambda: Fees(taker=nan), BadCosts, r"taker fee was nan"),
        (lambda: Slippage(0.2), BadCosts, r"Slippage was 0.2; allowed is 0 to 0.1"),
        (lambda: Latency(-1), BadPolicy, r"Latency was -1 ns"),
        (lambda: Participation(1.5), BadPolicy, r"Participation was 1.5; allowed is 0 \(no limit"),
        (lambda: Margin(0.5), BadPolicy, r"Leverage was 0.5; allowed is 1 to 125"),
        (lambda: Margin(inf), BadPolicy, r"Leverage was inf"),
        (
            lambda: Margin(4, 0.25),
            BadPolicy,
            r"Maintenance was 0.25; with leverage 4 .* below 0.25",
        ),
        (lambda: Margin(4, -0.1), BadPolicy, r"Maintenance was -0.1"),
    ],
)
def test_values_out_of_bounds(make: Callable[[], object], error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_policies_are_written_into_the_books() -> None:
    books = make_books(2, 4, 4)
    Policies(
        Fees(0.001, 0.002), Slippage(0.003), Latency(5), Participation(0.25), Margin(3, 0.2)
    ).write_to(books)
    names = ("maker_fee", "taker_fee", "slippage", "latency_ns", "participation")
    assert [books.policy[0][name] for name in names] == [0.001, 0.002, 0.003, 5, 0.25]
    assert (books.account[0]["leverage"], books.account[0]["maintenance"]) == (3, 0.2)
