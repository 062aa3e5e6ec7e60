"""One product out of several rows of a table.

A product is all of its rows: one bad row, and the whole product is left out, never half of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from sources.cells import Cells
from sources.drafts import ProductDraft
from sources.rows import Location, Place, ProductRow, RowError, row_errors
from sources.tables import Record, Table

MakeCells = Callable[[Table, Record, str, list[RowError]], Cells]


class Joined:
    """`columns` and `variant_columns`: field of a draft -> column of the table, where they differ."""

    def __init__(
        self,
        table: Table,
        records: Sequence[Record],
        currency: str,
        columns: Mapping[str, str],
        variant_columns: Mapping[str, str],
        *,
        product_id: str,
        make_cells: MakeCells = Cells,
    ) -> None:
        self._table = table
        self._currency = currency
        self._columns = columns
        self._variant_columns = variant_columns
        self._product_id = product_id
        self._make_cells = make_cells
        self.records = records
        self.errors = [
            RowError(
                row=record.row,
                field="row",
                detail="has more cells than the header: a value that contains the separator needs quotes",
            )
            for record in records
            if record.surplus
        ]

    def cells(self, record: Record) -> Cells:
        return self._make_cells(self._table, record, self._currency, self.errors)

    def head(self) -> Cells:
        """What all rows say of the product: of each column the first cell that is filled."""
        filled: dict[str, str] = {}
        for record in self.records:
            filled = record.cells | filled
        return self.cells(Record(row=self.records[0].row, cells=filled, surplus=0))

    def must_agree(self, column: str) -> None:
        """Rows that name two products, or two currencies, are not one product."""
        filled = [(record.row, record.cells[column]) for record in self.records if column in record.cells]
        for row, cell in filled[1:]:
            if cell != filled[0][1]:
                detail = f"{cell[:80]!r} is not what row {filled[0][0]} says of the same product"
                self.errors.append(RowError(row=row, field=self._title(column), detail=detail))

    def read(
        self, product: Mapping[str, object], variants: Mapping[int, Mapping[str, object]]
    ) -> Iterator[ProductRow | RowError]:
        """`variants`: by row. None stands for a field that is not there."""
        rows = list(variants)
        values = _filled(product) | {"variants": [_filled(variant) for variant in variants.values()]}
        try:
            draft = ProductDraft.model_validate(values, context=self._currency)
        except ValidationError as error:
            self.errors += row_errors(error, lambda location: self._place(location, rows))
        if self.errors:
            for problem in sorted(self.errors, key=lambda error: error.row):
                yield replace(problem, product_id=self._product_id)
        else:
            yield ProductRow(row=self.records[0].row, draft=draft)

    def _place(self, location: Location, rows: Sequence[int]) -> Place:
        match location:
            case ("variants", int(index), str(field), *_):
                return rows[index], self._title(self._variant_columns.get(field, field))
            case (str(field), *_):
                return self.records[0].row, self._title(self._columns.get(field, field))
            case _:
                return self.records[0].row, "row"

    def _title(self, column: str) -> str:
        return self._table.titles.get(column, column)


def _filled(values: Mapping[str, object]) -> dict[str, object]:
    return {field: value for field, value in values.items() if value is not None}
