"""Glyph cells and runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.text import CHARACTERS, Face, Typesetter, typesetter


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return typesetter(1.0)


def test_coverage_has_four_levels_and_cells_follow_each_other(setter: Typesetter) -> None:
    atlas = setter.atlas
    assert set(np.unique(atlas.coverage)) == {0, 1, 2, 3}
    sizes = atlas.boxes[:, 1] * atlas.boxes[:, 2]
    assert atlas.boxes[:, 0].tolist() == [0, *np.cumsum(sizes)[:-1].tolist()]
    assert atlas.coverage.size == sizes.sum()


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0, 3.0, 4.0])
def test_all_digits_advance_alike_by_whole_pixels(scale: float) -> None:
    widths = {typesetter(scale).run(digit).width for digit in "0123456789"}
    assert len(widths) == 1
    assert typesetter(scale).run("38,533.0").width == typesetter(scale).run("11,111.1").width


def test_a_changed_digit_moves_no_other(setter: Typesetter) -> None:
    first, second = setter.run("38,533.0", Face.STRONG), setter.run("38,531.0", Face.STRONG)
    same = [0, 1, 2, 3, 4, 6, 7]
    assert np.array_equal(first.glyphs[same], second.glyphs[same])


def test_capitals_are_8_rows_and_crisp(setter: Typesetter) -> None:
    run = setter.run("H")
    start, width, height = setter.atlas.boxes[run.glyphs[0, 2]].tolist()
    cell = setter.atlas.coverage[start : start + width * height].reshape(height, width)
    assert height == 8
    assert run.glyphs[0, 1] == -8
    assert run.middle == 4
    assert np.array_equal(cell[0], cell[1])


def test_semi_bold_has_more_ink(setter: Typesetter) -> None:
    def ink(face: Face) -> int:
        boxes = setter.atlas.boxes[setter.run("31 Jan", face).glyphs[:, 2]]
        return sum(int(setter.atlas.coverage[s : s + w * h].sum()) for s, w, h in boxes.tolist())

    assert ink(Face.STRONG) > 1.08 * ink(Face.PLAIN)


def test_letters_are_placed_to_a_quarter_pixel(setter: Typesetter) -> None:
    numbers = {int(number) for number in setter.run("iiiiiiii").glyphs[:, 2]}
    assert len(numbers) > 1
    assert max(numbers) - min(numbers) <= 3


@given(st.text(max_size=30))
def test_any_text_becomes_known_glyphs(text: str) -> None:
    setter = typesetter(1.0)
    run = setter.run(text)
    assert run.glyphs.shape == (len(text), 4)
    assert ((run.glyphs[:, 2] >= 0) & (run.glyphs[:, 2] < len(setter.atlas.boxes))).all()


def test_a_missing_character_is_a_question_mark(setter: Typesetter) -> None:
    assert "漢" not in CHARACTERS
    assert np.array_equal(setter.run("漢").glyphs, setter.run("?").glyphs)


def test_runs_are_kept(setter: Typesetter) -> None:
    assert setter.run("kept") is setter.run("kept")
    assert setter.run("kept") is not setter.run("kept", Face.STRONG)
