"""One suite for all renderers: their bytes equal those of the reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.scene import U8, GlyphAtlas, Rect, Scene

pytestmark = pytest.mark.kernel

RENDERERS: list[Renderer] = [CpuRenderer(), ReferenceRenderer()]
ATLAS = GlyphAtlas(
    np.array([3, 0, 1, 2, 3, 1, 0, 0, 2, 3, 3, 3], dtype=np.uint8),
    np.array([[0, 2, 3], [6, 3, 1], [9, 1, 3], [0, 0, 0]], dtype=np.int32),
)
RAMPS = np.array([[0, 3, 4, 5], [9, 8, 8, 6]], dtype=np.uint8)

place = st.integers(-12, 40)
rects = st.lists(st.tuples(place, place, place, place, st.integers(0, 15)), max_size=12)
glyphs = st.lists(st.tuples(place, place, st.integers(0, 3), st.integers(0, 1)), max_size=8)
clips = st.none() | st.builds(Rect, place, place, place, place)


def scene_of(
    width: int,
    height: int,
    rects: list[tuple[int, ...]],
    glyphs: list[tuple[int, ...]],
) -> Scene:
    return Scene(
        width,
        height,
        np.array(rects, dtype=np.int32).reshape(-1, 5),
        np.array(glyphs, dtype=np.int32).reshape(-1, 4),
        ATLAS,
        RAMPS,
    )


def drawn(renderer: Renderer, scene: Scene, clip: Rect | None = None) -> U8:
    pixels = np.full((scene.height, scene.width), 15, dtype=np.uint8)
    renderer.draw(scene, pixels, clip)
    return pixels


@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
@given(st.integers(1, 34), st.integers(1, 34), rects, glyphs, clips)
@settings(max_examples=120, deadline=None)
def test_bytes_equal_the_reference(
    renderer: Renderer,
    width: int,
    height: int,
    rects: list[tuple[int, ...]],
    glyphs: list[tuple[int, ...]],
    clip: Rect | None,
) -> None:
    scene = scene_of(width, height, rects, glyphs)
    assert np.array_equal(drawn(renderer, scene, clip), drawn(ReferenceRenderer(), scene, clip))


@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
def test_background_rects_then_glyphs_in_order(renderer: Renderer) -> None:
    scene = scene_of(6, 4, [(0, 1, 9, 3, 1), (2, 0, 4, 9, 6)], [(1, 1, 0, 0)])
    assert drawn(renderer, scene).tolist() == [
        [0, 0, 6, 6, 0, 0],
        [1, 5, 6, 6, 1, 1],
        [1, 3, 4, 6, 1, 1],
        [0, 5, 3, 6, 0, 0],
    ]


@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
def test_empty_and_inverted_rects_paint_nothing(renderer: Renderer) -> None:
    scene = scene_of(4, 4, [(2, 0, 2, 4, 6), (3, 3, 1, 1, 7), (0, 3, 4, 1, 8)], [])
    assert not drawn(renderer, scene).any()


@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
def test_nothing_changes_outside_the_clip(renderer: Renderer) -> None:
    scene = scene_of(8, 8, [(0, 0, 8, 8, 6)], [(0, 0, 0, 1), (6, 6, 0, 1)])
    pixels = drawn(renderer, scene, Rect(2, 3, 5, 20))
    assert (pixels[3:, 2:5] == 6).all()
    assert (pixels == 15).sum() == 64 - 15


@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
def test_wide_rects_fill_their_last_pixel_and_no_more(renderer: Renderer) -> None:
    for width in range(1, 40):
        scene = scene_of(40, 1, [(0, 0, width, 1, 7)], [])
        assert drawn(renderer, scene)[0].tolist() == [7] * width + [0] * (40 - width)
