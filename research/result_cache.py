"""Results that need not be computed again, kept for as long as the program runs."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from research.child.messages import Message, MessageReader, encode
from research.code_version import code_version
from research.codec import pack, unpack
from research.errors import BadRecord
from research.outcome import Outcome
from research.views import BacktestRequest
from storage.byte_cache import ByteCache

__all__ = ["ResultCache", "result_key"]

MOST_RESULTS = 16
LARGEST = 16 * 1024 * 1024
"""Bytes of a result that is worth a place; a larger one is found in the history."""
SPARE = 1024 * 1024
"""Of them, for what is not arrays."""


def result_key(request: BacktestRequest, strategy: str, candles: Sequence[str]) -> str:
    """The same for what must give the same result.

    ``strategy`` is a hash of a user's file, empty for one of ours, which belong to the code's
    version; ``candles`` are the keys of their contents. Which range they were asked for by does not
    matter.
    """
    tree, _ = pack(replace(request, start_ns=None, end_ns=None, dataset=None))
    tree["values"] = sorted(tree["values"])
    text = json.dumps([code_version(), strategy, list(candles), tree], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class ResultCache:
    """The newest results of ordinary size. May be used from any thread."""

    def __init__(self) -> None:
        self._cache = ByteCache("candlecast-results", MOST_RESULTS, 0)

    def get(self, key: str) -> Outcome | None:
        """What was kept under ``key``, if it is still there."""
        kept = self._cache.get(key)
        if kept is None:
            return None
        try:
            (message,) = MessageReader(LARGEST).feed(kept)
            return unpack(Outcome, message.tree, message.arrays)
        except (BadRecord, ValueError):
            return None  # of a back end that others write to: computed again

    def put(self, key: str, outcome: Outcome) -> None:
        """Keep ``outcome``; the oldest go when there are too many."""
        tree, arrays = pack(outcome)
        if sum(array.nbytes for array in arrays.values()) < LARGEST - SPARE:
            self._cache.put(key, bytes(encode(Message(tree, arrays))))
