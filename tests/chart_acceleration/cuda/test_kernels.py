"""Drawing by the kernels, as C++, against the reference; the contract suite holds more."""

import ctypes
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.cuda import program
from chart_acceleration.scene import GlyphAtlas, Rect, Scene
from tests.chart_acceleration.cuda.host_device import CppRenderer
from tests.chart_acceleration.cuda.scenes import by_reference, scene_of_golden
from tests.chart_acceleration.test_goldens import CASES, Golden

ORDERS = (0, 1, 7919, 999_983)
FAR = 2**31 - 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_goldens(library: ctypes.CDLL, case: Golden) -> None:
    scene, _ = scene_of_golden(case)
    pixels = np.full((scene.height, scene.width), 9, dtype=np.uint8)
    CppRenderer(library).draw(scene, pixels)
    assert np.array_equal(pixels, by_reference(scene))


@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.integers(1, 150), st.sampled_from(ORDERS))
def test_random_scenes_over_many_tiles(
    library: ctypes.CDLL, seed: int, width: int, height: int, order: int
) -> None:
    random = np.random.default_rng(seed)
    corners = random.integers(-80, 260, (random.integers(0, 90), 4))
    colours = random.integers(0, 256, (len(corners), 1))
    glyphs = random.integers(-20, 220, (random.integers(0, 90), 4))
    glyphs[:, 2:] = random.integers(0, 3, (len(glyphs), 2))
    atlas = GlyphAtlas(
        random.integers(0, 4, 13 + 70 + 9, dtype=np.uint8),
        np.array([[0, 1, 13], [13, 35, 2], [83, 3, 3]], dtype=np.int32),
    )
    scene = Scene(
        width, height, np.hstack([corners, colours]).astype(np.int32), glyphs.astype(np.int32),
        atlas, random.integers(0, 256, (3, 4), dtype=np.uint8),
    )  # fmt: skip
    drawn = np.zeros((height, width), dtype=np.uint8)
    renderer = CppRenderer(library, order)
    renderer.draw(scene, drawn)
    assert np.array_equal(drawn, by_reference(scene))
    clip = Rect(*(random.integers(-20, 220, 4).tolist()))
    renderer.draw(replace(scene, rects=scene.rects[::2]), drawn, clip)
    expected = by_reference(scene)
    part = by_reference(replace(scene, rects=scene.rects[::2]))
    x0, y0, x1, y1 = (max(0, value) for value in (clip.x0, clip.y0, clip.x1, clip.y1))
    expected[y0:y1, x0:x1] = part[y0:y1, x0:x1]
    assert np.array_equal(drawn, expected)


def test_places_at_the_ends_of_the_numbers(library: ctypes.CDLL) -> None:
    rects = [(-FAR - 1, -FAR - 1, FAR, FAR, 3), (FAR, 0, FAR, FAR, 4), (5, -FAR - 1, 6, FAR, 5)]
    glyphs = [(FAR, FAR, 0, 0), (-FAR - 1, 4, 0, 0), (4, -FAR - 1, 0, 0), (3, 3, 0, 0)]
    atlas = GlyphAtlas(np.full(4, 3, dtype=np.uint8), np.array([[0, 2, 2]], dtype=np.int32))
    scene = Scene(
        9, 9, np.array(rects, dtype=np.int32), np.array(glyphs, dtype=np.int32), atlas,
        np.array([[0, 1, 2, 7]], dtype=np.uint8),
    )  # fmt: skip
    drawn = np.zeros((9, 9), dtype=np.uint8)
    CppRenderer(library).draw(scene, drawn)
    assert np.array_equal(drawn, by_reference(scene))


def test_nvidias_compiler_takes_the_same_text(tmp_path: Path) -> None:
    compiler = shutil.which("nvcc")
    if compiler is None:
        pytest.skip("no nvcc: whether NVIDIA's compiler takes the kernels was not tried")
    text = tmp_path / "kernels.cu"
    text.write_text(program.source())
    command = [compiler, "-std=c++17", "-ptx", "-o", str(tmp_path / "kernels.ptx"), str(text)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assembly = (tmp_path / "kernels.ptx").read_text()
    assert all(f".entry {kernel}(" in assembly for kernel in program.KERNELS)
