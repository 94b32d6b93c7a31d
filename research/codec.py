"""Our frozen records as plain JSON values and arrays, and back by their type hints. No pickle.

Records are dataclasses of records, numbers, texts, enums, ``Decimal``, arrays, tuples and mappings.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from research.errors import BadRecord

__all__ = ["Arrays", "pack", "unpack"]

Arrays = dict[str, NDArray[Any]]
R = TypeVar("R")
_ARRAY = "array"


def pack(record: object) -> tuple[Any, Arrays]:
    """``record`` as (tree for JSON, arrays); the tree holds the names of the arrays.

    Raises :class:`BadRecord` for what is neither.
    """
    arrays: Arrays = {}
    return _packed(record, arrays), arrays


def unpack(kind: type[R], tree: Any, arrays: Mapping[str, NDArray[Any]]) -> R:
    """The record of type ``kind`` that :func:`pack` made ``tree`` and ``arrays`` of.

    Arrays are shared, not copied. Raises :class:`BadRecord` where the tree is no such record; what
    the record's own checks raise passes through.
    """
    try:
        return cast(R, _unpacked(kind, tree, arrays))
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise BadRecord(f"This is no {kind.__name__}: {error!r:.200}") from None


def _packed(value: Any, arrays: Arrays) -> Any:
    if isinstance(value, np.ndarray):
        name = str(len(arrays))
        arrays[name] = value
        return {_ARRAY: name}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value):
        return {each.name: _packed(getattr(value, each.name), arrays) for each in fields(value)}
    if isinstance(value, Mapping):
        return [[_packed(key, arrays), _packed(each, arrays)] for key, each in value.items()]
    if isinstance(value, Sequence):
        return [_packed(each, arrays) for each in value]
    raise BadRecord(f"A {type(value).__name__} cannot be written down.")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _unpacked(kind: Any, tree: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _one_of(inner, tree, arrays)
    if kind is np.ndarray or origin is np.ndarray:
        return arrays[tree[_ARRAY]]
    if origin is Literal:
        if tree in inner:
            return tree
        raise TypeError(f"{tree!r:.40} is none of {inner}")
    if origin is not None and issubclass(origin, Mapping):
        pairs = ((_unpacked(inner[0], k, arrays), _unpacked(inner[1], v, arrays)) for k, v in tree)
        return types.MappingProxyType(dict(pairs))
    if origin is not None and issubclass(origin, Sequence):
        if origin is tuple and inner[-1] is not Ellipsis:
            items = zip(inner, tree, strict=True)
        else:
            items = ((inner[0], each) for each in tree)  # type: ignore[assignment]
        return tuple(_unpacked(each, part, arrays) for each, part in items)
    if is_dataclass(kind):
        hints = _hints(cast(type, kind))
        wanted = [each.name for each in fields(kind) if each.init]
        made: Any = kind
        return made(**{name: _unpacked(hints[name], tree[name], arrays) for name in wanted})
    return _plain(kind, tree)


def _plain(kind: Any, tree: Any) -> Any:
    kind = getattr(kind, "__supertype__", kind)
    if kind in (Any, object):
        return tree
    if kind is type(None):
        if tree is None:
            return None
        raise TypeError(f"{tree!r:.40} is not None")
    if isinstance(kind, type) and issubclass(kind, Enum | Decimal):
        return kind(tree)
    if kind is float and isinstance(tree, int) and not isinstance(tree, bool):
        return tree  # whole numbers stay whole: they are written as such
    if isinstance(tree, kind):
        return tree
    raise TypeError(f"{tree!r:.40} is no {kind.__name__}")


def _one_of(kinds: tuple[Any, ...], tree: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    if tree is None and type(None) in kinds:
        return None
    wrong = TypeError(f"{tree!r:.40} is none of {kinds}")
    for kind in kinds:
        if kind is type(None):
            continue
        try:
            return _unpacked(kind, tree, arrays)
        except (KeyError, TypeError, ValueError) as error:
            wrong = TypeError(str(error))
    raise wrong
