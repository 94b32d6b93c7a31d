"""Which live orders of an engine are not as they were told last."""

import numpy as np

from trading.engine.records import ORDER, Books
from trading.paper.order_changes import WIDTH, Seen, finding

__all__ = ["OrderWatch"]


class OrderWatch:
    """The live orders of one engine by their places."""

    def __init__(self) -> None:
        self._told = np.zeros(64, ORDER)
        self._places = np.zeros(64, np.int64)
        self._found = np.zeros((64, WIDTH))
        self._count = 0
        self._ended: list[Seen] = []
        self._find = finding()

    def add(self, number: int) -> None:
        """Watch order ``number``, of which nothing was told yet; no number comes twice."""
        if number > len(self._told):
            self._told = np.concatenate((self._told, np.zeros(max(number, 64), ORDER)))
        if self._count == len(self._places):
            self._places = np.concatenate((self._places, np.zeros(self._count, np.int64)))
            self._found = np.zeros((len(self._places), WIDTH))
        self._places[self._count] = number - 1
        self._count += 1

    def add_ended(self, number: int, state: int, reason: int) -> None:
        """Order ``number``, the newest, ended before anybody could be told of it."""
        self._ended.append(Seen(number, state, reason))

    def changed(self, books: Books) -> list[Seen]:
        """Those that changed or ended since the last call, oldest first."""
        ended, self._ended = self._ended, []
        if not self._count:
            return ended
        found, self._count = self._find(
            books.orders, self._told, self._places, self._count, self._found
        )
        return [*(Seen(*row) for row in self._found[:found].tolist()), *ended]
