"""Walking Dash trees without a browser."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts(tree: Any) -> Iterator[Any]:
    """``tree`` and every component inside it, props like ``label`` and ``leftSection`` included."""
    if isinstance(tree, Component):
        yield tree
        for value in properties(tree).values():
            yield from parts(value)
    elif isinstance(tree, list | tuple):
        for item in tree:
            yield from parts(item)


def texts(tree: Any) -> str:
    """All words of ``tree``, one space between parts."""
    found: list[str] = []
    _collect(tree, found)
    return " ".join(" ".join(found).split())


def _collect(tree: Any, found: list[str]) -> None:
    if isinstance(tree, str | int | float) and not isinstance(tree, bool):
        found.append(str(tree))
    elif isinstance(tree, list | tuple):
        for item in tree:
            _collect(item, found)
    elif isinstance(tree, Component):
        for name in ("label", "children", "rightSection"):
            _collect(getattr(tree, name, None), found)


def element_ids(tree: Any) -> list[str]:
    """The ids in ``tree``, in order; pattern ids as text."""
    return [str(part.id) for part in parts(tree) if getattr(part, "id", None) is not None]


def by_id(tree: Any, wanted: object) -> Any:
    """The one component with this id."""
    (found,) = [part for part in parts(tree) if getattr(part, "id", None) == wanted]
    return found


def by_class(tree: Any, name: str) -> list[Any]:
    """The components that carry the class ``name``."""
    return [p for p in parts(tree) if name in (getattr(p, "className", None) or "").split()]


def attribute(part: Component, name: str) -> Any:
    """A ``data-`` or ``aria-`` attribute."""
    return properties(part).get(name)


def properties(part: Component) -> dict[str, Any]:
    """Everything given to the component, by name."""
    given: dict[str, Any] = part.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    return given
