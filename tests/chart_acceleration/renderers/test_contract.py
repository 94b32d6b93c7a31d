"""One suite for all renderers: their bytes equal those of the reference."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import choose
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.scene import U8, GlyphAtlas, Rect, Scene
from tests.chart_acceleration.cuda.host_device import CppRenderer, compiled
from tests.chart_acceleration.made_books import DEPTHS, DepthGolden
from tests.chart_acceleration.test_goldens import CASES, Golden

pytestmark = pytest.mark.kernel


EVERY = ("cpu", "opengl", "reference", "cuda as C++", pytest.param("cuda", marks=pytest.mark.gpu))


@pytest.fixture(scope="module", params=EVERY)
def renderer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """Every renderer; one that cannot start here is skipped with its reason."""
    if request.param == "reference":
        return ReferenceRenderer()
    if request.param == "cuda as C++":
        return CppRenderer(compiled(tmp_path_factory.mktemp("cuda")))
    try:
        found = choose(request.param).renderer
    except RendererUnavailable as error:
        pytest.skip(str(error))
    assert found is not None
    return found


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


def test_background_rects_then_glyphs_in_order(renderer: Renderer) -> None:
    scene = scene_of(6, 4, [(0, 1, 9, 3, 1), (2, 0, 4, 9, 6)], [(1, 1, 0, 0)])
    assert drawn(renderer, scene).tolist() == [
        [0, 0, 6, 6, 0, 0],
        [1, 5, 6, 6, 1, 1],
        [1, 3, 4, 6, 1, 1],
        [0, 5, 3, 6, 0, 0],
    ]


def test_empty_and_inverted_rects_paint_nothing(renderer: Renderer) -> None:
    scene = scene_of(4, 4, [(2, 0, 2, 4, 6), (3, 3, 1, 1, 7), (0, 3, 4, 1, 8)], [])
    assert not drawn(renderer, scene).any()


def test_nothing_changes_outside_the_clip(renderer: Renderer) -> None:
    scene = scene_of(8, 8, [(0, 0, 8, 8, 6)], [(0, 0, 0, 1), (6, 6, 0, 1)])
    pixels = drawn(renderer, scene, Rect(2, 3, 5, 20))
    assert (pixels[3:, 2:5] == 6).all()
    assert (pixels == 15).sum() == 64 - 15


def test_wide_rects_fill_their_last_pixel_and_no_more(renderer: Renderer) -> None:
    for width in range(1, 40):
        scene = scene_of(40, 1, [(0, 0, width, 1, 7)], [])
        assert drawn(renderer, scene)[0].tolist() == [7] * width + [0] * (40 - width)


def test_threads_take_turns(renderer: Renderer) -> None:
    scene = scene_of(30, 30, [(x, 0, x + 1, x, 6) for x in range(30)], [(2, 2, 0, 0), (9, 9, 1, 1)])
    expected = drawn(ReferenceRenderer(), scene)
    with ThreadPoolExecutor(4) as pool:
        for pixels in pool.map(lambda _: drawn(renderer, scene), range(12)):
            assert np.array_equal(pixels, expected)


def test_growing_scenes_and_changing_atlases(renderer: Renderer) -> None:
    for size in (10, 200, 50):
        scene = scene_of(size, size, [(1, 1, size - 1, size, 7)] * (40 * size), [(0, 0, 2, 1)])
        assert np.array_equal(drawn(renderer, scene), drawn(ReferenceRenderer(), scene))
    other = GlyphAtlas(3 - ATLAS.coverage, ATLAS.boxes)
    scene = replace(scene_of(20, 20, [], [(3, 3, 0, 0), (8, 8, 1, 1)]), atlas=other)
    assert np.array_equal(drawn(renderer, scene), drawn(ReferenceRenderer(), scene))


@pytest.mark.parametrize("case", DEPTHS, ids=lambda case: case.name)
def test_depth_charts(renderer: Renderer, case: DepthGolden) -> None:
    scene = case.scene()
    expected = drawn(ReferenceRenderer(), scene)
    assert np.array_equal(drawn(renderer, scene), expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_goldens(renderer: Renderer, case: Golden) -> None:
    """Every element, style and axis, whole and as the strip that a trade changes."""
    layout = case.laid_out()
    for clip in (None, layout.strip):
        expected = drawn(ReferenceRenderer(), layout.scene, clip)
        assert np.array_equal(drawn(renderer, layout.scene, clip), expected)
