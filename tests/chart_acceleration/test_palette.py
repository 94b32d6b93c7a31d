"""Colours by role."""

import numpy as np
import pytest

from chart_acceleration.errors import UnknownTheme
from chart_acceleration.palette import THEMES, Role, theme


def colour(name: str, role: Role, stale: bool = False) -> str:
    found = theme(name)
    row = (found.stale if stale else found.palette)[role]
    return bytes(row.tolist()).hex().upper()


@pytest.mark.parametrize("name", sorted(THEMES))
def test_sixteen_read_only_colours(name: str) -> None:
    for palette in (theme(name).palette, theme(name).stale):
        assert (palette.shape, palette.dtype) == ((16, 3), np.dtype(np.uint8))
        with pytest.raises(ValueError, match="read-only"):
            palette[0, 0] = 1


@pytest.mark.parametrize(
    ("name", "role", "expected"),
    [
        ("dark", Role.BACKGROUND, "0F1217"),
        ("dark", Role.UP, "2FBD8C"),
        ("dark", Role.DOWN_SHADE, "6E373F"),
        ("dark", Role.LINE_C_HALF, "74684A"),
        ("light", Role.TEXT, "5A6472"),
        ("light", Role.DOWN, "C42B3B"),
        ("dark-cb", Role.UP, "4DA6FF"),
        ("dark-cb", Role.LINE_A, "56C7DA"),
        ("light-cb", Role.DOWN_SHADE, "DEB594"),
    ],
)
def test_colours_of_the_design(name: str, role: Role, expected: str) -> None:
    assert colour(name, role) == expected


@pytest.mark.parametrize("name", sorted(THEMES))
def test_stale_greys_candles_and_keeps_the_rest(name: str) -> None:
    found = theme(name)
    assert np.array_equal(found.stale[: Role.UP], found.palette[: Role.UP])
    assert not (found.stale[Role.UP :] == found.palette[Role.UP :]).all(axis=1).any()
    assert np.ptp(found.stale[Role.UP :].astype(int), axis=1).max() <= 32


def test_dark_stale_is_the_designs() -> None:
    assert colour("dark", Role.UP, stale=True) == "7C8694"
    assert colour("dark-cb", Role.DOWN_SHADE, stale=True) == "1D232C"


def test_unknown_theme_lists_the_known() -> None:
    with pytest.raises(UnknownTheme, match="'blue'; allowed are dark, light, dark-cb, light-cb"):
        theme("blue")
