"""An import: a file of products that somebody uploaded, how it is read, what came of it.

draft -> checking -> ready -> running <-> paused
|                    |
failed       done, failed, cancelled -> undoing -> undone
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Missing = Literal["keep", "deactivate"]
AT_WORK = ("checking", "running", "undoing")
ENDED = ("done", "failed", "cancelled", "undone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the file is read. `mapping`: sources.column_mapping's, as JSON; None: it needs none."""

    format: str
    encoding: str = "utf-8"
    mapping: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A product of the file, as it would come in. `change`: new, changed or unchanged."""

    row: int
    id: str | None
    name: str
    change: str
    price_min_minor: int
    price_max_minor: int
    variants: int
    image: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    row: int
    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`missing`: active products that the file does not name. `shown`, `faults`: the first of them."""

    new: int
    changed: int
    unchanged: int
    bad: int
    missing: int
    shown: tuple[Shown, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Products it made, changed, and switched off because the file has them no more."""

    created: int = 0
    changed: int = 0
    deactivated: int = 0

    @property
    def any(self) -> bool:
        return bool(self.created or self.changed or self.deactivated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """`counts`: once it has ended. `bad`: rows that were not taken; `kept`: products an undo left alone.

    `fault`: what is wrong with the file as a whole. `erased_at`: since then nothing can be taken back.
    """

    id: str
    merchant_id: str
    name: str
    bytes: int
    reading: Reading
    missing: Missing
    status: str
    job_id: str | None
    preview: Preview | None
    counts: Counts
    bad: int
    unchanged: int
    kept: int
    fault: Fault | None
    created_at: datetime
    finished_at: datetime | None
    erased_at: datetime | None

    @property
    def file(self) -> str:
        return file_name(self.id)

    @property
    def undoable(self) -> bool:
        return self.status in ("done", "cancelled", "failed") and self.erased_at is None


def file_name(import_id: str) -> str:
    return f"imports/{import_id}"


def bad_rows_name(import_id: str, extension: str) -> str:
    return f"imports/{import_id}.bad.{extension}"
