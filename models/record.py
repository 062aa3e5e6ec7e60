"""Frozen dataclasses that travel between processes.

What `dataclass` gives its frozen classes with slots to be pickled by walks through the fields in Python and
takes twice as long as this. A search took less time to find full products than to send them.
"""

import copyreg
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, cast, dataclass_transform

Kind = TypeVar("Kind")

_setters: dict[type, tuple[Callable[[Any, Any], None], ...]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(kind: type[Kind]) -> type[Kind]:
    made: Any = dataclass(frozen=True, slots=True, kw_only=True)(kind)
    names = [each.name for each in fields(made)]
    read = attrgetter(*names) if len(names) > 1 else lambda one: (getattr(one, names[0]),)
    _setters[made] = tuple(made.__dict__[name].__set__ for name in names)
    copyreg.pickle(made, lambda one: (_restored, (made, read(one))))
    return cast(type[Kind], made)


def _restored(kind: type[Kind], values: Sequence[object]) -> Kind:
    one = object.__new__(kind)
    for put, value in zip(_setters[kind], values, strict=True):
        put(one, value)
    return one
