"""The colours of a chart, by role, in every theme.

Sixteen as a rule: the encoder then puts two pixels into a byte. A fourth and fifth line bring four
more, and such a picture takes a byte a pixel. Pictures hold palette indices, so another theme, or
the greyed look of a lost feed, is the same picture with other colours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from types import MappingProxyType

import numpy as np

from chart_acceleration.errors import UnknownTheme
from chart_acceleration.scene import U8


class Role(IntEnum):
    """What a palette index stands for."""

    BACKGROUND = 0
    GRID = 1
    AXIS = 2
    TEXT_1 = 3
    TEXT_2 = 4
    TEXT = 5
    UP = 6
    DOWN = 7
    UP_SHADE = 8
    DOWN_SHADE = 9
    LINE_A = 10
    LINE_A_HALF = 11
    LINE_B = 12
    LINE_B_HALF = 13
    LINE_C = 14
    LINE_C_HALF = 15
    LINE_D = 16
    LINE_D_HALF = 17
    LINE_E = 18
    LINE_E_HALF = 19


@cache
def half_shade(role: Role) -> Role:
    """The shade where a line in ``role``, one of those that lines may have, covers half a pixel."""
    if role is Role.TEXT:
        return Role.TEXT_2
    return Role(role + (1 if role >= Role.LINE_A else 2))


NARROW = 16
"""Colours of a picture without the lines D and E."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a theme: ``wide`` and, for a lost feed, ``wide_stale``, uint8 of shape (20, 3);
    ``palette`` and ``stale`` are their first sixteen. All read-only.
    """

    name: str
    wide: U8
    wide_stale: U8

    @property
    def palette(self) -> U8:
        """The sixteen colours of most pictures."""
        return self.wide[:NARROW]

    @property
    def stale(self) -> U8:
        """The same while the feed is lost."""
        return self.wide_stale[:NARROW]

    def colours(self, *, wide: bool, stale: bool) -> U8:
        """The palette of a picture: uint8 (20, 3) if ``wide``, else (16, 3)."""
        if wide:
            return self.wide_stale if stale else self.wide
        return self.stale if stale else self.palette


# One row per theme, twenty colours in the order of Role; halves are 50 % over the background.
_DARK = (
    "0F1217 191E26 2E3743 393E46 626A75 8D97A6 2FBD8C F26B76 1C5A48 6E373F "
    "56C7DA 326C78 B694FF 62538B D9BE7C 74684A "
    "E58FC2 7A516D B8C0CC 646972"
)
_LIGHT = (
    "FFFFFF EEF1F5 C3CAD5 C9CCD0 9299A2 5A6472 0A7856 C42B3B 98C6B8 E6A6AD "
    "007489 80BAC4 7347D1 B9A3E8 80611A C0B08C "
    "A83A7E D49DBF 4B5563 A5AAB1"
)
# Up, down and their shades (roles 6 to 9) that stay apart for colour-blind eyes.
_DARK_SAFE = "4DA6FF FF9D3B 295078 744C26"
_LIGHT_SAFE = "0063C4 B04F00 94BDE6 DEB594"
# Roles 6 to 19 while the feed is lost. The light greys have the lightness steps of the dark ones,
# turned over.
_DARK_STALE = (
    "7C8694 4C5663 242B35 1D232C 4A545F 2B323B 5A6470 333B45 5A6470 333B45 "
    "5A6470 333B45 5A6470 333B45"
)
_LIGHT_STALE = (
    "78828F A9B1BB DCE1E7 E6E9EE 9AA3AE D5DAE1 848D99 CBD1D8 848D99 CBD1D8 "
    "848D99 CBD1D8 848D99 CBD1D8"
)


def _colours(text: str) -> U8:
    rows = [tuple(bytes.fromhex(word)) for word in text.split()]
    return np.array(rows, dtype=np.uint8)


def _theme(name: str, base: str, stale: str, safe: str | None = None) -> Theme:
    palette = _colours(base)
    if safe is not None:
        palette[Role.UP : Role.LINE_A] = _colours(safe)
    grey = palette.copy()
    grey[Role.UP :] = _colours(stale)
    palette.flags.writeable = False
    grey.flags.writeable = False
    return Theme(name, palette, grey)


THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            _theme("dark", _DARK, _DARK_STALE),
            _theme("light", _LIGHT, _LIGHT_STALE),
            _theme("dark-cb", _DARK, _DARK_STALE, _DARK_SAFE),
            _theme("light-cb", _LIGHT, _LIGHT_STALE, _LIGHT_SAFE),
        )
    }
)


def theme(name: str) -> Theme:
    """The theme called ``name``; raises :class:`UnknownTheme` that lists the allowed names."""
    found = THEMES.get(name)
    if found is None:
        raise UnknownTheme(name, THEMES)
    return found
