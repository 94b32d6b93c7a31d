"""Whole files, decoded by libwebp."""

import threading
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from PIL import Image

from chart_acceleration.encoders.errors import (
    BadPalette,
    BadPicture,
    ColourOutOfPalette,
    EncodeError,
)
from chart_acceleration.encoders.webp import WebpEncoder, encode
from tests.encoders.pictures import Picture, decoded, random_pictures, synthetic_chart

pytestmark = pytest.mark.kernel

COMPILED = not config.DISABLE_JIT  # type: ignore[attr-defined]
compiled_only = pytest.mark.skipif(not COMPILED, reason="too many pixels for plain Python")
PALETTE = np.random.default_rng(1).integers(0, 256, (256, 3), np.uint8)


def _assert_exact(picture: Picture, file: bytes) -> None:
    np.testing.assert_array_equal(decoded(file), picture.rgb(), picture.name)


@given(
    st.integers(1, 256),
    st.integers(1, 70),
    st.integers(1, 12),
    st.sampled_from([0.0, 0.05, 0.5, 1.0]),
    st.integers(0, 9999),
)
@settings(max_examples=300 if COMPILED else 40)
def test_random_pictures_come_back_exactly(
    colours: int, width: int, height: int, change: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.random((height, width)) < change, axis=1) % colours
    palette = rng.integers(0, 256, (colours, 3), np.uint8)
    picture = Picture("random", steps.astype(np.uint8), palette)
    _assert_exact(picture, encode(picture.pixels, palette))


def test_noise_rows_runs_and_flat_pictures_of_every_bundle() -> None:
    for picture in random_pictures(largest=200 if COMPILED else 12):
        _assert_exact(picture, encode(picture.pixels, picture.palette))


@pytest.mark.parametrize("colours", range(1, 257, 1 if COMPILED else 51))
def test_every_palette_size_with_every_colour_in_use(colours: int) -> None:
    pixels = np.resize(np.arange(colours, dtype=np.uint8), (3, 97))
    picture = Picture(f"{colours} colours", pixels, PALETTE[:colours])
    _assert_exact(picture, encode(pixels, picture.palette))


@pytest.mark.parametrize("entry", [(0, 0, 0), (255, 255, 255), (1, 128, 254)])
def test_palettes_of_one_repeated_colour(entry: tuple[int, int, int]) -> None:
    for colours in (1, 2, 16, 256):
        palette = np.tile(np.array(entry, np.uint8), (colours, 1))
        picture = Picture("same", np.full((2, 5), colours - 1, np.uint8), palette)
        _assert_exact(picture, encode(picture.pixels, palette))


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 16383), (16383, 1), (1, 16384), (16384, 1), (3, 4097)]
)
@pytest.mark.parametrize("colours", [2, 16, 256])
def test_extreme_sides(shape: tuple[int, int], colours: int) -> None:
    pixels = np.random.default_rng(3).integers(0, colours, shape, np.uint8)
    picture = Picture(f"{shape}", pixels, PALETTE[:colours])
    _assert_exact(picture, encode(pixels, picture.palette))


@compiled_only
@pytest.mark.parametrize("colours", [2, 16, 256])
def test_4096_by_2160_of_noise_fits_the_workspace(colours: int) -> None:
    pixels = np.random.default_rng(5).integers(0, colours, (2160, 4096), np.uint8)
    encoder = WebpEncoder(max_pixels=1)
    file = encoder.encode(pixels, PALETTE[:colours])
    _assert_exact(Picture("noise", pixels, PALETTE[:colours]), file)


@compiled_only
@pytest.mark.parametrize("size", [(1280, 720, 300), (340, 200, 60), (4096, 2160, 1000)])
def test_charts_are_exact_and_no_larger_than_from_libwebp(size: tuple[int, int, int]) -> None:
    chart = synthetic_chart(*size)
    file = encode(chart.pixels, chart.palette)
    _assert_exact(chart, file)
    peer = BytesIO()
    Image.fromarray(chart.rgb()).save(peer, "WEBP", lossless=True, method=0, quality=0)
    assert len(file) <= len(peer.getvalue())


@compiled_only
def test_a_blank_frame_costs_next_to_nothing() -> None:
    assert len(encode(np.zeros((720, 1280), np.uint8), PALETTE[:1])) < 200


def test_one_encoder_for_many_sizes_and_palettes_gives_the_bytes_of_fresh_ones() -> None:
    encoder = WebpEncoder(max_pixels=64)
    rng = np.random.default_rng(11)
    for _ in range(40):
        colours = int(rng.choice([1, 2, 4, 16, 16, 16, 256]))
        height, width = rng.integers(1, 40, 2)
        pixels = rng.integers(0, colours, (height, width), np.uint8)
        file = encoder.encode(pixels, PALETTE[:colours])
        assert file == WebpEncoder(pixels.size).encode(pixels, PALETTE[:colours])
        assert file == encoder.encode(pixels, PALETTE[:colours])


def test_the_palette_may_change_under_equal_pixels() -> None:
    pixels = np.array([[0, 1], [2, 3]], np.uint8)
    encoder = WebpEncoder(4)
    palette = PALETTE[:4].copy()
    encoder.encode(pixels, palette)
    palette[2] = (9, 8, 7)
    _assert_exact(Picture("changed", pixels, palette), encoder.encode(pixels, palette))


def test_memory_that_is_not_contiguous() -> None:
    base = np.random.default_rng(2).integers(0, 16, (40, 60), np.uint8)
    palette = np.asfortranarray(PALETTE[:32:2])
    for pixels in (base[:, 10:31], base[::2], base[::-1, ::-3], base.T, np.asfortranarray(base)):
        _assert_exact(Picture("view", pixels, palette), encode(pixels, palette))


def test_read_only_memory_and_inputs_stay_as_they_were() -> None:
    pixels, palette = np.arange(16, dtype=np.uint8).reshape(4, 4), PALETTE[:16].copy()
    pixels.flags.writeable = palette.flags.writeable = False
    _assert_exact(Picture("read-only", pixels, palette), encode(pixels, palette))
    assert pixels.tolist() == np.arange(16).reshape(4, 4).tolist()


def test_threads_have_their_own_memory() -> None:
    pictures = [p for p in random_pictures(seed=3, largest=30 if COMPILED else 4)][::7]
    failed: list[str] = []

    def work(part: list[Picture]) -> None:
        for picture in part:
            if not np.array_equal(decoded(encode(picture.pixels, picture.palette)), picture.rgb()):
                failed.append(picture.name)

    threads = [threading.Thread(target=work, args=(pictures[i::3],)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_container_says_the_right_sizes() -> None:
    for width in (1, 2, 3, 4, 9):
        file = encode(np.zeros((5, width), np.uint8), PALETTE[:3])
        assert file[:4] == b"RIFF"
        assert file[8:16] == b"WEBPVP8L"
        assert len(file) == 8 + int.from_bytes(file[4:8], "little")
        chunk = int.from_bytes(file[16:20], "little")
        assert len(file) == 20 + chunk + chunk % 2
        header = int.from_bytes(file[21:25], "little")
        assert (header & 0x3FFF, header >> 14) == (width - 1, 4)


@pytest.mark.parametrize("colours", [1, 2, 3, 4, 5, 16, 17, 255])
@pytest.mark.parametrize("place", [(0, 0), (3, 10), (6, 66)])
def test_a_pixel_outside_the_palette(colours: int, place: tuple[int, int]) -> None:
    pixels = np.zeros((7, 67), np.uint8)
    pixels[place] = colours
    pixels[6, 66] = 255
    with pytest.raises(ColourOutOfPalette) as caught:
        encode(pixels, PALETTE[:colours])
    found = caught.value
    assert (found.x, found.y, found.colours) == (place[1], place[0], colours)
    assert found.value == pixels[place]
    assert str(found) == (
        f"pixel at x={place[1]}, y={place[0]} was {pixels[place]}; "
        f"the palette has {colours} colours, allowed are 0..{colours - 1}"
    )
    good = np.minimum(pixels, colours - 1)
    _assert_exact(Picture("after", good, PALETTE[:colours]), encode(good, PALETTE[:colours]))


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.int64),
        np.zeros(4, np.uint8),
        np.zeros((4, 4, 3), np.uint8),
        np.zeros((0, 4), np.uint8),
        np.zeros((4, 0), np.uint8),
        np.zeros((1, 16385), np.uint8),
        np.zeros((16385, 1), np.uint8),
    ],
)
def test_pixels_of_a_wrong_type_or_shape(pixels: np.ndarray) -> None:
    with pytest.raises(BadPicture, match=r"pixels were \w+ of shape .* width 1\.\.16384"):
        encode(pixels, PALETTE[:2])


@pytest.mark.parametrize(
    "palette",
    [
        np.zeros((0, 3), np.uint8),
        np.zeros((257, 3), np.uint8),
        np.zeros((4, 4), np.uint8),
        np.zeros(3, np.uint8),
        np.zeros((4, 3), np.float64),
    ],
)
def test_a_palette_of_a_wrong_type_or_shape(palette: np.ndarray) -> None:
    with pytest.raises(BadPalette, match=r"palette was \w+ of shape .* n 1\.\.256"):
        encode(np.zeros((2, 2), np.uint8), palette)


def test_all_errors_have_one_root() -> None:
    for error in (BadPicture, BadPalette, ColourOutOfPalette):
        assert issubclass(error, EncodeError)
