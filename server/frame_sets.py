"""Which charts' patches can travel in one picture."""

from collections.abc import Iterable

from chart_acceleration.scene import Rect
from server.frames_protocol import Box
from server.live_view import LiveView

MAX_ATLAS_HEIGHT = 8192
"""Device pixels; a WebP ends at 16383, and strips stand at most one above the other."""


def sets_of_one_picture(views: Iterable[LiveView]) -> list[tuple[LiveView, ...]]:
    """Split ``views`` into sets whose patches fit one picture: one palette, bounded height.

    Equal sets come out equal whoever asks, so that tabs that show the same share a picture.
    """
    sets: list[list[LiveView]] = []
    key: tuple[str, bool, bool] | None = None
    height = 0
    for view in sorted(views, key=lambda view: (*view.look, view.number)):
        height += view.spec.height
        if view.look != key or height > MAX_ATLAS_HEIGHT:
            key, height = view.look, view.spec.height
            sets.append([])
        sets[-1].append(view)
    return [tuple(members) for members in sets]


def box_of(rect: Rect) -> Box:
    """A scene's half-open rectangle as the protocol writes it."""
    return Box(rect.x0, rect.y0, rect.x1 - rect.x0, rect.y1 - rect.y0)
