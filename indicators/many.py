"""One indicator of many symbols at once, on a CUDA device where there is one."""

import importlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from indicators.batch import outputs, warm_up_of
from indicators.cuda.plans import PLANS, Device, run_plan
from indicators.errors import BadValues, NoDevice
from indicators.parts import F64
from indicators.spec import Indicator, Input, Value
from indicators.sweeps import unknown
from indicators.symbols import cores, fill_symbols

DEVICES: Final = ("auto", "cpu", "cuda")

__all__ = ["DEVICES", "compute_many", "cuda_device"]


def compute_many(
    indicator: Indicator,
    columns: Mapping[str, ArrayLike],
    parameters: Mapping[str, object],
    device: str = "auto",
    threads: int = 1,
) -> dict[str, F64]:
    """Every output by name, float64 (symbols, bars), each row as :func:`indicators.batch.compute`.

    ``columns``: the inputs by name, (symbols, bars) each; NaN at the start of a row counts as
    warm-up. ``device``: ``cpu``, ``cuda`` (moving averages, deviation, Bollinger, RSI and MACD;
    raises :class:`NoDevice` without a card or for another indicator), or ``auto``, which takes the
    card where it can. On the card, sliding windows have the processor's very bits and the averages
    that remember everything differ by at most 1e-12 of the largest price. ``threads``: how many
    work on the processor, each on symbols of its own; at most one per core. Raises
    :class:`BadParameter` and :class:`BadValues`.
    """
    if device not in DEVICES:
        raise NoDevice(f"device was {device!r}; allowed are {', '.join(DEVICES)}")
    values = indicator.values(parameters)
    series = [_table(columns, name, indicator.key) for name in indicator.inputs]
    if len({table.shape for table in series}) > 1:
        given = ", ".join(f"{n} {t.shape}" for n, t in zip(indicator.inputs, series, strict=True))
        raise BadValues(f"shapes were {given}; allowed is one shape for all inputs")
    found = None if device == "cpu" else _device_for(indicator, required=device == "cuda")
    if found is None:
        return _on_processor(indicator, series, values, min(threads, cores()))
    for row in series[0] if unknown(series[0].reshape(-1)) else ():
        warm_up_of(row, indicator.inputs[0])
    rows = run_plan(found, indicator.key, series[0], values)
    return {output.name: row for output, row in zip(indicator.outputs, rows, strict=True)}


def cuda_device() -> Device:
    """The CUDA device; raises :class:`NoDevice` with the reason where there is none."""
    found = _found()
    if isinstance(found, str):
        raise NoDevice(found)
    return found


@cache
def _found() -> Device | str:
    """Looked for once: a failure is not tried again with every call."""
    try:
        module = importlib.import_module("indicators.cuda.cupy_device")
        device: Device = module.open_device()
    except ImportError as error:
        return f"CuPy is not installed ({error})"
    except NoDevice as error:
        return str(error)
    return device


def _device_for(indicator: Indicator, required: bool) -> Device | None:
    if indicator.key not in PLANS:
        if required:
            known = ", ".join(PLANS)
            raise NoDevice(f"{indicator.key} has no CUDA form; allowed are {known}")
        return None
    return cuda_device() if required or not isinstance(_found(), str) else None


def _table(columns: Mapping[str, ArrayLike], name: Input, key: str) -> F64:
    if name not in columns:
        raise BadValues(f"{key} needs {name}; it was not given")
    kind = np.int64 if name is Input.TIME else np.float64
    table: F64 = np.require(columns[name], kind, ["C", "W"])
    if table.ndim != 2:
        raise BadValues(f"{name} had shape {table.shape}; allowed is (symbols, bars)")
    return table


def _on_processor(
    indicator: Indicator, series: Sequence[F64], values: tuple[Value, ...], threads: int
) -> dict[str, F64]:
    """All symbols in compiled loops; one by one where a row begins with NaN or has a bad value."""
    symbols, bars = series[0].shape
    out = np.empty((symbols, len(indicator.outputs), bars))
    if not fill_symbols(indicator, values, series, max(1, min(threads, symbols)), out):
        for symbol, rows in enumerate(out):
            rows[:] = outputs(indicator, [table[symbol] for table in series], values)
    return {output.name: out[:, at] for at, output in enumerate(indicator.outputs)}
