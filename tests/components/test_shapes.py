"""Clip paths as corner lists, measured as areas."""

import re

import pytest

from components.shapes import NOTHING, bars, line


def corners(path: str, size: float = 100.0) -> list[tuple[float, float]]:
    """The polygon's corners in a box of ``size`` by ``size`` px."""

    def length(text: str) -> float:
        percent, pixels = re.fullmatch(
            r"(?:calc\()?([\d.]+)%(?: ([+-] [\d.]+)px)?\)?", text
        ).groups()  # type: ignore[union-attr]
        return float(percent) / 100 * size + float((pixels or "0").replace(" ", ""))

    inside = re.fullmatch(r"polygon\((.*)\)", path)
    assert inside is not None
    found = []
    for corner in inside[1].split(","):
        x, y = re.findall(r"calc\([^)]*\)|[\d.]+%", corner)
        found.append((length(x), length(y)))
    return found


def area(path: str) -> float:
    """The enclosed area, px²."""
    points = corners(path)
    return (
        abs(
            sum(
                x * v - u * y
                for (x, y), (u, v) in zip(points, points[1:] + points[:1], strict=True)
            )
        )
        / 2
    )


def test_bars_cover_their_shares() -> None:
    assert area(bars([1.0, 0.0, 0.5, 0.25])) == pytest.approx(24 * (100 + 50 + 25))
    assert len(corners(bars([1.0, 0.0, 0.5, 0.25]))) == 12


def test_a_bar_that_is_there_can_be_seen_and_none_leaves_the_box() -> None:
    assert area(bars([0.0001, 0.0])) == pytest.approx(49 * 5)
    assert area(bars([7.0, 0.0])) == pytest.approx(49 * 100)


@pytest.mark.parametrize("path", [bars([]), bars([0.0, 0.0]), line([]), line([None, None])])
def test_nothing_is_a_shape_without_area(path: str) -> None:
    assert path == NOTHING


def test_a_flat_line_is_one_and_a_half_pixels_thick() -> None:
    assert area(line([0.5] * 10)) == pytest.approx(90 * 1.5)


def test_gaps_cost_no_area() -> None:
    whole = area(line([0.5] * 10))
    parted = area(line([0.5, 0.5, 0.5, None, None, None, 0.5, 0.5, 0.5, 0.5]))
    assert parted == pytest.approx(whole - 40 * 1.5)


def test_a_value_alone_is_as_wide_as_its_column() -> None:
    assert area(line([None, 0.5, None, None])) == pytest.approx(25 * 1.5)


def test_steep_lines_are_moved_sideways_too() -> None:
    xs = [x for x, _ in corners(line([0.0, 0.5, 1.0]))]
    assert min(xs) == pytest.approx(100 / 6 - 0.75, abs=0.1)
    assert max(xs) == pytest.approx(500 / 6 + 0.75, abs=0.1)


def test_runs_are_joined_along_the_lower_edge_without_area() -> None:
    points = corners(line([0.2, 0.8]))
    assert points[:2] == [(25.0, 100.0), (25.0, 80.0)]
    assert points[-2:] == [(25.0, 80.0), (25.0, 100.0)]
