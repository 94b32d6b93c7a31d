"""Lines and times as addresses write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.elements import MOST_DRAWINGS, Extension, HorizontalLine, TrendLine
from chart_acceleration.palette import Role
from server.errors import RequestError
from server.lines import drawings
from server.times import time_ns

HOUR_NS = 3_600_000_000_000
EIGHT_PM = 1_769_889_600_000_000_000  # 31 Jan 2026 20:00 UTC


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("38500", HorizontalLine(38500.0)),
        ("38500.25/up/dashed", HorizontalLine(38500.25, Role.UP, dashed=True)),
        (" 1e-9 / d ", HorizontalLine(1e-9, Role.LINE_D)),
        ("-5/text", HorizontalLine(-5.0, Role.TEXT)),
        (
            "2026-01-31T20:00Z@38400~2026-01-31T21:00Z@38600",
            TrendLine((EIGHT_PM, 38400.0), (EIGHT_PM + HOUR_NS, 38600.0)),
        ),
        (
            "1769889600000@1~1769893200000@2/b/right/dashed",
            TrendLine(
                (EIGHT_PM, 1.0),
                (EIGHT_PM + HOUR_NS, 2.0),
                Role.LINE_B,
                dashed=True,
                extend=Extension.RIGHT,
            ),
        ),
        (
            "1769889600000@1~1769893200000@2/both",
            TrendLine((EIGHT_PM, 1.0), (EIGHT_PM + HOUR_NS, 2.0), extend=Extension.BOTH),
        ),
    ],
)
def test_texts_are_lines(text: str, line: HorizontalLine | TrendLine) -> None:
    assert drawings([text]) == (line,)


def test_commas_part_lines_and_texts_may_be_repeated() -> None:
    assert drawings(["1,2", "3", ""]) == tuple(HorizontalLine(price) for price in (1.0, 2.0, 3.0))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("high", "line was 'high'; allowed are PRICE and TIME@PRICE~TIME@PRICE, then behind"),
        ("5/pink", "line was '5/pink'; allowed are PRICE"),
        ("5/up/down", "line was '5/up/down'; allowed are PRICE"),
        ("5/right", "line was '5/right'; allowed are PRICE"),
        ("5~6", "line was '5~6'; allowed are PRICE"),
        ("1@5~2@x", "line was '1@5~2@x'; allowed are PRICE"),
        ("x@5~2@6", "the time of a line was 'x'; allowed is a time from 1970 to 2261"),
        ("nan", "line 'nan': price was nan; allowed is any finite number"),
        ("2@5~1@6", "line '2@5~1@6': end was 1000000; allowed is a time after 2000000"),
        ("1" * 2601, "lines had 2,601 characters; allowed are 2,600"),
        (",".join(["5"] * (MOST_DRAWINGS + 1)), "lines were 65; allowed are at most 64"),
    ],
)
def test_what_is_no_line_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        drawings([text])
    assert str(refused.value).replace("allowed are any", "allowed is any").startswith(sentence)


@given(st.text(alphabet="0123456789.@~/,-+eTZ: abupright", max_size=60))
def test_any_text_is_lines_or_refused(text: str) -> None:
    try:
        found = drawings([text])
    except RequestError as error:
        assert "; allowed" in str(error) or "; needed" in str(error)
        return
    assert len(found) <= text.count(",") + 1


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1769889600000", EIGHT_PM),
        ("0", 0),
        ("2026-01-31T20:00Z", EIGHT_PM),
        ("2026-01-31T20:00", EIGHT_PM),
        ("2026-01-31 21:00+01:00", EIGHT_PM),
        ("2026-01-31T20:00:00.000001Z", EIGHT_PM + 1000),
        (" 1970-01-01 ", 0),
        ("2261-12-31T23:59:59Z", 9_214_646_399_000_000_000),
    ],
)
def test_times(text: str, time: int) -> None:
    assert time_ns("end", text) == time


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "1e3", "1.5", "9" * 30, "2262-01-01", "1969-12-31", "0001-01-01", "٣"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(RequestError) as refused:
        time_ns("end", text)
    assert str(refused.value) == (
        f"end was {text!r}; allowed is a time from 1970 to 2261, "
        "like 2026-01-31T20:45Z, or milliseconds since 1970"
    )
