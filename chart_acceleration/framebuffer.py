"""Frames of palette indices, allocated once and used again."""

from collections import OrderedDict

from chart_acceleration.memory import aligned_bytes
from chart_acceleration.scene import U8


class Framebuffer:
    """One frame: ``pixels`` is uint8 of shape (height, width), C-contiguous, one palette index per
    pixel.
    """

    __slots__ = ("height", "pixels", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.pixels: U8 = aligned_bytes(width * height).reshape(height, width)


class FramebufferPool:
    """Keeps the frames of the sizes used lately, up to ``max_bytes`` together. Not thread-safe:
    one pool per thread.
    """

    def __init__(self, max_bytes: int = 32 * 1024 * 1024) -> None:
        self.max_bytes = max_bytes
        self._frames: OrderedDict[tuple[int, int], Framebuffer] = OrderedDict()
        self._bytes = 0

    def take(self, width: int, height: int) -> Framebuffer:
        """The frame of this size. Its old content stays; it is handed out again by the next call
        with this size.
        """
        key = (width, height)
        frame = self._frames.get(key)
        if frame is None:
            frame = Framebuffer(width, height)
            self._frames[key] = frame
            self._bytes += width * height
            self._evict()
        else:
            self._frames.move_to_end(key)
        return frame

    def _evict(self) -> None:
        while self._bytes > self.max_bytes and len(self._frames) > 1:
            (width, height), _ = self._frames.popitem(last=False)
            self._bytes -= width * height
