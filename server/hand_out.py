"""Draws what tabs need and gives it to them: keyframes one by one, patches joined in one picture.

One picture per distinct chart or set of charts is drawn and shared by all its viewers. Handing out
never waits for a socket: every tab has a task of its own that sends.
"""

import asyncio
import logging
from collections.abc import Iterable
from time import monotonic_ns

from chart_acceleration.pipeline import Atlas, PatchPlace
from server.drawing import Drawing
from server.errors import DrawFailed, PictureUnavailable
from server.frame_sets import box_of, sets_of_one_picture
from server.frames_client import FramesClient, Picture, Watch
from server.frames_protocol import Box, Kind
from server.live_view import LiveView
from server.telemetry import Telemetry

_log = logging.getLogger(__name__)


class HandOut:
    """Used from the event loop only."""

    def __init__(self, drawing: Drawing, telemetry: Telemetry) -> None:
        self._drawing = drawing
        self._telemetry = telemetry

    async def keyframes(self, clients: Iterable[FramesClient], now_ns: int) -> None:
        """Whole pictures, drawn where there is none of the newest numbers, to all who lack them."""
        watched: dict[LiveView, list[Watch]] = {}
        for client in clients:
            for watch in client.watches.values():
                watched.setdefault(watch.view, []).append(watch)
        await asyncio.gather(
            *(
                self._draw(view, watches)
                for view, watches in watched.items()
                if view.needs_keyframe(self._drawing)
            )
        )
        for client in clients:
            for chart, watch in list(client.watches.items()):
                if watch.keyframe_due and client.has_room_for(chart):
                    self._give_keyframe(client, chart, watch, now_ns)

    async def _draw(self, view: LiveView, watches: Iterable[Watch]) -> None:
        data, facts = view.data, view.facts
        if data is None or facts is None:
            return
        self._began(min((w.caused_ns for w in watches if w.caused_ns), default=0))
        try:
            keyframe = await self._drawing.keyframe(data, view.spec, facts.furniture)
        except DrawFailed as error:
            view.failure = str(error)
        except PictureUnavailable:
            view.keyframe = None  # the tier changes for everybody at the end of the tick
        else:
            view.keep(keyframe, data, facts)

    def _give_keyframe(self, client: FramesClient, chart: int, watch: Watch, now_ns: int) -> None:
        view = watch.view
        if view.keyframe is None:
            return
        whole = Box(0, 0, view.spec.width, view.spec.height)
        entry = (chart, Kind.KEYFRAME, whole, whole, view.keyframe_meta, view.keyframe_rows)
        live = watch.serial >= 0
        cause = watch.caused_ns if live else 0
        picture = Picture("keyframe", view.keyframe.webp, (entry,), cause, live)
        client.offer_picture(picture, now_ns)
        watch.sent(view.serial, view.keyframe_version)

    async def patches(self, clients: Iterable[FramesClient], now_ns: int) -> None:
        """Strips of all charts whose content changed, one picture for each look."""
        groups: dict[tuple[LiveView, ...], list[FramesClient]] = {}
        for client in clients:
            for views in sets_of_one_picture(client.patches_due())[: client.room]:
                groups.setdefault(views, []).append(client)
        await asyncio.gather(
            *(self._atlas(views, group, now_ns) for views, group in groups.items())
        )

    async def _atlas(
        self, views: tuple[LiveView, ...], clients: list[FramesClient], now_ns: int
    ) -> None:
        jobs = {
            view: (view.keyframe, view.data)
            for view in views
            if view.keyframe and view.data is not None
        }
        if not jobs:
            return
        causes = [cause for client in clients if (cause := _cause(client, jobs))]
        self._began(min(causes, default=0))
        try:
            atlas = await self._drawing.patches(list(jobs.values()))
        except DrawFailed as error:
            _log.error("patches of %d charts: %s; keyframes follow", len(views), error)
            for view in views:
                view.keyframe = None
            return
        except PictureUnavailable:
            return
        for client in clients:
            self._give_patch(client, dict(zip(jobs, atlas.places, strict=True)), atlas, now_ns)

    def _give_patch(
        self,
        client: FramesClient,
        places: dict[LiveView, PatchPlace],
        atlas: Atlas,
        now_ns: int,
    ) -> None:
        entries = []
        cause = _cause(client, places)
        for chart, watch in client.watches.items():
            place = places.get(watch.view)
            if place is None or not watch.patch_due:
                continue
            boxes = (box_of(place.source), box_of(place.target))
            entries.append((chart, Kind.PATCH, *boxes, watch.view.meta, watch.view.rows))
            watch.sent(watch.view.serial, watch.view.version)
        if entries and client.visible:
            picture = Picture("patch", atlas.webp, tuple(entries), cause)
            if not client.offer_picture(picture, now_ns):
                self._telemetry.left_out("equal")

    def _began(self, received_ns: int) -> None:
        """A picture is begun whose oldest news arrived at ``received_ns``, 0 without news."""
        if received_ns:
            self._telemetry.stage("wait", monotonic_ns() - received_ns)


def _cause(client: FramesClient, views: Iterable[LiveView]) -> int:
    """When the first trade was received that the tab has not seen of ``views``; 0 for none."""
    shown = set(views)
    causes = (w.caused_ns for w in client.watches.values() if w.view in shown and w.caused_ns)
    return min(causes, default=0)
