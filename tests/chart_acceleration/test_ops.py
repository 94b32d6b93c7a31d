"""The lists of glyphs and rectangles."""

import numpy as np
import pytest

from chart_acceleration.ops import (
    NEVER_HIDDEN,
    GlyphList,
    LayoutBuffers,
    move,
    put_dots,
    put_runs,
    put_visible,
)
from chart_acceleration.scene import I32
from chart_acceleration.text import joined, typesetter

pytestmark = pytest.mark.kernel


def test_runs_are_appended_centred_on_their_row() -> None:
    rows = np.zeros((20, 5), dtype=np.int32)
    run = typesetter(1.0).run("12")
    out = GlyphList(rows)
    out.put(run, 30, 100, 3, 100)
    out.put(run, 60, 120, 0)
    assert out.count == 4
    assert rows[:4, 3:].tolist() == [[3, 100], [3, 100], [0, NEVER_HIDDEN], [0, NEVER_HIDDEN]]
    assert (rows[:2, :3] == run.glyphs[:, :3] + [30, 104, 0]).all()


def test_a_full_list_takes_no_more() -> None:
    out = GlyphList(np.zeros((3, 4), dtype=np.int32))
    out.put(typesetter(1.0).run("12345"), 0, 0, 0)
    assert out.count == 3


def spans(*rows: tuple[int, int]) -> I32:
    return np.array(rows, dtype=np.int32).reshape(-1, 2)


def test_labels_near_the_hidden_row_are_left_out() -> None:
    labels = np.array(
        [[1, 1, 1, 0, 10], [2, 2, 2, 0, 27], [3, 3, 3, 0, NEVER_HIDDEN]], dtype=np.int32
    )
    out = np.zeros((3, 4), dtype=np.int32)
    assert put_visible(labels, spans((10, 17)), out, 0) == 2
    assert out[:2, 0].tolist() == [2, 3]
    assert put_visible(labels, spans((10, 18), (30, 2)), out, 0) == 1
    assert put_visible(labels, spans((11, 1), (29, 3)), out, 0) == 2
    assert put_visible(labels, spans(), out, 0) == 3


def test_labels_never_leave_a_full_list() -> None:
    memory = np.zeros((5, 4), dtype=np.int32)
    labels = np.ones((4, 5), dtype=np.int32)
    assert put_visible(labels, spans(), memory[:3], 1) == 3
    assert memory[1:3].all()
    assert not memory[3:].any()


def test_dots_are_two_on_two_off_from_the_right() -> None:
    out = np.zeros((9, 5), dtype=np.int32)
    count = put_dots(out, 0, 0, 11, 5, 2, 2, 1, 6)
    assert out[:count].tolist() == [[9, 5, 11, 6, 6], [5, 5, 7, 6, 6], [1, 5, 3, 6, 6]]


def test_dots_may_be_further_apart_and_end_at_the_left_edge_or_the_lists() -> None:
    out = np.zeros((9, 5), dtype=np.int32)
    count = put_dots(out, 0, 1, 11, 5, 2, 3, 1, 6)
    assert out[:count].tolist() == [[9, 5, 11, 6, 6], [4, 5, 6, 6, 6]]
    assert put_dots(out, 0, 2, 9, 5, 2, 3, 1, 6) == 2
    assert out[1].tolist() == [2, 5, 4, 6, 6]
    assert put_dots(out[:3], 2, 0, 11, 5, 2, 2, 1, 6) == 3


def test_buffers_grow_and_keep_what_is_large_enough() -> None:
    buffers = LayoutBuffers()
    before = buffers.rects
    buffers.reserve(len(before))
    assert buffers.rects is before
    buffers.reserve(len(before) + 1)
    assert buffers.rects.shape == (len(before) + 1, 5)
    assert buffers.curve(3) is buffers.curve(3)
    assert buffers.curve(3).x is not buffers.curve(2).x
    assert buffers.averages(10).shape[1] >= 10
    assert buffers.averages(5) is buffers.averages(10)


def test_move_shifts_everything() -> None:
    rects, glyphs = np.zeros((2, 5), dtype=np.int32), np.zeros((2, 4), dtype=np.int32)
    move(rects, glyphs, -3, 4)
    assert rects.tolist() == [[-3, 4, -3, 4, 0]] * 2
    assert glyphs.tolist() == [[-3, 4, 0, 0]] * 2


def test_several_runs_are_written_each_at_its_place() -> None:
    setter = typesetter(1.0)
    one, other = setter.run("12"), setter.run("3.4")
    out = np.full((9, 5), -7, dtype=np.int32)
    places = np.array([30, 104, 3, 100, 60, 124, 1, NEVER_HIDDEN], dtype=np.int32)
    assert put_runs(out, joined((one, other)), places) == 5
    assert (out[:2, :3] == one.glyphs[:, :3] + [30, 104, 0]).all()
    assert (out[2:5, :3] == other.glyphs[:, :3] + [60, 124, 0]).all()
    assert out[:5, 3:].tolist() == [[3, 100]] * 2 + [[1, NEVER_HIDDEN]] * 3
    assert (out[5:] == -7).all()


def test_a_full_list_takes_no_more_of_several_runs() -> None:
    run = typesetter(1.0).run("12345")
    memory = np.full((9, 5), -7, dtype=np.int32)
    assert put_runs(memory[:7], joined((run, run)), np.zeros(8, dtype=np.int32)) == 7
    assert (memory[7:] == -7).all()
