"""What a report shows, and what it would fetch."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_FETCHING = {"src", "srcset", "href", "action", "data", "poster", "xlink:href"}


@dataclass
class Report:
    """``addresses`` are all that are no data of the page's own; ``metrics`` the cards by key."""

    addresses: list[str] = field(default_factory=list)
    metrics: dict[str, str] = field(default_factory=dict)
    text: str = ""
    tags: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def read_report(page: str) -> Report:
    """Parse ``page``."""
    found = Report()
    parser: Any = HTMLParser()
    state: dict[str, str | None] = {"metric": None}

    def begins(tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found.tags.append(tag)
        given = dict(attributes)
        state["metric"] = given.get("data-metric")
        for name, value in given.items():
            if name in _FETCHING and value:
                (found.pictures if value.startswith("data:image/") else found.addresses).append(
                    value
                )

    def says(text: str) -> None:
        found.text += text
        metric = state["metric"]
        if metric:
            found.metrics[metric] = found.metrics.get(metric, "") + text

    def ends(_: str) -> None:
        state["metric"] = None

    parser.handle_starttag = begins
    parser.handle_data = says
    parser.handle_endtag = ends
    parser.feed(page)
    assert "url(" not in page
    assert "@import" not in page
    return found
