"""Tells charts how far their history has come, while it is being asked for."""

from weakref import WeakKeyDictionary

from data_feed.history_progress import HistoryProgress
from server.frame_texts import loading_text
from server.frames_client import FramesClient


class LoadingTeller:
    """Used from the event loop only."""

    def __init__(self, history: HistoryProgress) -> None:
        self._history = history
        self._told: WeakKeyDictionary[FramesClient, set[int]] = WeakKeyDictionary()

    def tell(self, client: FramesClient) -> None:
        """A text for every chart whose candles are asked for, and one when they are there."""
        told = self._told.setdefault(client, set())
        for chart, watch in client.watches.items():
            spec = watch.view.spec
            asked = self._history.asked(spec.symbol, spec.interval)
            if asked is not None:
                told.add(chart)
                client.offer_text(f"loading {chart}", loading_text(chart, *asked))
            elif chart in told:
                told.discard(chart)
                client.offer_text(f"loading {chart}", loading_text(chart, 0, 0))
