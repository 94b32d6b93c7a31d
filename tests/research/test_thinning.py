import numpy as np

from research.thinning import kept_rows


def test_few_points_are_all_kept() -> None:
    assert kept_rows((np.arange(5.0),), 5).tolist() == [0, 1, 2, 3, 4]


def test_no_high_or_low_of_any_curve_is_lost() -> None:
    random = np.random.default_rng(1)
    one, other = random.normal(size=(2, 10_000))
    one[1234], other[8765] = 50.0, -50.0
    rows = kept_rows((one, other), 500)
    assert len(rows) <= 500
    assert {0, 1234, 8765, 9999} <= set(rows.tolist())
    assert (np.diff(rows) > 0).all()
    assert (one[rows].min(), other[rows].max()) == (one.min(), other.max())
