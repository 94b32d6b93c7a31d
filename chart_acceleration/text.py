"""Text as glyph runs: Inter, rasterised once per pixel size, laid out once per string.

Digits and the signs inside numbers advance by whole pixels, all digits by the same amount, so
prices do not jitter. Letters are placed to a quarter of a pixel: each has four cells, rasterised
at those offsets.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import ImageFont

from chart_acceleration.scene import F64, I32, U8, GlyphAtlas

CHARACTERS = "".join(chr(code) for code in range(32, 127)) + "·–−…×"
_NUMERIC = frozenset("0123456789.,:+−")
_PHASES = 4
_FINER = 8
_STEPS = (0.16, 0.46, 0.78)  # mean coverage from which a pixel counts as 1/3, 2/3, full
_FONTS = Path(__file__).parent / "fonts"
_CACHED_RUNS = 8192


class Face(IntEnum):
    """Weight and size: axis text, the same in semi-bold, and the legend's title."""

    PLAIN = 0
    STRONG = 1
    TITLE = 2


_FILES = {
    Face.PLAIN: "Inter-Medium.otf",
    Face.STRONG: "Inter-SemiBold.otf",
    Face.TITLE: "Inter-SemiBold.otf",
}
# Height of a capital in CSS pixels: 8 is Inter at 11 px, 9 at 12.4. Whole pixels keep the
# horizontals crisp.
_CAPITALS = {Face.PLAIN: 8, Face.STRONG: 8, Face.TITLE: 9}
_EM_PER_CAPITAL = 2816 / 2048  # of Inter


@dataclass(frozen=True, slots=True)
class _Outline:
    """A character rasterised ``_FINER`` times finer, with the place of its top left corner
    relative to the pen.
    """

    ink: F64
    left: int
    top: int

    @staticmethod
    def of(font: ImageFont.FreeTypeFont, character: str) -> "_Outline":
        mask, (left, top) = font.getmask2(character, "L", anchor="ls")
        width, height = mask.size
        grey = np.frombuffer(bytes(mask), dtype=np.uint8).reshape(height, width)
        return _Outline(grey / 255.0, int(left), int(top))

    def cell(self, shift: int) -> tuple[U8, int, int]:
        """Coverage 0..3 of the pixels it touches when moved right by ``shift`` fine columns; their
        left, top.
        """
        height, width = self.ink.shape
        left, top = (self.left + shift) // _FINER, self.top // _FINER
        x, y = self.left + shift - left * _FINER, self.top - top * _FINER
        columns, rows = -(-(x + width) // _FINER), -(-(y + height) // _FINER)
        fine = np.zeros((rows * _FINER, columns * _FINER))
        fine[y : y + height, x : x + width] = self.ink
        mean = fine.reshape(rows, _FINER, columns, _FINER).mean(axis=(1, 3))
        return np.searchsorted(_STEPS, mean).astype(np.uint8), left, top


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One laid out string, the same object for the same string while the typesetter keeps it.

    ``glyphs``: int32 (n, 4): x and y relative to the pen's start on the baseline, glyph number, 0.
    ``width``: advance of the whole string in device pixels. ``middle``: rows from the baseline up
    to the middle of a capital letter.
    """

    glyphs: I32
    width: int
    middle: int


class Typesetter:
    """All glyphs for one device pixel ratio, and the runs made from them. May be shared by
    threads.
    """

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self._cells: list[U8] = []
        self._size = 0
        self._boxes: list[tuple[int, int, int]] = []
        self._bearings: list[tuple[int, int]] = []
        self._advances: dict[tuple[Face, str], float] = {}
        self._numbers: dict[tuple[Face, str], int] = {}
        self._middles: dict[Face, int] = {}
        self._runs: list[dict[str, Run]] = [{} for _ in Face]
        for face in Face:
            self._rasterise(face)
        coverage = np.concatenate(self._cells)
        boxes = np.array(self._boxes, dtype=np.int32)
        coverage.flags.writeable = False
        boxes.flags.writeable = False
        self.atlas = GlyphAtlas(coverage, boxes)

    def run(self, text: str, face: Face = Face.PLAIN) -> Run:
        """``text`` laid out in ``face``; characters that the fonts lack become a question mark."""
        runs = self._runs[face]
        found = runs.get(text)
        if found is None:
            if len(runs) >= _CACHED_RUNS:
                runs.clear()
            found = runs[text] = self._lay_out(text, face)
        return found

    def _rasterise(self, face: Face) -> None:
        capital = max(5, round(_CAPITALS[face] * self.scale))
        size = round(capital * _EM_PER_CAPITAL * _FINER)
        font = ImageFont.truetype(_FONTS / _FILES[face], size, layout_engine=ImageFont.Layout.BASIC)
        self._middles[face] = capital // 2
        for character in CHARACTERS:
            advance = font.getlength(character) / _FINER
            numeric = character in _NUMERIC
            self._advances[face, character] = float(round(advance)) if numeric else advance
            self._numbers[face, character] = len(self._boxes)
            outline = _Outline.of(font, character)
            for phase in range(1 if numeric else _PHASES):
                self._add(*outline.cell(phase * _FINER // _PHASES))

    def _add(self, cell: U8, left: int, top: int) -> None:
        height, width = cell.shape
        self._boxes.append((self._size, width, height))
        self._bearings.append((left, top))
        self._cells.append(cell.ravel())
        self._size += cell.size

    def _lay_out(self, text: str, face: Face) -> Run:
        rows: list[tuple[int, int, int, int]] = []
        pen = 0.0
        for letter in text:
            character = letter if (face, letter) in self._numbers else "?"
            number = self._numbers[face, character]
            if character in _NUMERIC:
                pen = float(round(pen))
            else:
                pen = round(pen * _PHASES) / _PHASES
                number += round((pen % 1.0) * _PHASES)
            left, top = self._bearings[number]
            rows.append((int(pen // 1) + left, top, number, 0))
            pen += self._advances[face, character]
        glyphs = np.array(rows, dtype=np.int32).reshape(-1, 4)
        glyphs.flags.writeable = False
        return Run(glyphs, round(pen), self._middles[face])


@lru_cache(maxsize=512)
def joined(runs: tuple[Run, ...]) -> I32:
    """The glyphs of all ``runs``, int32 (n, 4): x and y relative to their run's pen, glyph number,
    number of the run. Kept: one picture has the texts of the one before, but for a few.
    """
    glyphs: I32 = np.concatenate([run.glyphs for run in runs])
    glyphs[:, 3] = np.repeat(np.arange(len(runs)), [len(run.glyphs) for run in runs])
    glyphs.flags.writeable = False
    return glyphs


@lru_cache(maxsize=16)
def typesetter(scale: float) -> Typesetter:
    """The shared typesetter for a device pixel ratio."""
    return Typesetter(scale)
