"""The OpenGL renderer: ModernGL on a headless EGL context, drawing palette indices into an R8UI
texture.

The only module that imports ModernGL. Integer targets do not blend, and primitives of one draw
call keep their order, so painter's order holds and the bytes equal the reference's.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import moderngl
import numpy as np

from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.opengl_shaders import ATLAS_WIDTH, BLIT, FILL, GLYPHS, RECTS
from chart_acceleration.scene import I32, U8, GlyphAtlas, Rect, Scene, visible_part

LOG = logging.getLogger(__name__)

_MOST_ATLASES = 32
_IN_FLIGHT = 3
"""Pictures that are drawn or copied at the same time, each into a pack buffer of its own."""


class OpenGlRenderer:
    """Paints with two instanced draw calls. Raises :class:`RendererUnavailable` where no context
    starts.

    One context and one lock: threads take turns. Row 0 of the picture is row 0 of the texture, so
    nothing is flipped.
    """

    name = "opengl"

    def __init__(self) -> None:
        settings: dict[str, Any] = {"backend": "egl"}
        try:
            self._context = moderngl.create_context(standalone=True, require=330, **settings)
            self._rects = _Instances(self._context, RECTS, FILL, ("4i 1i/i", "box", "colour"))
            self._glyphs = _Instances(self._context, GLYPHS, BLIT, ("4i 2i/i", "box", "look"))
            self._target = _target(self._context, 64, 64)
        except Exception as error:  # ModernGL and EGL raise plain Exception
            raise RendererUnavailable("opengl", f"no EGL context starts ({error})", ()) from error
        self._glyphs.program["coverage"] = 0
        self._glyphs.program["ramps"] = 1
        self._lock = threading.Lock()
        self._ramps: moderngl.Texture | None = None
        self._atlases: dict[int, tuple[GlyphAtlas, moderngl.Texture]] = {}
        self._packs: list[list[_Pack]] = []
        LOG.info("OpenGL renderer runs on %s", self._context.info["GL_RENDERER"])

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """See :class:`chart_acceleration.renderers.protocol.Renderer`."""
        area = visible_part(scene, clip)
        if area.width <= 0 or area.height <= 0:
            return
        with self._lock, self._context:
            self._paint(scene, area)
            self._check()
            box = (area.x0, area.y0, area.width, area.height)
            if area.width == scene.width:
                rows = pixels[area.y0 : area.y1]
                self._target.read_into(rows, viewport=box, components=1, dtype="u1", alignment=1)
                return
            raw = self._target.read(viewport=box, components=1, dtype="u1", alignment=1)
            part = np.frombuffer(raw, dtype=np.uint8).reshape(area.height, area.width)
            pixels[area.y0 : area.y1, area.x0 : area.x1] = part

    def draw_many(self, scenes: Iterable[Scene]) -> Iterator[U8]:
        """The pixels of each scene in turn, uint8 (height, width), as :meth:`draw` gives them.

        Reading back does not wait: while one picture is copied, the next are drawn. A scene must
        stay as it is until the next one is asked for, a picture until the next picture is. Other
        threads may draw meanwhile.
        """
        with self._lock:
            free = self._packs.pop() if self._packs else [_Pack() for _ in range(_IN_FLIGHT)]
        begun: deque[_Pack] = deque()
        try:
            for scene in scenes:
                begun.append(self._begin(scene, free.pop()))
                if not free:
                    yield self._finish(begun[0])
                    free.append(begun.popleft())
            while begun:
                yield self._finish(begun[0])
                free.append(begun.popleft())
        finally:
            with self._lock:
                self._packs.append([*free, *begun])

    def _begin(self, scene: Scene, pack: "_Pack") -> "_Pack":
        """Draw and start to copy; returns before either is done."""
        with self._lock, self._context:
            self._paint(scene, visible_part(scene, None))
            pack.begin(self._context, self._target, scene.width, scene.height)
        return pack

    def _finish(self, pack: "_Pack") -> U8:
        with self._lock, self._context:
            pixels = pack.pixels()
            self._check()
        return pixels

    def _check(self) -> None:
        """Raise what OpenGL only remembers: no memory left, the context lost."""
        error = self._context.error
        if error != "GL_NO_ERROR":
            raise RuntimeError(f"OpenGL reports {error}")

    def _paint(self, scene: Scene, area: Rect) -> None:
        width, height = self._target.size
        if scene.width > width or scene.height > height:
            old = self._target
            self._target = _target(
                self._context, max(width, scene.width), max(height, scene.height)
            )
            self._target.use()  # before the old one goes: what is bound must exist
            _release(old)
        self._target.use()
        self._target.viewport = (0, 0, scene.width, scene.height)
        self._target.scissor = (area.x0, area.y0, area.width, area.height)
        ground = np.array([[0, 0, scene.width, scene.height, 0]], dtype=np.int32)
        self._rects.draw(np.concatenate([ground, scene.rects]), scene)
        if len(scene.glyphs):
            self._use_textures(scene)
            self._glyphs.draw(_looked_up(scene), scene)

    def _use_textures(self, scene: Scene) -> None:
        kept = self._atlases.get(id(scene.atlas))
        if kept is None:
            self._forget_atlases()
            kept = self._atlases[id(scene.atlas)] = (scene.atlas, self._upload(scene.atlas))
        kept[1].use(0)
        if self._ramps is not None:
            self._ramps.release()
        self._ramps = self._context.texture(
            (4, len(scene.ramps)), 1, scene.ramps.tobytes(), dtype="u1", alignment=1
        )
        self._ramps.use(1)

    def _forget_atlases(self) -> None:
        if len(self._atlases) >= _MOST_ATLASES:
            for _, texture in self._atlases.values():
                texture.release()
            self._atlases.clear()

    def _upload(self, atlas: GlyphAtlas) -> moderngl.Texture:
        rows = -(-max(1, atlas.coverage.size) // ATLAS_WIDTH)
        padded = np.zeros(rows * ATLAS_WIDTH, dtype=np.uint8)
        padded[: atlas.coverage.size] = atlas.coverage
        return self._context.texture(
            (ATLAS_WIDTH, rows), 1, padded.tobytes(), dtype="u1", alignment=1
        )


class _Instances:
    """A program and the buffer of its instances, which only grows."""

    def __init__(
        self, context: moderngl.Context, vertex: str, fragment: str, layout: tuple[str, str, str]
    ) -> None:
        self.program = context.program(vertex_shader=vertex, fragment_shader=fragment)
        self._context = context
        self._layout = layout
        self._reserve(1 << 16)

    def _reserve(self, size: int) -> None:
        self._buffer = self._context.buffer(reserve=size, dynamic=True)
        self._array = self._context.vertex_array(self.program, [(self._buffer, *self._layout)])

    def draw(self, rows: I32, scene: Scene) -> None:
        if rows.nbytes > self._buffer.size:
            self._array.release()
            self._buffer.release()
            self._reserve(2 * rows.nbytes)
        self._buffer.write(np.ascontiguousarray(rows))
        self.program["size"] = (scene.width, scene.height)
        self._array.render(moderngl.TRIANGLE_STRIP, vertices=4, instances=len(rows))


class _Pack:
    """A pixel-pack buffer, the card's side of a copy that goes on by itself, and where it ends."""

    def __init__(self) -> None:
        self._shape = (0, 0)
        self._buffer: moderngl.Buffer | None = None
        self._pixels: U8 = np.zeros(0, dtype=np.uint8)

    def begin(
        self, context: moderngl.Context, target: moderngl.Framebuffer, width: int, height: int
    ) -> None:
        """Ask for the corner of ``target``; returns at once."""
        size = width * height
        if self._buffer is None or self._buffer.size < size:
            if self._buffer is not None:
                self._buffer.release()
            self._buffer = context.buffer(reserve=size, dynamic=True)
        box = (0, 0, width, height)
        target.read_into(self._buffer, viewport=box, components=1, dtype="u1", alignment=1)
        self._shape = (height, width)

    def pixels(self) -> U8:
        """What was asked for, once it is there; valid until the next begin."""
        height, width = self._shape
        size = height * width
        if self._pixels.size < size:
            self._pixels = np.empty(size, dtype=np.uint8)
        assert self._buffer is not None
        part = self._pixels[:size]
        self._buffer.read_into(part, size)
        return part.reshape(height, width)


def _target(context: moderngl.Context, width: int, height: int) -> moderngl.Framebuffer:
    return context.framebuffer([context.texture((width, height), 1, dtype="u1")])


def _release(target: moderngl.Framebuffer) -> None:
    for texture in target.color_attachments:
        texture.release()
    target.release()


def _looked_up(scene: Scene) -> I32:
    """int32 (m, 6): x, y, width, height, where the cell starts, ramp."""
    boxes = scene.atlas.boxes[scene.glyphs[:, 2]]
    rows = np.empty((len(boxes), 6), dtype=np.int32)
    rows[:, :2] = scene.glyphs[:, :2]
    rows[:, 2:4] = boxes[:, 1:]
    rows[:, 4] = boxes[:, 0]
    rows[:, 5] = scene.glyphs[:, 3]
    return rows
