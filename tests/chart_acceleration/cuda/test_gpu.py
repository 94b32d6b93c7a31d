"""On a real card: the same bytes as the kernels give as C++."""

import ctypes

import numpy as np
import pytest

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import choose
from tests.chart_acceleration.cuda.host_device import CppRenderer
from tests.chart_acceleration.cuda.scenes import by_reference, decoded, scene_of_golden
from tests.chart_acceleration.test_goldens import CASES

pytestmark = pytest.mark.gpu


def test_encoded_charts_equal_those_of_the_kernels_as_cpp(library: ctypes.CDLL) -> None:
    card = _card()
    scenes, palettes = zip(*(scene_of_golden(case) for case in CASES), strict=True)
    expected = CppRenderer(library).draw_many_encoded(scenes, palettes)
    for _ in range(3):
        assert card.draw_many_encoded(scenes, palettes) == expected


def test_encoded_charts_decode_to_the_reference() -> None:
    card = _card()
    scenes, palettes = zip(*(scene_of_golden(case) for case in CASES), strict=True)
    many = 12  # more than a batch, on both streams
    files = card.draw_many_encoded(scenes * many, palettes * many)
    assert files == files[: len(CASES)] * many
    for file, scene, palette in zip(files, scenes, palettes, strict=False):
        assert np.array_equal(decoded(file), palette[by_reference(scene)])


def _card() -> CppRenderer:
    """The renderer on the card, which offers what the one in C++ does."""
    try:
        found = choose("cuda").renderer
    except RendererUnavailable as error:
        pytest.skip(str(error))
    assert hasattr(found, "draw_many_encoded")
    return found  # type: ignore[return-value]
