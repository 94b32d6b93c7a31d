"""Warming up draws a keyframe, a picture and a patch, and does without a renderer."""

import pytest

from chart_acceleration.renderers.auto import RendererChoice
from chart_acceleration.scene import U8, Rect, Scene
from server.warm_up import warm_up

pytestmark = pytest.mark.kernel


class CountingRenderer:
    """Paints nothing and remembers which parts it was asked for."""

    name = "counting"

    def __init__(self) -> None:
        self.clips: list[Rect | None] = []

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        self.clips.append(clip)


def test_whole_pictures_and_a_patch_are_drawn() -> None:
    renderer = CountingRenderer()
    warm_up(RendererChoice(renderer, renderer.name, ()))
    pictures, keyframes, patches = (renderer.clips[first::3] for first in range(3))
    assert len(pictures) == len(patches) > 6
    assert set(pictures) == set(keyframes) == {None}
    assert all(patch is not None and patch.width < 640 for patch in patches)


def test_without_a_renderer_everything_else_is_compiled() -> None:
    warm_up(RendererChoice(None, "plotly", ()))
