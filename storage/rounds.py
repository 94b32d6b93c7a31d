"""A thread that stores something every few seconds, for as long as the program runs."""

import logging
import threading
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from market.errors import ColumnsBusy
from storage.errors import StorageError
from storage.files import claim_folder

log = logging.getLogger(__name__)

STOP_S = 5.0


class Rounds:
    """Calls ``save`` every ``every_s`` seconds, and a last time at the end.

    What cannot be stored is told once and tried again in the next round; ``failure`` says why while
    that lasts. ``what`` names it for people, in the plural.
    """

    def __init__(self, what: str, folder: Path, save: Callable[[], object], every_s: float) -> None:
        self.failure = ""
        self._what = what
        self._folder = folder
        self._save = save
        self._every_s = every_s
        self._claim: FileIO | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{what} keeper", daemon=True)

    def start(self) -> None:
        """Start the thread; call once."""
        self._thread.start()

    def stop(self) -> None:
        """Store what is left and end, within :data:`STOP_S` seconds; others may write then."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        if not self._thread.is_alive():  # else it gives the folder back when it is done
            self._give_back()

    def claim(self) -> None:
        """Make this process the only one that writes to the folder, until :meth:`stop`.

        Raises :class:`StorageError` while another process does.
        """
        if self._claim is None:
            self._claim = claim_folder(self._folder)

    def _give_back(self) -> None:
        claim, self._claim = self._claim, None
        if claim is not None:
            claim.close()

    def _run(self) -> None:
        try:
            self._save_until_stopped()
        finally:
            self._give_back()

    def _save_until_stopped(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(self._every_s)
            try:
                self._save()
            except (StorageError, ColumnsBusy) as error:
                if not self.failure:
                    log.error("%s are not being stored: %s", self._what, error)
                self.failure = str(error)
            else:
                if self.failure:
                    log.warning("%s are being stored again", self._what)
                self.failure = ""
