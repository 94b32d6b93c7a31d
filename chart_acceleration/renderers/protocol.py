"""What every renderer offers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from chart_acceleration.scene import U8, Rect, Scene


class Renderer(Protocol):
    """Paints scenes. All renderers give the same bytes; ``reference`` says which."""

    @property
    def name(self) -> str:
        """One word, as in :func:`chart_acceleration.renderers.auto.choose`."""
        ...

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        """Paint ``scene`` into ``pixels`` (uint8, (scene.height, scene.width), C-contiguous).

        Inside ``clip`` (the whole frame when None; it may reach over the frame's edges) the
        background, index 0, is filled first, then rects, then glyphs. Outside ``clip`` nothing
        changes. May be called from several threads with different ``pixels``.
        """
        ...


class Card(NamedTuple):
    """A graphics card; its memory in bytes: this process's pool, in use by all, there at all."""

    name: str
    own_bytes: int
    used_bytes: int
    total_bytes: int


@runtime_checkable
class TellsCard(Protocol):
    """A renderer that runs on a card and can say what it knows of it."""

    def card(self) -> Card:
        """The card at this moment."""
        ...


@runtime_checkable
class DrawsMany(Protocol):
    """A renderer that reads pictures back while it draws the next ones."""

    def draw_many(self, scenes: Iterable[Scene]) -> Iterator[U8]:
        """The pixels of each scene in turn. A scene must stay as it is until the next one is asked
        for, a picture until the next picture is.
        """
        ...


@runtime_checkable
class EncodesMany(Protocol):
    """A renderer that hands out files instead of pixels."""

    def draw_many_encoded(self, scenes: Sequence[Scene], palettes: Sequence[U8]) -> list[bytes]:
        """Each scene as a lossless WebP file; ``palettes``: uint8 (n, 3), one for each."""
        ...
