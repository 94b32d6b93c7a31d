"""Messages: whole or in pieces, and none that lies."""

import json
import struct

import numpy as np
import pytest

from research.child.messages import Message, MessageReader, encode
from research.errors import BadRecord
from trading.engine.records import FILL


def test_numbers_and_records_come_back_as_they_were() -> None:
    fills = np.zeros(3, FILL)
    fills["price"] = [1.5, 2.5, 3.5]
    sent = encode(
        Message({"a": [1, None, "ä"]}, {"x": np.arange(6.0).reshape(2, 3), "f": fills,
                                        "e": np.zeros((0, 4)), "b": np.array([True, False])})
    )  # fmt: skip
    reader = MessageReader(1 << 20)
    found = [each for byte in bytes(sent + sent) for each in reader.feed(bytes([byte]))]
    assert len(found) == 2
    assert found[1].tree == {"a": [1, None, "ä"]}
    np.testing.assert_array_equal(found[1].arrays["x"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(found[1].arrays["f"], fills)
    assert found[1].arrays["f"].dtype == FILL
    assert found[1].arrays["e"].shape == (0, 4)
    assert found[1].arrays["b"].tolist() == [True, False]
    assert not found[1].arrays["x"].flags.writeable


def lie(told: object, data: bytes = b"") -> bytes:
    text = json.dumps(told).encode()
    return struct.pack("<qq", len(text), len(data)) + text + data


@pytest.mark.parametrize(
    "bad",
    [
        struct.pack("<qq", 1 << 40, 0),
        struct.pack("<qq", -1, 5),
        lie("nothing"),
        lie([{}, [["x", "<f8", [3]]]], b"\0" * 16),
        lie([{}, [["x", "<f8", [-1, -1]]]], b"\0" * 8),
        lie([{}, [["x", "|O", [1]]]], b"\0" * 8),
        lie([{}, [["x", [["a", "|O"]], [1]]]], b"\0" * 8),
        lie([{}, [["x", "<U4", [1]]]], b"\0" * 16),
        lie([{}, [["x", "<f8"]]]),
        struct.pack("<qq", 3, 0) + b"\xff{}",
    ],
)  # fmt: skip
def test_a_message_that_lies_is_refused(bad: bytes) -> None:
    with pytest.raises(BadRecord):
        list(MessageReader(1 << 20).feed(bad))


def test_objects_are_not_sent() -> None:
    with pytest.raises(BadRecord, match="objects"):
        encode(Message({}, {"x": np.array([object()])}))
