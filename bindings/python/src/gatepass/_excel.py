"""Reports as workbooks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ._errors import missing

if TYPE_CHECKING:
    from ._report import Report

_WIDEST = 60


def workbook(report: Report[Any]) -> bytes:
    """The bytes of a workbook with one sheet."""
    try:
        import xlsxwriter
    except ImportError as error:
        missing("xlsxwriter", "excel", error)
    from ._rows import plain

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    # The same report gives the same bytes: the workbook says when the data is from, not when it was written.
    book.set_properties({"created": report.as_of.replace(tzinfo=None), "author": "gatepass"})
    sheet = book.add_worksheet(report.name[:31])
    columns = report.columns()
    sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    widths = [len(name) for name in columns]
    for line, row in enumerate(report.to_dicts(), start=1):
        for position, value in enumerate(row.values()):
            if isinstance(value, str):
                sheet.write_string(line, position, plain(value)[:32767])
                widths[position] = max(widths[position], min(len(value), _WIDEST))
            elif isinstance(value, bool):
                sheet.write_boolean(line, position, value)
            elif value is not None:
                sheet.write_number(line, position, value)
    for position, width in enumerate(widths):
        sheet.set_column(position, position, width + 2)
    sheet.autofilter(0, 0, max(len(report), 1), len(columns) - 1)
    book.close()
    return content.getvalue()
