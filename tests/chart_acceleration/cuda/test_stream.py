"""The fixed part of the stream: codes that are complete, short for charts, and well described."""

import ctypes
from fractions import Fraction

import numpy as np
import pytest

from chart_acceleration.chart_data import ChartData
from chart_acceleration.cuda.batch import Batch, Job
from chart_acceleration.cuda.chart_codes import CHART_LENGTHS
from chart_acceleration.cuda.stream import GENERAL_LENGTHS, GREEN_SYMBOLS, codes
from chart_acceleration.encoders.huffman import code_lengths
from chart_acceleration.layout import lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import theme
from chart_acceleration.scene import Rect
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval
from tests.chart_acceleration.cuda.host_device import HostDevice
from tests.chart_acceleration.made_candles import made_candles


@pytest.mark.parametrize("lengths", [CHART_LENGTHS, GENERAL_LENGTHS])
def test_codes_are_complete_and_prefix_free(lengths: tuple[int, ...]) -> None:
    assert len(lengths) == GREEN_SYMBOLS
    assert sum(Fraction(1, 1 << length) for length in lengths) == 1
    words = {f"{code:0{length}b}"[::-1] for code, length in codes(lengths)}
    assert len(words) == GREEN_SYMBOLS
    assert not any(word[:end] in words for word in words for end in range(1, len(word)))


def test_canonical_codes_of_the_standard() -> None:
    """RFC 1951, 3.2.2: A..H of lengths 3, 3, 3, 3, 3, 2, 4, 4."""
    words = [f"{code:0{length}b}"[::-1] for code, length in codes((3, 3, 3, 3, 3, 2, 4, 4))]
    assert words == ["010", "011", "100", "101", "110", "00", "1110", "1111"]


def test_the_charts_code_is_near_each_charts_own(library: ctypes.CDLL) -> None:
    fixed = own = 0
    for seed, (width, height, scale, bars) in enumerate(SIZES):
        spec = ChartSpec("BTC-USD", Interval.M1, width, height, scale=scale, bars=bars)
        window = made_candles(bars + 5, seed=seed + 900)
        scene = lay_out(
            ChartData(window), spec, Furniture(False, False, decimals=1), LayoutBuffers()
        ).scene
        device = HostDevice(library)
        batch = Batch(device)
        job = Job(scene, Rect(0, 0, width, height), theme("dark").palette)
        batch.begin([job])
        batch.finish()
        counts = np.zeros(512, dtype=np.uint64)
        library.tally(1, counts.ctypes.data, *device.addresses())
        green = counts[:GREEN_SYMBOLS].astype(np.int64)
        lengths = np.zeros(GREEN_SYMBOLS, dtype=np.int64)
        code_lengths(green, 8, lengths, np.zeros(1024, dtype=np.int64))
        fixed += int(green @ np.array(CHART_LENGTHS))
        own += int(green @ lengths)
    assert own < fixed <= 1.15 * own


SIZES = ((1280, 720, 1.0, 300), (640, 360, 1.0, 100), (1280, 720, 2.0, 150), (1040, 560, 1.0, 150))
