"""Files made by the kernels, as C++, decoded by libwebp: every pixel is what the scene says."""

import ctypes

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.varied import varied_charts
from chart_acceleration.batch import draw_charts
from chart_acceleration.cuda import batch
from chart_acceleration.encoders.webp import encode
from chart_acceleration.errors import ChartError
from chart_acceleration.layout import lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import theme
from chart_acceleration.scene import U8
from tests.chart_acceleration.cuda.host_device import CppRenderer
from tests.chart_acceleration.cuda.scenes import (
    by_reference,
    decoded,
    palette_of,
    scene_of_golden,
    scene_of_picture,
)
from tests.chart_acceleration.test_goldens import CASES

ORDERS = (0, 1, 7919, 999_983)
PALETTES = (1, 2, 3, 4, 5, 15, 16, 17, 19, 20, 21, 255, 256)


def check(library: ctypes.CDLL, pictures: list[U8], colours: list[int], order: int = 0) -> None:
    """All ``pictures`` in one batch come back as they were."""
    palettes = [palette_of(count) for count in colours]
    scenes = [scene_of_picture(picture) for picture in pictures]
    files = CppRenderer(library, order).draw_many_encoded(scenes, palettes)
    for file, picture, palette in zip(files, pictures, palettes, strict=True):
        assert len(file) % 2 == 0
        assert int.from_bytes(file[4:8], "little") == len(file) - 8
        assert np.array_equal(decoded(file), palette[picture])


def test_goldens_in_one_batch(library: ctypes.CDLL) -> None:
    scenes, palettes = zip(*(scene_of_golden(case) for case in CASES), strict=True)
    renderer = CppRenderer(library)
    files = renderer.draw_many_encoded(scenes, palettes)
    sizes = np.zeros(2, dtype=int)
    for file, scene, palette in zip(files, scenes, palettes, strict=True):
        pixels = by_reference(scene)
        assert np.array_equal(decoded(file), palette[pixels])
        sizes += len(file), len(encode(pixels, palette))
    # fixed codes and no copies from afar cost this much against the processor's encoder
    assert sizes[0] <= 1.25 * sizes[1]
    assert renderer.devices[0].launches == ["cull", "paint", "find_heads", "measure", "scatter"]


@pytest.mark.parametrize("wide", [False, True])
def test_every_element_in_one_batch(library: ctypes.CDLL, wide: bool) -> None:
    """Drawn as the reference draws, and the same when decoded."""
    jobs = varied_charts(7, 4, wide=wide)
    renderer = CppRenderer(library)
    sizes = [0, 0]
    for job, file in zip(jobs, draw_charts(jobs, renderer), strict=True):
        data, spec, furniture = job
        scene = lay_out(data, spec, furniture, LayoutBuffers()).scene
        expected, drawn = by_reference(scene), np.full((spec.height, spec.width), 9, np.uint8)
        renderer.draw(scene, drawn)
        assert np.array_equal(drawn, expected)
        palette = theme(spec.theme).colours(wide=wide, stale=furniture.stale)
        assert isinstance(file, bytes)
        assert np.array_equal(decoded(file), palette[expected])
        sizes[0] += len(file)
        sizes[1] += len(encode(expected, palette))
    assert sizes[0] <= 1.3 * sizes[1]  # no copies from afar, codes made before the picture


@pytest.mark.parametrize("colours", PALETTES)
def test_noise_of_every_kind_of_palette(library: ctypes.CDLL, colours: int) -> None:
    random = np.random.default_rng(colours)
    sizes = [(1, 1), (1, 9), (9, 1), (3, 17), (33, 63), (40, 65), (2, 130)]
    pictures = [random.integers(0, colours, size, dtype=np.uint8) for size in sizes]
    check(library, pictures, [colours] * len(pictures))


@given(
    st.integers(0, 2**32 - 1), st.sampled_from(PALETTES), st.integers(1, 150), st.integers(1, 80),
    st.sampled_from(ORDERS),
)  # fmt: skip
def test_rows_that_repeat_and_change_a_little(
    library: ctypes.CDLL, seed: int, colours: int, width: int, height: int, order: int
) -> None:
    random = np.random.default_rng(seed)
    picture = np.zeros((height, width), dtype=np.uint8)
    for y in range(1, height):
        picture[y] = picture[y - 1]
        if random.random() < 0.6:
            first, last = sorted(random.integers(0, width + 1, 2).tolist())
            size = last - first if random.random() < 0.4 else 1
            picture[y, first:last] = random.integers(0, colours, size)
    check(library, [picture], [colours], order)


def test_copies_longer_than_the_longest(library: ctypes.CDLL) -> None:
    wide = np.zeros((3, 16_384), dtype=np.uint8)
    wide[1, 9_000] = wide[2, 16_383] = 200
    tall = np.zeros((16_384, 1), dtype=np.uint8)
    tall[9_000:] = 1
    blank = np.full((300, 401), 3, dtype=np.uint8)
    check(library, [wide, tall, blank], [256, 2, 16])


def test_thread_order_changes_no_byte(library: ctypes.CDLL) -> None:
    scenes, palettes = zip(*(scene_of_golden(case) for case in CASES[:3]), strict=True)
    files = [CppRenderer(library, order).draw_many_encoded(scenes, palettes) for order in ORDERS]
    assert all(other == files[0] for other in files[1:])


def test_many_batches_keep_their_order(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(5)
    pictures = [
        random.integers(0, 16, random.integers(1, 20, 2), dtype=np.uint8) for _ in range(150)
    ]
    check(library, pictures, [16] * 150)


def test_a_kept_renderer_takes_any_sequence(library: ctypes.CDLL) -> None:
    renderer = CppRenderer(library)
    random = np.random.default_rng(6)
    for side in (70, 9, 200, 30):
        picture = random.integers(0, 4, (side, side), dtype=np.uint8)
        scene, palette = scene_of_picture(picture), palette_of(4, seed=side)
        assert np.array_equal(
            decoded(renderer.draw_many_encoded([scene], [palette])[0]), palette[picture]
        )
        drawn = np.zeros_like(picture)
        renderer.draw(scene, drawn)
        assert np.array_equal(drawn, picture)


def test_nothing_to_draw(library: ctypes.CDLL) -> None:
    assert CppRenderer(library).draw_many_encoded([], []) == []


def test_a_colour_outside_the_palette_is_refused_and_the_next_batch_works(
    library: ctypes.CDLL,
) -> None:
    renderer = CppRenderer(library)
    good = scene_of_picture(np.ones((4, 4), dtype=np.uint8))
    bad = scene_of_picture(np.full((4, 4), 16, dtype=np.uint8))
    palette = palette_of(16)
    with pytest.raises(ChartError, match=r"picture 1 of the batch.*allowed are 0\.\.15"):
        renderer.draw_many_encoded([good, bad], [palette, palette])
    assert len(renderer.draw_many_encoded([good], [palette])) == 1


def test_more_than_the_kernels_can_count_is_refused(
    library: ctypes.CDLL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_PLACES", 40)
    scene = scene_of_picture(np.zeros((41, 8), dtype=np.uint8))
    with pytest.raises(ChartError, match=r"the batch needs 41 elements .*; allowed are 40"):
        CppRenderer(library).draw_many_encoded([scene], [palette_of(2)])


def test_bad_palettes_and_sizes_are_one_sentence(library: ctypes.CDLL) -> None:
    renderer = CppRenderer(library)
    scene = scene_of_picture(np.zeros((2, 2), dtype=np.uint8))
    with pytest.raises(ChartError, match=r"palette was uint8 of shape \(0, 3\)"):
        renderer.draw_many_encoded([scene], [palette_of(0)])
    with pytest.raises(ChartError, match="1 scenes and 2 palettes"):
        renderer.draw_many_encoded([scene], [palette_of(2)] * 2)
    tall = scene_of_picture(np.zeros((16_385, 1), dtype=np.uint8))
    with pytest.raises(ChartError, match=r"1 x 16385; allowed are sides of 1\.\.16384"):
        renderer.draw_many_encoded([tall], [palette_of(2)])
