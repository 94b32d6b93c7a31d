import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.market import Market
from market.types import Symbol
from server.chart_request import chart_request
from server.errors import ProtocolError, RequestError
from server.frames_protocol import (
    Ack,
    Box,
    Entry,
    FollowBook,
    Kind,
    Subscribe,
    Unsubscribe,
    Viewport,
    Visibility,
    pack_frame,
    parse_client_message,
    shorten,
    unpack_frame,
)
from server.views import ChartQuery, ElementsQuery

MARKET = Market([Symbol("A-B")], capacity=4)
u16 = st.integers(0, 65535)
boxes = st.builds(Box, u16, u16, u16, u16)
entries = st.lists(
    st.builds(Entry, u16, st.sampled_from(Kind), boxes, boxes, st.binary(max_size=50)), max_size=20
)


@given(st.integers(0, 2**32 - 1), entries, st.binary(max_size=200), st.binary(max_size=200))
def test_frame_survives_the_way(
    sequence: int, parts: list[Entry], meta: bytes, picture: bytes
) -> None:
    frame = unpack_frame(pack_frame(sequence, parts, meta, picture))
    assert frame == (sequence, tuple(parts), meta, picture)


def test_layout_is_the_documented_one() -> None:
    entry = Entry(3, Kind.PATCH, Box(1, 2, 3, 4), Box(5, 6, 7, 8))
    message = pack_frame(9, [entry], b"[{}]", b"RIFF")
    assert message == (
        b"CCF1"
        + struct.pack("<IHHI", 9, 1, 0, 4)
        + struct.pack("<HBB8H", 3, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8)
        + b"[{}]RIFF"
    )
    assert len(message) == 16 + 20 + 4 + 4


@given(st.binary(max_size=100))
def test_any_bytes_are_taken_apart_or_refused(message: bytes) -> None:
    try:
        frame = unpack_frame(message)
    except ProtocolError:
        return
    assert pack_frame(frame.sequence, frame.entries, frame.meta, frame.picture)[:8] == message[:8]


def test_rows_follow_the_json_of_the_entries_that_have_them() -> None:
    box = Box(1, 2, 3, 4)
    parts = [Entry(n, Kind.PATCH, box, box, rows) for n, rows in enumerate((b"abc", b"", b"de"))]
    message = pack_frame(9, parts, b"[{},{},{}]", b"RIFF")
    assert [message[16 + 20 * n + 3] for n in range(3)] == [1, 0, 1]
    assert message.endswith(b"[{},{},{}]\x03\0\0\0abc\x02\0\0\0deRIFF")


@pytest.mark.parametrize("cut", range(1, 4 + 7))
def test_rows_that_are_cut_are_refused(cut: int) -> None:
    entry = Entry(3, Kind.PATCH, Box(1, 2, 3, 4), Box(5, 6, 7, 8), b"seven77")
    message = pack_frame(9, [entry], b"[{}]", b"")
    with pytest.raises(ProtocolError, match="its rows say more"):
        unpack_frame(message[:-cut])


@pytest.mark.parametrize("cut", range(16 + 20 + 4))
def test_cut_frame_is_refused(cut: int) -> None:
    entry = Entry(3, Kind.PATCH, Box(1, 2, 3, 4), Box(5, 6, 7, 8))
    message = pack_frame(9, [entry], b"[{}]", b"")
    with pytest.raises(ProtocolError, match="bytes"):
        unpack_frame(message[:cut])


def test_unknown_kind_and_magic_are_refused() -> None:
    entry = Entry(3, Kind.PATCH, Box(1, 2, 3, 4), Box(5, 6, 7, 8))
    message = bytearray(pack_frame(9, [entry], b"", b""))
    message[18] = 2
    with pytest.raises(ProtocolError, match="entry kind was 2; allowed are 0 and 1"):
        unpack_frame(bytes(message))
    with pytest.raises(ProtocolError, match="expected 0x31464343"):
        unpack_frame(b"RIFF" + bytes(message[4:]))


def test_number_too_large_for_its_field_is_refused() -> None:
    entry = Entry(70000, Kind.PATCH, Box(0, 0, 1, 1), Box(0, 0, 1, 1))
    with pytest.raises(ProtocolError, match="frame cannot be packed"):
        pack_frame(1, [entry], b"", b"")


def test_every_client_message_is_read() -> None:
    def read(**fields: object) -> object:
        return parse_client_message(json.dumps(fields))

    assert read(type="book", symbol="BTC-USD", levels=12) == FollowBook("BTC-USD", 12, 0, 1)
    subscribe = {"chart": 1, "symbol": "BTC-USD", "interval": "1m", "width": 1040, "height": 720}
    assert read(type="subscribe", **subscribe) == Subscribe(1, "BTC-USD", "1m", 1040, 720)
    assert read(
        type="subscribe", **subscribe, scale=2, theme="light", bars=50, end=None
    ) == Subscribe(1, "BTC-USD", "1m", 1040, 720, 2.0, "light", 50)
    elements: dict[str, Any] = {
        "style": "hollow",
        "axis": "log",
        "zone": "Europe/Berlin",
        "volume": False,
        "indicators": ["sma:20", "rsi"],
        "lines": ["38500/up"],
        "quote": True,
        "countdown": True,
        "trades": True,
    }
    full = read(type="subscribe", **subscribe, **elements)
    assert isinstance(full, Subscribe)
    lists: dict[str, Any] = {"indicators": ("sma:20", "rsi"), "lines": ("38500/up",)}
    assert full.query == ChartQuery(
        "BTC-USD", "1m", width=1040, height=720, elements=ElementsQuery(**{**elements, **lists})
    )
    assert read(type="viewport", chart=1, bars=150, end=900) == Viewport(1, 150, 900)
    assert read(type="viewport", chart=1, bars=150, end=None) == Viewport(1, 150)
    assert read(type="viewport", chart=1, bars=150, price_range=[1, 2.5]) == Viewport(
        1, 150, None, (1.0, 2.5)
    )
    fixed = read(type="subscribe", **subscribe, price_range=[1.5, 2.5])
    assert isinstance(fixed, Subscribe) and fixed.query.price_range == (1.5, 2.5)
    assert read(type="unsubscribe", chart=1) == Unsubscribe(1)
    assert read(type="visibility", visible=False) == Visibility(False)
    assert read(type="ack", sequence=2**32 - 1) == Ack(2**32 - 1)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text_is_read_or_refused_with_a_short_reason(text: str | bytes) -> None:
    try:
        parse_client_message(text)
    except ProtocolError as error:
        assert len(str(error).encode()) <= 120


FIELDS = [
    *("chart", "symbol", "width", "height", "bars", "end", "sequence"),
    *("price_range", "style", "zone", "volume", "indicators", "lines", "countdown"),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(
    st.sampled_from(["subscribe", "viewport", "unsubscribe", "visibility", "ack"]),
    st.dictionaries(
        st.sampled_from(FIELDS),
        json_values,
    ),
)
def test_any_object_is_read_or_refused(kind: str, fields: dict[str, object]) -> None:
    try:
        message = parse_client_message(json.dumps({"type": kind, **fields}))
    except ProtocolError:
        return
    assert type(message).__name__.lower() == kind


TEXT = st.text(alphabet="smacdrsi:(),=0123456789.@~/-", max_size=40)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "style": TEXT | st.sampled_from(["line", "area"]),
            "axis": TEXT | st.sampled_from(["log", "percent"]),
            "zone": TEXT | st.sampled_from(["Asia/Tokyo", "../x", "Europe"]),
            "volume": st.booleans(),
            "indicators": st.lists(TEXT | st.sampled_from(["sma:20", "macd", "foo"]), max_size=5),
            "lines": st.lists(TEXT | st.sampled_from(["5", "1@2~3@4/right"]), max_size=5),
        },
    )
)
def test_any_elements_are_a_chart_or_refused_with_a_sentence(elements: dict[str, object]) -> None:
    base = {"type": "subscribe", "chart": 1, "symbol": "A-B", "interval": "1m"}
    size = {"width": 100, "height": 100}
    try:
        message = parse_client_message(json.dumps({**base, **size, **elements}))
        assert isinstance(message, Subscribe)
        request = chart_request(MARKET, message.query)
    except (ProtocolError, RequestError) as error:
        assert len(str(error)) > 10
        return
    assert len(request.indicators) == len(request.spec.elements.studies)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("style", ""),
        ("style", "x" * 41),
        ("volume", "true"),
        ("indicators", "sma"),
        ("indicators", ["x" * 3001]),
        ("indicators", ["sma"] * 65),
        ("lines", [5]),
        ("countdown", 1),
        ("colour", "red"),
    ],
)
def test_elements_out_of_bounds_are_refused(field: str, value: object) -> None:
    fields = {"chart": 1, "symbol": "A-B", "interval": "1m", "width": 100, "height": 100}
    with pytest.raises(ProtocolError, match="message was refused"):
        parse_client_message(json.dumps({"type": "subscribe", **fields, field: value}))


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ProtocolError):
        parse_client_message("[" * 2000)


@given(st.text(max_size=200), st.integers(10, 130))
def test_shortened_reason_fits(reason: str, limit: int) -> None:
    short = shorten(reason, limit)
    assert len(short.encode()) <= limit
    assert short == reason or short.endswith("…")
