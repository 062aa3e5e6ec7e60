import itertools
from collections.abc import Callable

import pytest

from sources.drafts import ProductDraft
from sources.reading import read
from sources.rows import ProductRow, RowError


class Reading:
    """A file read whole: what came in, and what did not."""

    def __init__(self, format_name: str, text: str | bytes, currency: str = "EUR") -> None:
        data = text.encode() if isinstance(text, str) else text
        items = list(read(format_name, data, currency))
        self.rows = [item for item in items if isinstance(item, ProductRow)]
        self.errors = [item for item in items if isinstance(item, RowError)]

    @property
    def drafts(self) -> list[ProductDraft]:
        return [row.draft for row in self.rows]

    @property
    def only(self) -> ProductDraft:
        assert not self.errors, self.errors
        (draft,) = self.drafts
        return draft

    @property
    def places(self) -> list[tuple[int, str]]:
        return [(error.row, error.field) for error in self.errors]


@pytest.fixture
def reading() -> type[Reading]:
    return Reading


@pytest.fixture
def new_id() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"made-{next(numbers)}"
