"""How far each receiver has been told, kept in a file so that a restart leaves nothing out."""

import hashlib
import logging
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from paper_trading.views import EventView
from storage.errors import WriteFailed
from storage.files import replace_files, write_synced

_log = logging.getLogger(__name__)

Places = dict[str, dict[int, int]]


class WebhookPlaces:
    """By receiver and account the newest event that was taken; ``path`` None: for this run alone.

    Receivers are named by a digest of their addresses, which may hold secrets. A receiver that is
    new here begins with what happens from now on.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._places = _read(path) if path is not None else {}

    def begin(self, url: str, newest: Mapping[int, int]) -> Mapping[int, int]:
        """Where ``url`` goes on in each account.

        ``newest`` is the last event of each account: a new receiver begins after it. Of accounts
        that were opened since it was last told anything it gets everything.
        """
        with self._lock:
            places = self._places.get(_digest(url))
            if places is None:
                self._places[_digest(url)] = dict(newest)
                self._write()
                return dict(newest)
            return {account: places.get(account, 0) for account in newest}

    def took(self, url: str, events: Sequence[EventView]) -> None:
        """``url`` took these; written to disk before this returns, as far as it can be written."""
        with self._lock:
            places = self._places.setdefault(_digest(url), {})
            for event in events:
                places[event.account] = max(event.seq, places.get(event.account, 0))
            self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        content = msgspec.json.encode(self._places)
        try:
            replace_files({self._path: lambda path: write_synced(path, content)})
        except WriteFailed as error:
            _log.warning("after a restart webhooks may be told twice: %s", error)


def _read(path: Path) -> Places:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Places)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        _log.warning("%s cannot be read (%s): webhooks begin anew", path, error)
        return {}


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]
