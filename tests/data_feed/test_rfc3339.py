"""Times are exact to the nanosecond, whatever a venue drops."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.rfc3339 import parse_rfc3339


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2021-04-17T16:43:38.50436Z", 1_618_677_818_504_360_000),
        ("2014-11-07T08:19:27.028459Z", 1_415_348_367_028_459_000),
        ("2026-08-09T21:05:48.123456789Z", 1_786_309_548_123_456_789),
        ("2026-08-09T21:05:48.1234567899Z", 1_786_309_548_123_456_789),
    ],
)
def test_known_times(text: str, expected: int) -> None:
    assert parse_rfc3339(text) == expected


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2261, 1, 1)),
    st.integers(0, 999),
    st.integers(0, 9),
)
def test_any_time_with_any_number_of_digits(moment: datetime, more: int, digits: int) -> None:
    exact = (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1) * 1000 + more
    fraction = f"{exact % 10**9:09d}"[:digits]
    text = moment.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    point = "." if fraction else ""
    expected = exact // 10**9 * 10**9 + int(fraction.ljust(9, "0"))
    assert parse_rfc3339(f"{text}{point}{fraction}Z") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "2021-04-17",
        "2021-04-17T16:43:38",
        "2021-04-17T16:43:38+01:00",
        "2021-04-17T16:43:38.Z",
        "2021-04-17T16:43:38.-5Z",
        "2021-04-17T16:43:38,5Z",
        "2021-04-17T16:43:38.5²Z",
        "2021-04-17T16:43:61Z",
        "2021-04-17T16:43: 1Z",
        "2021-13-17T16:43:38Z",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"was|time data"):
        parse_rfc3339(text)


@given(st.text())
def test_random_text_gives_a_time_or_a_value_error(text: str) -> None:
    try:
        assert parse_rfc3339(text) >= 0
    except ValueError:
        return
