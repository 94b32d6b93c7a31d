"""Records written down and read back by their types."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import pytest
from numpy.typing import NDArray

from research.codec import pack, unpack
from research.errors import BadRecord
from trading.backtest import Direction, Fill, Setup
from trading.engine.policies import Fees, Policies
from trading.engine.records import Path


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    colour: Colour
    price: Decimal


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    inner: Inner | None
    rows: tuple[Inner, ...]
    pair: tuple[int, float]
    curves: Mapping[str, NDArray[np.float64]]
    count: int
    ratio: float


def outer(inner: Inner | None) -> Outer:
    rows = (Inner(Colour.RED, Decimal("0.10")),)
    curves = MappingProxyType({"a": np.arange(3.0)})
    return Outer("x", inner, rows, (1, 2.5), curves, 3, float("nan"))


@pytest.mark.parametrize("inner", [None, Inner(Colour.RED, Decimal("1E+3"))])
def test_a_record_comes_back(inner: Inner | None) -> None:
    tree, arrays = pack(outer(inner))
    back = unpack(Outer, json.loads(json.dumps(tree)), arrays)
    assert back.inner == inner
    assert back.rows == outer(None).rows
    assert str(back.rows[0].price) == "0.10"
    assert back.pair == (1, 2.5)
    np.testing.assert_array_equal(back.curves["a"], [0, 1, 2])
    assert np.isnan(back.ratio)


def test_a_setup_comes_back() -> None:
    policies = Policies(fees=Fees(0.0, 0.002), path=Path.WORST)
    setup = Setup(5.0, policies, Direction.BOTH, 0.5, 0.1, None, Fill.CLOSE)
    assert unpack(Setup, json.loads(json.dumps(pack(setup)[0])), {}) == setup


@pytest.mark.parametrize(
    "change",
    [{"name": 5}, {"inner": {"colour": "blue"}}, {"count": 1.5}, {"pair": [1]}, {"rows": None},
     {"curves": [["a", {"array": "zz"}]]}, {"rows": [{"colour": "red", "price": "x"}]}],
)  # fmt: skip
def test_what_is_no_such_record_is_refused(change: dict[str, object]) -> None:
    tree, arrays = pack(outer(None))
    with pytest.raises((BadRecord, ValueError)):
        unpack(Outer, tree | change, arrays)


def test_only_records_can_be_written_down() -> None:
    with pytest.raises(BadRecord, match="A function cannot"):
        pack({"a": pack})
