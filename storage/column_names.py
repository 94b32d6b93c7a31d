"""Which column is which: by the names that exchanges, vendors and chart programs give them.

Names are compared without case, spaces, signs, what stands in brackets and leading digits:
``<OPEN>``, ``Open (USD)`` and ``1. open`` are ``open``.
"""

import re
from collections.abc import Sequence

PRICES = ("open", "high", "low", "close")

_NAMES = {
    "time": (
        "time timestamp date datetime opentime ts t unix unixtime unixtimestamp start starttime "
        "begin bucket timens timeus timems times timeutc dateutc gmttime index unnamed"
    ),
    "open": "open o openprice priceopen first",
    "high": "high h highprice pricehigh max",
    "low": "low l lowprice pricelow min",
    "close": "close c closeprice priceclose last",
    "volume": "volume v vol basevolume volumebase amount qty quantity size tickvolume tickvol",
    "trades": "trades n count tradecount tradescount numberoftrades numtrades transactions",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}

CLOCK = "clock"
"""Role of a column ``time`` beside a column ``date``: the time of day."""


def simple(name: str) -> str:
    """``name`` as it is compared."""
    return re.sub(r"\(.*?\)|[^a-z]", "", name.lower())


def roles_of(names: Sequence[str]) -> dict[str, int]:
    """The column of each role that some name plays; the first of several."""
    roles: dict[str, int] = {}
    plain = [simple(name) for name in names]
    for at, name in enumerate(plain):
        role = _ROLES.get(name) or ("time" if not name and not at else None)
        if role is None and name.startswith("vol"):
            role = "volume"
        if role is not None:
            roles.setdefault(role, at)
    if "date" in plain and "time" in plain:
        roles["time"], roles[CLOCK] = plain.index("date"), plain.index("time")
    return roles


def missing(roles: dict[str, int]) -> list[str]:
    """What a series of candles needs and ``roles`` lacks."""
    return [role for role in ("time", *PRICES) if role not in roles]


def roles_by_place(columns: int) -> dict[str, int] | None:
    """Roles in a file without names: time, prices, volume, trades; None for too few or many.

    Twelve columns are Binance's, with the trades in the ninth.
    """
    if not (5 <= columns <= 7 or columns == 12):
        return None
    roles = {role: at for at, role in enumerate(("time", *PRICES, "volume")) if at < columns}
    if columns > 6:
        roles["trades"] = 8 if columns == 12 else 6
    return roles


PRICE_ORDERS = (PRICES, ("low", "high", "open", "close"))
"""Orders of prices in files without names: the usual one and that of Coinbase's REST answers."""
