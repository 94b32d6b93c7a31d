"""Renderers that fail, and a table of trials that no other test sees."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from chart_acceleration.renderers import auto, trial
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.scene import U8, Rect, Scene


class Breaking:
    """Draws as the processor does until ``failure`` is set, then raises it for scenes wider than
    ``limit``.
    """

    def __init__(self, name: str = "cuda") -> None:
        self.name = name
        self.failure: Exception | None = None
        self.limit = 0
        self.calls = 0

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """Half a picture, then the failure: what is left behind must not be seen."""
        self.calls += 1
        if self.failure is not None and scene.width > self.limit:
            pixels[: scene.height // 2] = 15
            raise self.failure
        CpuRenderer().draw(scene, pixels, clip)


@contextmanager
def only(starters: Mapping[str, Callable[[], Renderer]]) -> Iterator[None]:
    """Only these renderers are known, none of them started yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "STARTERS", dict(starters))
        patch.setattr(auto, "STARTERS", dict(starters))
        patch.setattr(trial, "_trials", {})
        yield
