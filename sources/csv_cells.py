"""Tables to be opened in a spreadsheet: no cell of a stranger's may be computed there."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# So that Excel takes it for UTF-8.
MARK = "\ufeff"
_COMPUTED = re.compile(r"'*[=+\-@\t\r]")


def row_text(cells: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Lines of CSV. `tables.read_table` takes the apostrophes off again."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([[_armed(cell) for cell in line] for line in cells])
    return out.getvalue()


def _armed(cell: str) -> str:
    return f"'{cell}" if _COMPUTED.match(cell) else cell
