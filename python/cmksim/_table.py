"""Columns of results, which other libraries take over without a copy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, overload

from . import _cmksim

if TYPE_CHECKING:
    import numpy
    import pandas
    import polars
    import pyarrow

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: Rows and columns that a notebook shows.
_ROWS, _COLUMNS = 10, 12

Cell = int | float | str | bool | datetime | None


class Column:
    """The values of a column.

    numpy, polars, pandas and pyarrow take it: ``numpy.asarray(column)``,
    ``polars.Series(column)``, ``pyarrow.array(column)``.
    """

    def __init__(self, native: _cmksim.Column) -> None:
        self._native = native

    @property
    def name(self) -> str:
        """Its name."""
        return self._native.name()

    @property
    def unit(self) -> str:
        """What its numbers count: ``bytes``, ``ms``, ``ratio``, ``count``, a currency; else empty."""
        return self._native.unit()

    @property
    def null_count(self) -> int:
        """How many values are missing."""
        return self._native.null_count()

    def __len__(self) -> int:
        return len(self._native)

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells)

    @overload
    def __getitem__(self, at: int) -> Cell: ...
    @overload
    def __getitem__(self, at: slice) -> list[Cell]: ...
    def __getitem__(self, at: int | slice) -> Cell | list[Cell]:
        return self._cells[at]

    def to_list(self) -> list[Cell]:
        """The values of Python; instants as datetimes in UTC, missing values as None."""
        return list(self._cells)

    @cached_property
    def _cells(self) -> list[Cell]:
        values = self._native.to_list()
        if self._native.kind() != "instant":
            return values
        return [None if at is None else _EPOCH + timedelta(milliseconds=at) for at in values]

    def to_numpy(self) -> numpy.ndarray[Any, Any]:
        """An array of numpy.

        Where values are missing whole numbers become floats with NaN, and instants NaT.
        """
        import numpy as np

        kind, nulls = self._native.kind(), self._native.null_count()
        if kind in ("str", "bool"):
            return np.array(self._native.to_list(), dtype="bool" if kind == "bool" else object)
        dtype = {"int": "int64", "float": "float64", "instant": "datetime64[ms]"}[kind]
        values: numpy.ndarray[Any, Any] = np.frombuffer(self._native.values(), dtype=dtype)
        if not nulls:
            return values
        missing = self._missing()
        values = values.astype("float64") if kind == "int" else values.copy()
        values[missing] = np.datetime64("NaT", "ms") if kind == "instant" else np.nan
        return values

    def _missing(self) -> numpy.ndarray[Any, Any]:
        import numpy as np

        return np.frombuffer(self._native.nulls(), dtype="bool")

    def _to_pandas(self, pandas_types: bool) -> Any:
        import numpy as np
        import pandas as pd

        kind = self._native.kind()
        if kind == "instant":
            return pd.Series(self.to_numpy()).dt.tz_localize("UTC")
        if kind != "int":
            return pd.Series(self.to_numpy(), dtype="str" if kind == "str" else None)
        values: Any = np.frombuffer(self._native.values(), dtype="int64")
        missing = self._missing()
        if pandas_types and self.unit == "ms":
            spans = values.astype("timedelta64[ms]")
            spans[missing] = np.timedelta64("NaT", "ms")
            return pd.Series(spans)
        if self._native.nullable():
            return pd.arrays.IntegerArray(values.copy(), missing)
        return values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> numpy.ndarray[Any, Any]:
        array = self.to_numpy()
        return array if dtype is None else array.astype(dtype)

    def __arrow_c_schema__(self) -> object:
        return self._native.arrow_schema()

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        # The types are as they are: whoever wants others converts them.
        return self._native.arrow_array()

    def __repr__(self) -> str:
        unit = f" in {self.unit}" if self.unit else ""
        return f"<cmksim column {self.name}{unit}: {len(self)} values, {self.null_count} missing>"


class Table:
    """A table of columns.

    polars, DuckDB and pyarrow take it over without a copy, by the Arrow PyCapsule interface:
    ``polars.DataFrame(table)``, ``duckdb.sql("select * from study")``, ``pyarrow.table(table)``.
    ``pandas.DataFrame.from_arrow(table)`` copies what pandas keeps in another form.
    """

    def __init__(self, native: _cmksim.Table) -> None:
        self._table = native

    @property
    def columns(self) -> list[str]:
        """The names of its columns, in their order."""
        return self._table.names()

    @property
    def units(self) -> dict[str, str]:
        """What the numbers of each column count; empty where that depends on the row, or not at all."""
        return {name: self[name].unit for name in self.columns}

    @property
    def nbytes(self) -> int:
        """Bytes of memory; columns that are the same count each."""
        return self._table.nbytes()

    def __len__(self) -> int:
        return len(self._table)

    # pandas would make a column of what it iterates over; without, it refuses `DataFrame(table)`.
    __iter__: ClassVar[None] = None

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Column:
        try:
            return Column(self._table.column(name))
        except KeyError:
            raise KeyError(f"there is no column {name!r}; there are {self.columns}") from None

    def to_dict(self) -> dict[str, list[Cell]]:
        """The columns as lists of Python."""
        return {name: self[name].to_list() for name in self.columns}

    def to_pandas(self, pandas_types: bool = False) -> pandas.DataFrame:
        """A data frame of pandas, as a copy.

        Whole numbers are ``int64``, or ``Int64`` in columns that may have missing values, whether
        any is missing or not; other numbers are ``float64``, with NaN. With ``pandas_types``
        columns of milliseconds become ``timedelta64[ms]``; they keep their names.
        """
        import pandas as pd

        return pd.DataFrame({name: self[name]._to_pandas(pandas_types) for name in self.columns})

    def to_polars(self) -> polars.DataFrame:
        """A data frame of polars."""
        import polars as pl

        return pl.DataFrame(self)

    def to_arrow(self) -> pyarrow.Table:
        """A table of pyarrow."""
        import pyarrow as pa

        return pa.table(self)

    def write_parquet(self, path: str | os.PathLike[str]) -> None:
        """Writes a Parquet file, by way of pyarrow or else polars; one of them must be installed."""
        try:
            import pyarrow.parquet
        except ImportError:
            pass
        else:
            pyarrow.parquet.write_table(self.to_arrow(), os.fspath(path))
            return
        try:
            import polars
        except ImportError:
            told = "write_parquet needs pyarrow or polars: pip install pyarrow"
            raise ImportError(told) from None
        polars.DataFrame(self).write_parquet(os.fspath(path))

    def __arrow_c_schema__(self) -> object:
        return self._table.arrow_schema()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        # The types are as they are: whoever wants others converts them.
        return self._table.arrow_stream()

    def __repr__(self) -> str:
        names = ", ".join(self.columns[:4])
        more = ", ..." if len(self.columns) > 4 else ""
        rows, columns = len(self), len(self.columns)
        return f"<cmksim {type(self).__name__}: {rows} rows x {columns} columns ({names}{more})>"

    def _repr_html_(self) -> str:
        from html import escape

        names = self.columns[:_COLUMNS]
        rows = min(len(self), _ROWS)
        head = self._table.slice(0, rows)
        cells = [Column(head.column(name)).to_list() for name in names]
        header = "".join(f"<th>{escape(name)}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{_cell(column[row])}</td>" for column in cells) + "</tr>"
            for row in range(rows)
        )
        more = {"rows": len(self) - rows, "columns": len(self.columns) - len(names)}
        told = ", ".join(f"{count} more {what}" for what, count in more.items() if count)
        if told:
            body += f'<tr><td colspan="{len(names)}">… {told}</td></tr>'
        size = f"{len(self)} rows x {len(self.columns)} columns"
        return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table><p>{size}</p>"


def _cell(value: Cell) -> str:
    from html import escape

    return "" if value is None else escape(str(value))
