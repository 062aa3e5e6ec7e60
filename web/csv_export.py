"""Tables for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

Cell = str | int | float | None
# What a spreadsheet takes for a formula: strangers' words must not become one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(cell: Cell) -> Cell:
    """As text where it might run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """UTF-8 with a mark at its beginning, without which Excel reads it as something else."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return Response(
        "\ufeff" + written.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
