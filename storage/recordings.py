"""What recordings a folder holds: segment files that go on where another one ends are one."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from market.types import SECOND
from storage.blocks import outline
from storage.errors import ReadFailed
from storage.segments import SUFFIX

GAP_NS = 60 * SECOND
"""A longer silence between two files makes them two recordings."""


class SegmentOutline(NamedTuple):
    """One segment file: who sent its frames, and the times of the first and the last of them."""

    path: Path
    source: str
    first_ns: int
    last_ns: int


class FoundRecording(NamedTuple):
    """Segment files in order that belong together."""

    segments: tuple[SegmentOutline, ...]

    @property
    def name(self) -> str:
        """The name of the first file, without suffix."""
        return self.segments[0].path.stem

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files in order."""
        return tuple(segment.path for segment in self.segments)


def outline_of(path: Path) -> SegmentOutline | None:
    """The outline of a segment file; None when it holds no whole block.

    Raises :class:`ReadFailed`.
    """
    try:
        with path.open("rb") as file:
            ends = outline(file)
    except OSError as error:
        raise ReadFailed(path, error) from None
    if ends is None:
        return None
    first, last = ends
    return SegmentOutline(path, first.source, first.time_ns, last.time_ns)


def segment_files(folder: Path) -> list[Path]:
    """The segment files in ``folder`` in order; none when there is no such folder."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def grouped(segments: Iterable[SegmentOutline]) -> list[FoundRecording]:
    """Segments in order as recordings."""
    found: list[list[SegmentOutline]] = []
    for segment in segments:
        before = found[-1][-1] if found else None
        if (
            before is not None
            and before.source == segment.source
            and 0 <= segment.first_ns - before.last_ns <= GAP_NS
        ):
            found[-1].append(segment)
        else:
            found.append([segment])
    return [FoundRecording(tuple(each)) for each in found]
