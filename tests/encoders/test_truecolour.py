"""More than 256 colours, through Pillow."""

import numpy as np
import pytest

from chart_acceleration.encoders.errors import BadPicture
from chart_acceleration.encoders.truecolour import encode_rgb
from tests.encoders.pictures import decoded


@pytest.mark.parametrize("shape", [(1, 1), (17, 31), (1, 2000), (3, 16383)])
def test_comes_back_exactly(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (*shape, 3), np.uint8)
    np.testing.assert_array_equal(decoded(encode_rgb(pixels)), pixels)


def test_a_view_that_is_not_contiguous() -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (20, 30, 3), np.uint8)[::2, ::-1]
    np.testing.assert_array_equal(decoded(encode_rgb(pixels)), pixels)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((1, 16384, 3), np.uint8),
    ],
)
def test_pixels_of_a_wrong_type_or_shape(pixels: np.ndarray) -> None:
    with pytest.raises(BadPicture, match=r"allowed is uint8 \(height, width, 3\), .* 1\.\.16383"):
        encode_rgb(pixels)
