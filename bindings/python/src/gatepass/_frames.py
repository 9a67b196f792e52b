"""Reports as data frames, and data frames as questions; whatever library they are of, through narwhals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._clock import parsed
from ._errors import missing
from ._rows import Column, columns

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from ._report import Report


def _narwhals(extra: str) -> Any:
    try:
        import narwhals
    except ImportError as error:
        missing("narwhals", extra, error)
    return narwhals


def to_pandas(report: Report[Any]) -> pandas.DataFrame:
    """As a pandas data frame."""
    try:
        import pandas
    except ImportError as error:
        missing("pandas", "pandas", error)
    # Its own nullable types: through the default ones a missing whole number would make the others fractions.
    dtypes = {
        "text": "string",
        "json": "string",
        "time": "datetime64[ms, UTC]",
        "integer": "Int64",
        "number": "Float64",
        "flag": "boolean",
    }
    wanted = columns(report.name)
    data = _data(report, wanted)
    return pandas.DataFrame(
        {
            column.name: pandas.Series(
                data[column.name],
                dtype=pandas.CategoricalDtype(list(column.words)) if column.words else dtypes[column.kind],
            )
            for column in wanted
        }
    )


def to_polars(report: Report[Any]) -> polars.DataFrame:
    """As a polars data frame."""
    try:
        import polars
    except ImportError as error:
        missing("polars", "polars", error)
    frame: polars.DataFrame = _frame(report, "polars", polars)
    return frame


def to_arrow(report: Report[Any]) -> pyarrow.Table:
    """As an Arrow table."""
    try:
        import pyarrow
    except ImportError as error:
        missing("pyarrow", "arrow", error)
    table: pyarrow.Table = _frame(report, "arrow", pyarrow)
    return table


def _frame(report: Report[Any], extra: str, backend: Any) -> Any:
    nw = _narwhals(extra)
    dtypes = {
        "word": nw.Categorical(),
        "text": nw.String(),
        "json": nw.String(),
        "time": nw.Datetime("ms", "UTC"),
        "integer": nw.Int64(),
        "number": nw.Float64(),
        "flag": nw.Boolean(),
    }
    wanted = columns(report.name)
    schema = {column.name: dtypes[column.kind] for column in wanted}
    return nw.from_dict(_data(report, wanted), schema, backend=backend).to_native()


def _data(report: Report[Any], wanted: list[Column]) -> dict[str, list[Any]]:
    data: dict[str, list[Any]] = {}
    for column in wanted:
        values = [column.of(row) for row in report]
        if column.kind == "time":
            values = [parsed(value) if value is not None else None for value in values]
        data[column.name] = values
    return data


def is_frame(given: object) -> bool:
    """Whether something is a data frame of any library that narwhals knows."""
    if isinstance(given, (list, tuple, dict, str, bytes)):
        return False
    try:
        import narwhals
    except ImportError:
        return False
    return isinstance(narwhals.from_native(given, pass_through=True), (narwhals.DataFrame, narwhals.LazyFrame))
