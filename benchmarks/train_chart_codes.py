"""Makes the fixed codes of the CUDA encoder anew and writes them into
``chart_acceleration/cuda/chart_codes.py``.

``python -m benchmarks.train_chart_codes``: counts the symbols that the kernels, compiled as C++,
put out for varied charts, makes Huffman's code for them, and says on charts with other seeds how
many bits it takes against a code made for each picture. Needs a C++ compiler.
"""

import ctypes
import re
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.varied import varied_charts
from chart_acceleration.batch import ChartJob
from chart_acceleration.cuda import chart_codes
from chart_acceleration.cuda.batch import Batch, Job
from chart_acceleration.cuda.chart_codes import WIDE_COLOURS
from chart_acceleration.cuda.stream import GREEN_SYMBOLS
from chart_acceleration.encoders.huffman import code_lengths
from chart_acceleration.layout import lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import theme
from chart_acceleration.scene import Rect
from tests.chart_acceleration.cuda.host_device import HostDevice, compiled

CHARTS = 84
TRAINED_ON, TRIED_ON = 900, 31_000  # seeds
TOTAL = 40_000
"""Symbols in all after every picture was given the same weight."""
LEAST = 4
"""Added for each symbol: one that is seldom costs LIMIT bits and not more."""
LIMIT = 11

I64 = NDArray[np.int64]


def main() -> None:
    """Train, write, say."""
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(Path(folder))
        for name, wide in (("_DIGITS", False), ("_WIDE_DIGITS", True)):
            counts = _counts(library, varied_charts(CHARTS, TRAINED_ON, wide=wide))
            lengths = made_for(counts, WIDE_COLOURS if wide else 256)
            _write(name, lengths)
            tried = _counts(library, varied_charts(CHARTS, TRIED_ON, wide=wide))
            print(f"{name}: {share_above(lengths, tried):.1%} above codes of their own")


def made_for(counts: list[I64], byte_values: int) -> I64:
    """Code lengths for pictures with these symbol ``counts`` (280,), all weighing the same. Bytes
    from ``byte_values`` on cannot come and get no code.
    """
    weights = sum((each * (TOTAL / len(counts) / each.sum()) for each in counts), np.zeros(280))
    smoothed = np.rint(weights).astype(np.int64) + LEAST
    smoothed[byte_values:256] = 0
    return _huffman(smoothed, LIMIT)


def share_above(lengths: I64, counts: list[I64]) -> float:
    """By which share the bits exceed those with a code for each picture."""
    fixed = sum(int(each @ lengths) for each in counts)
    own = sum(int(each @ _huffman(each, 8)) for each in counts)
    return fixed / own - 1


def count_symbols(library: ctypes.CDLL, job: ChartJob) -> I64:
    """How often each green symbol (280,) comes in the chart's file."""
    data, spec, furniture = job
    scene = lay_out(data, spec, furniture, LayoutBuffers()).scene
    palette = theme(spec.theme).colours(wide=spec.elements.wide, stale=furniture.stale)
    device = HostDevice(library)
    batch = Batch(device)
    batch.begin([Job(scene, Rect(0, 0, spec.width, spec.height), palette)])
    batch.finish()
    counts = np.zeros(512, dtype=np.uint64)
    library.tally(1, counts.ctypes.data, *device.addresses())
    return counts[:GREEN_SYMBOLS].astype(np.int64)


def _counts(library: ctypes.CDLL, jobs: list[ChartJob]) -> list[I64]:
    return [count_symbols(library, job) for job in jobs]


def _huffman(counts: I64, limit: int) -> I64:
    lengths = np.zeros(GREEN_SYMBOLS, dtype=np.int64)
    code_lengths(counts, limit, lengths, np.zeros(1024, dtype=np.int64))
    return lengths


def _write(name: str, lengths: I64) -> None:
    path = Path(chart_codes.__file__)
    digits = "".join(f"{length:x}" for length in lengths.tolist())
    lines = "\n".join(f'    "{digits[at : at + 64]}"' for at in range(0, len(digits), 64))
    block = f"{name}: Final = (\n{lines}\n)\n"
    pattern = rf"^{name}: Final = \(\n.*?^\)\n"
    text, found = re.subn(pattern, block, path.read_text(), flags=re.MULTILINE | re.DOTALL)
    if found != 1:
        raise RuntimeError(f"{path} has {found} tables called {name}; one is needed")
    path.write_text(text)


if __name__ == "__main__":
    main()
