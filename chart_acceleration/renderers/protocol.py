"""What every renderer offers."""

from typing import Protocol

from chart_acceleration.scene import U8, Rect, Scene


class Renderer(Protocol):
    """Paints scenes. All renderers give the same bytes; ``reference`` says which."""

    name: str

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """Paint ``scene`` into ``pixels`` (uint8, (scene.height, scene.width), C-contiguous).

        Inside ``clip`` (the whole frame when None; it may reach over the frame's edges) the
        background, index 0, is filled first, then rects, then glyphs. Outside ``clip`` nothing
        changes. May be called from several threads with different ``pixels``.
        """
        ...
