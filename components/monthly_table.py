"""Returns of every month and year as a table whose cells are coloured by gain and loss."""

from collections.abc import Sequence

from dash import html

from components.formats import NONE, signed, tone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STRONGEST = 40.0
"""Percent a month from which the colour gets no stronger."""
_ROOMY = 4  # years that have room for high rows
_LEAST, _MOST = 8, 50  # percent of the colour over the panel


def monthly_table(
    years: Sequence[int], months: Sequence[Sequence[float | None]], totals: Sequence[float | None]
) -> html.Table:
    """Oldest year first; ``months`` twelve returns in percent a year, None where there are none."""
    names = ("", *MONTHS, "Year")
    head = html.Tr([html.Th(name, scope="col") for name in names])
    rows = [
        html.Tr([html.Th(str(year), scope="row"), *map(_cell, row), _cell(total, "month-year")])
        for year, row, total in zip(years, months, totals, strict=True)
    ]
    caption = html.Caption("Return of every month in percent", className="visually-hidden")
    look = "months is-dense" if len(years) > _ROOMY else "months"
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className=look)


def _cell(value: float | None, look: str = "") -> html.Td:
    written = signed(value, 1)
    if value is None or written == NONE:
        return html.Td(html.Span(NONE, className="month-none"), className=look)
    kind = tone(written)
    mix = 0 if kind == "flat" else _LEAST + (_MOST - _LEAST) * min(1.0, abs(value) / _STRONGEST)
    cell = html.Span(written, className=f"month month-{kind}", style={"--mix": f"{mix:.0f}%"})
    return html.Td(cell, className=f"{look} {kind if look else ''}".strip())
