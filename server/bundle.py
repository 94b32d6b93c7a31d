"""The page's scripts as one file, and its style sheets as another.

The sources stay what they are, many small files of one folder. A browser asks for two addresses
instead of a hundred; each holds a hash of its content, so a browser keeps what it has, and asks for
another address after an upgrade. See docs/decisions/040-one-script-and-one-sheet.md.
"""

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response

_KEPT = "public, max-age=31536000, immutable"
_GZIP = 16 + zlib.MAX_WBITS
_SCRIPTS_APART = frozenset({"theme.js"})
"""Loaded in the head, before the first paint."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One file for a page: the address it has, its type, its bytes, and these once more in gzip."""

    path: str
    media_type: str
    content: bytes
    packed: bytes


def offer_bundles(app: FastAPI, folder: Path) -> tuple[str, str]:
    """Have ``app`` answer with the scripts and the sheets of ``folder``; the paths of both."""
    made = scripts(folder), sheets(folder)
    app.include_router(_routes(made))
    return made[0].path, made[1].path


def scripts(folder: Path) -> Bundle:
    """All scripts of ``folder``, by name. What one of them throws is reported and stops no other.

    Within a block ``"use strict"`` is no directive, so the one at the top holds for all.
    """
    parts = (
        f"try {{ // {path.name}\n{path.read_text()}}} catch (error) {{ reportError(error); }}\n"
        for path in sorted(folder.glob("*.js"))
        if path.name not in _SCRIPTS_APART
    )
    return _bundle("scripts", "js", "text/javascript", ['"use strict";\n', *parts])


def sheets(folder: Path) -> Bundle:
    """All style sheets of ``folder``, by name: the later one wins."""
    parts = (f"/* {path.name} */\n{path.read_text()}" for path in sorted(folder.glob("*.css")))
    return _bundle("sheets", "css", "text/css", parts)


def _bundle(name: str, suffix: str, media_type: str, parts: Iterable[str]) -> Bundle:
    content = "".join(parts).encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    # In the folder of the sources: addresses within a sheet are relative to its own.
    path = f"/assets/{name}.{digest}.{suffix}"
    packed = zlib.compress(content, level=9, wbits=_GZIP)
    return Bundle(path, f"{media_type}; charset=utf-8", content, packed)


def _routes(bundles: Iterable[Bundle]) -> APIRouter:
    by_path = {bundle.path: bundle for bundle in bundles}
    router = APIRouter(include_in_schema=False)

    async def bundle(request: Request) -> Response:
        found = by_path[request.url.path]
        headers = {"Cache-Control": _KEPT, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(found.content, headers=headers, media_type=found.media_type)
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, headers=headers, media_type=found.media_type)

    for path in by_path:
        router.add_api_route(path, bundle)
    return router
