"""Messages between this process and a child: JSON and plain arrays, no pickle.

A message is 16 bytes (two little-endian int64: how long the text and the data are), the text (JSON:
``[tree, [[name, dtype, shape], …]]``) and the data of the arrays one after the other.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.lib.format import descr_to_dtype, dtype_to_descr
from numpy.typing import NDArray

from research.codec import Arrays
from research.errors import BadRecord

__all__ = ["Message", "MessageReader", "encode"]

_HEAD = struct.Struct("<qq")


@dataclass(frozen=True, slots=True)
class Message:
    """A ``tree`` that JSON can hold, NaN included, and ``arrays`` of numbers by name."""

    tree: Any
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def encode(message: Message) -> bytearray:
    """The message as bytes; raises :class:`BadRecord` for arrays of objects."""
    kept = {name: np.ascontiguousarray(array) for name, array in message.arrays.items()}
    if any(array.dtype.hasobject for array in kept.values()):
        raise BadRecord("An array of objects cannot be sent.")
    told = [[name, dtype_to_descr(each.dtype), each.shape] for name, each in kept.items()]
    text = json.dumps([message.tree, told]).encode()
    size = sum(array.nbytes for array in kept.values())
    sent = bytearray(_HEAD.pack(len(text), size) + text)
    for array in kept.values():
        sent += array.data.cast("B") if array.size else b""
    return sent


class MessageReader:
    """Puts messages together from pieces; raises :class:`BadRecord` for more than ``most`` bytes.

    Nothing that a message says is believed: sizes, types and shapes are looked at first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = bytearray()

    def feed(self, piece: bytes) -> Iterator[Message]:
        """The messages that ``piece`` completes."""
        self._kept += piece
        while len(self._kept) >= _HEAD.size:
            text, data = _HEAD.unpack_from(self._kept)
            if text < 0 or data < 0 or text + data > self._most:
                raise BadRecord(
                    f"A message of {text + data:,} bytes came; allowed is up to {self._most:,}."
                )
            end = _HEAD.size + text + data
            if len(self._kept) < end:
                return
            whole = bytes(memoryview(self._kept)[_HEAD.size : end])
            del self._kept[:end]
            yield _decode(whole, text)


def _decode(whole: bytes, text: int) -> Message:
    try:
        tree, told = json.loads(whole[:text])
        arrays: Arrays = {}
        start = text
        for name, descr, shape in told:
            dtype = _safe_dtype(descr)
            count = prod(shape)
            if count < 0 or start + count * dtype.itemsize > len(whole):
                raise BadRecord(f"Array {name} is longer than its message.")
            arrays[str(name)] = np.frombuffer(whole, dtype, count, start).reshape(shape)
            start += count * dtype.itemsize
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadRecord(f"A message could not be read: {error!s:.200}") from None
    return Message(tree, arrays)


def _safe_dtype(descr: Any) -> np.dtype[Any]:
    """The type of an array; raises :class:`BadRecord` unless of numbers, or of records of them."""
    if isinstance(descr, list):
        descr = [tuple(tuple(p) if isinstance(p, list) else p for p in each) for each in descr]
    dtype: np.dtype[Any] = descr_to_dtype(descr)
    parts = [each[0] for each in (dtype.fields or {"": (dtype, 0)}).values()]
    if dtype.hasobject or any(part.base.kind not in "biufV" for part in parts):
        raise BadRecord(f"An array of {dtype} came; allowed are numbers.")
    return dtype
