"""One report: its rows, and every form they can take."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from . import _html, _rows
from ._clock import parsed
from ._files import write

if TYPE_CHECKING:
    import os
    from datetime import datetime

    import altair
    import pandas
    import polars
    import pyarrow

    from .wire import Completeness, ReportName

Row = TypeVar("Row")

# How many rows become dicts together.
_TOGETHER = 256


class Report(Sequence[Row], Generic[Row]):
    """The rows of a report as dicts, with what they were made of.

    The same snapshot, time and parameters give the same rows, byte for byte, wherever they are asked for.
    """

    def __init__(self, text: bytes) -> None:
        head, self._lines, self._mark, tail = _split(text)
        about: dict[str, Any] = json.loads(head + b"]" + tail)
        del about["rows"]
        self.about = about
        """The whole report but its rows, as `gatepass.report/1` says."""

    @property
    def document(self) -> dict[str, Any]:
        """The whole report, as `gatepass.report/1` says."""
        return {**self.about, "rows": list(self)}

    @property
    def name(self) -> ReportName:
        """Which report it is."""
        return cast("ReportName", self.about["report"])

    @property
    def now(self) -> datetime:
        """The time it is about; ages are counted up to it."""
        return parsed(self.about["now"])

    @property
    def as_of(self) -> datetime:
        """When the export that the snapshot comes from began."""
        return parsed(self.about["as_of"])

    @property
    def completeness(self) -> Completeness:
        """How much of the portal the snapshot is known to hold; with anything but `complete` rows may be missing."""
        return cast("Completeness", self.about["completeness"])

    @property
    def assumptions(self) -> list[str]:
        """What was taken for granted, such as `rbac_disabled`."""
        return cast("list[str]", self.about["assumptions"])

    @property
    def parameters(self) -> dict[str, Any]:
        """What it was asked with."""
        return cast("dict[str, Any]", self.about["parameters"])

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Row]:
        # Some at a time: one by one, most of the time goes into calls; all at once, they need twice the memory.
        between = b"},{" + self._mark
        for start in range(0, len(self._lines), _TOGETHER):
            some = between.join(self._lines[start : start + _TOGETHER])
            yield from json.loads(b"[{" + self._mark + some + b"}]")

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self._row(line) for line in self._lines[index]]
        return self._row(self._lines[index])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Report) and self.about == other.about and self._lines == other._lines

    def _row(self, line: bytes) -> Row:
        return cast("Row", json.loads(b"{" + self._mark + line + b"}"))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        rows = "1 row" if len(self) == 1 else f"{len(self)} rows"
        return f"<gatepass report {self.name}: {rows}, {self.completeness} as of {self.about['as_of']}>"

    def _repr_html_(self) -> str:
        return _html.report(self)

    def columns(self) -> list[str]:
        """The names of the columns of its tables: lists are JSON text in there, objects are columns of their own."""
        return [column.name for column in _rows.columns(self.name)]

    def to_dicts(self) -> list[dict[str, Any]]:
        """One flat dict a row, under `columns()`; times are still text."""
        columns = _rows.columns(self.name)
        return [{column.name: column.of(cast("dict[str, Any]", row)) for column in columns} for row in self]

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas data frame: times with time zone, words as categories, whole numbers that may be missing.

        Raises:
            ImportError: Without `pip install "gatepass[pandas]"`.
        """
        from . import _frames

        return _frames.to_pandas(self)

    def to_polars(self) -> polars.DataFrame:
        """A polars data frame.

        Raises:
            ImportError: Without `pip install "gatepass[polars]"`.
        """
        from . import _frames

        return _frames.to_polars(self)

    def to_arrow(self) -> pyarrow.Table:
        """An Arrow table.

        Raises:
            ImportError: Without `pip install "gatepass[arrow]"`.
        """
        from . import _frames

        return _frames.to_arrow(self)

    def to_json(self) -> str:
        """The report as the engine wrote it: the same text as from the npm package and the command line's core."""
        about = json.dumps({**self.about, "rows": []}, ensure_ascii=False, separators=(",", ":")).encode()
        rows = b",".join(b"{" + self._mark + line + b"}" for line in self._lines)
        return (about[: -len(b"]}")] + rows + b"]}").decode()

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """The rows as CSV, written to a file if one is named. No cell can be taken for a formula.

        Raises:
            GatepassError: If the file cannot be written.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*self.columns(), "as_of", "completeness"])
        about = [self.about["as_of"], self.completeness]
        for row in self.to_dicts():
            writer.writerow([*(_rows.guarded(value) for value in row.values()), *about])
        if path is not None:
            write(path, text.getvalue().encode())
        return text.getvalue()

    def to_excel(self, path: str | os.PathLike[str]) -> None:
        """The rows as a workbook with one sheet; texts are typed as texts, never as formulas or links.

        Raises:
            ImportError: Without `pip install "gatepass[excel]"`.
            GatepassError: If the file cannot be written.
        """
        from . import _excel

        write(path, _excel.workbook(self))

    def plot(self) -> altair.Chart | altair.LayerChart:
        """A chart of `funnel`, `access_matrix`, `pending_approvals` or `blocked_developers`.

        Raises:
            ImportError: Without `pip install "gatepass[notebook]"`.
            GatepassError: If there is no chart of this report.
        """
        from . import _charts

        return _charts.plot(self)


def _split(text: bytes) -> tuple[bytes, list[bytes], bytes, bytes]:
    """A report's text without its rows, the rows' own texts, and the name that each of them begins with.

    Rows are read one at a time when they are looked at: as dicts they take several times their text, all at once. The
    engine writes compact JSON, in which a quote inside of a text is escaped: what is looked for here is in no text.
    """
    start = text.index(b'"rows":[') + len(b'"rows":[')
    end = text.rindex(b"]")
    if start == end:
        return text[:start], [], b"", text[end + 1 :]
    mark = text[start + 1 : text.index(b":", start) + 1]
    # Split whole and trimmed afterwards: a copy less of what can be large.
    rows = text.split(b"},{" + mark)
    head, tail = text[:start], text[end + 1 :]
    rows[-1] = rows[-1][: len(rows[-1]) - len(tail) - len(b"}]")]
    rows[0] = rows[0][start + 1 + len(mark) :]
    return head, rows, mark, tail
