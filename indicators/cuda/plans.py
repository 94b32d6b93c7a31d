"""Which kernels run for an indicator, in which order. Knows no CUDA: it speaks to a device."""

from collections.abc import Callable, Sequence
from math import isqrt
from pathlib import Path
from typing import Any, Final, Protocol

from indicators.parts import F64
from indicators.spec import Value
from indicators.windows import highest_power

KERNELS: Final = (
    "join_sums", "join_weighted", "join_moments", "bands", "deviations", "twice_less",
    "exponential", "converge", "strength",
)  # fmt: skip
OPTIONS: Final = ("--std=c++17", "--fmad=false")
THREADS: Final = 128
"""Threads of a block."""

Buffer = Any


def source() -> str:
    """What the compiler gets, with ``OPTIONS``."""
    return (Path(__file__).parent / "kernels.cu").read_text(encoding="utf-8")


class Device(Protocol):
    """Where the kernels run. Buffers hold float64, time-major."""

    def upload(self, values: F64) -> Buffer:
        """``values`` (symbols, bars) as a buffer."""
        ...

    def download(self, buffer: Buffer, symbols: int, bars: int) -> F64:
        """A buffer as (symbols, bars)."""
        ...

    def empty_like(self, buffer: Buffer) -> Buffer:
        """A buffer of that size, whatever it holds; ``zeros_like``: zeros."""
        ...

    def zeros_like(self, buffer: Buffer) -> Buffer:
        """See :meth:`empty_like`."""
        ...

    def launch(
        self,
        kernel: str,
        threads: int,
        buffers: Sequence[Buffer],
        whole: Sequence[int],
        scale: float,
    ) -> None:
        """Run ``threads`` threads or more, in blocks of ``THREADS``: the kernels' arguments."""
        ...


class Grid:
    """The closes of many symbols on a device, and the launches over them."""

    def __init__(self, device: Device, closes: Buffer, symbols: int, bars: int) -> None:
        self.device = device
        self.closes = closes
        self.shape = (symbols, bars)

    def each(
        self, kernel: str, *inputs: Buffer, outputs: int = 1, whole: Sequence[int] = (),
        scale: float = 1.0, per_symbol: bool = False,
    ) -> list[Buffer]:  # fmt: skip
        """One thread per bar, or ``per_symbol``; the buffers that the kernel wrote.

        ``inputs``: x, a, b of the kernel, the closes for those left out.
        """
        made = [self.device.empty_like(self.closes) for _ in range(outputs)]
        read = [*inputs, *[self.closes] * (3 - len(inputs))]
        written = [*made, *[made[0]] * (3 - outputs)]
        numbers = [*self.shape, *whole, *[0] * (3 - len(whole))]
        symbols, bars = self.shape
        threads = symbols if per_symbol else symbols * bars
        self.device.launch(kernel, threads, [*read, *written], numbers, scale)
        return made

    def sums(self, period: int, scale: float) -> Buffer:
        """As ``windows.push_sum``, times ``scale``."""
        current = self.closes
        for length, odd, last in _digits(period):
            factor = scale if last else 1.0
            (current,) = self.each(
                "join_sums", self.closes, current, whole=(length, odd), scale=factor
            )
        return current

    def weighted(self, values: Buffer, period: int) -> Buffer:
        """The weighted average of ``values``."""
        plain = current = values
        for length, odd, last in _digits(period):
            scale = 2.0 / (period * (period + 1.0)) if last else 1.0
            plain, current = self.each(
                "join_weighted", values, plain, current,
                outputs=2, whole=(length, odd), scale=scale,
            )  # fmt: skip
        return current

    def moments(self, period: int) -> tuple[Buffer, Buffer]:
        """As ``windows.push_moments``, the first two."""
        distances = squares = self.device.zeros_like(self.closes)
        for length, odd, _ in _digits(period):
            distances, squares = self.each(
                "join_moments", self.closes, distances, squares, outputs=2, whole=(length, odd)
            )
        return distances, squares


def _digits(period: int) -> list[tuple[int, int, bool]]:
    """(length so far, next binary digit, whether it is the last) from the second digit on."""
    steps, bit = [], highest_power(period) // 2
    while bit > 0:
        steps.append((period // (2 * bit), 1 if period & bit else 0, bit == 1))
        bit //= 2
    return steps


def _exponential(times: int) -> Callable[[Grid, int], list[Buffer]]:
    return lambda grid, n: grid.each("exponential", whole=(n, times), per_symbol=True)


def _hull(grid: Grid, n: int) -> list[Buffer]:
    near, far = grid.weighted(grid.closes, n // 2), grid.weighted(grid.closes, n)
    (fast,) = grid.each("twice_less", grid.closes, near, far)
    return [grid.weighted(fast, isqrt(n))]


PLANS: Final[dict[str, Callable[..., list[Buffer]]]] = {
    "sma": lambda grid, n: [grid.sums(n, 1.0 / n)],
    "ema": _exponential(1),
    "wma": lambda grid, n: [grid.weighted(grid.closes, n)],
    "dema": _exponential(2),
    "tema": _exponential(3),
    "hma": _hull,
    "rsi": lambda grid, n: grid.each("strength", whole=(n,), per_symbol=True),
    "macd": lambda grid, *lengths: grid.each(
        "converge", outputs=3, whole=lengths, per_symbol=True
    ),
    "bollinger": lambda grid, n, width: grid.each(
        "bands", grid.closes, *grid.moments(n), outputs=3, whole=(n,), scale=width
    ),
    "stdev": lambda grid, n: grid.each("deviations", grid.closes, *grid.moments(n), whole=(n,)),
}  # fmt: skip
"""By the key of the indicator; takes a grid and the parameters, gives one buffer per output."""


def run_plan(device: Device, key: str, closes: F64, parameters: Sequence[Value]) -> list[F64]:
    """The outputs of the indicator ``key``, float64 (symbols, bars) each, as ``closes``."""
    symbols, bars = closes.shape
    grid = Grid(device, device.upload(closes), symbols, bars)
    return [device.download(buffer, symbols, bars) for buffer in PLANS[key](grid, *parameters)]
