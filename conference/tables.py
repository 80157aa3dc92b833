"""Tables as people exchange them: CSV in whatever dialect, and XLSX. Cells are text."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from chat.views.exports import FORMULA, harmless
from conference.uploads import document_type

if TYPE_CHECKING:
    from django.core.files import File

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_LINES = 5_000
MOST_COLUMNS = 100  # of a workbook, whose rows are filled up to the last cell
DELIMITERS = ";,\t|"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = list[str]
Line = tuple[int, Row]  # with its number in the file, from 1


# -- reading


def read_table(file: File[bytes]) -> list[Line]:
    """The lines that hold anything; raises ``ValidationError`` with a sentence."""
    if file.size > MOST_BYTES:
        raise ValidationError(_("This file is larger than 5 MB."))
    file.seek(0)
    content = file.read()
    is_workbook = document_type(BytesIO(content)) == ".xlsx"
    rows = rows_of_workbook(content) if is_workbook else rows_of_text(content)
    lines = []
    for number, row in enumerate(rows, 1):
        if number > MOST_LINES:
            raise ValidationError(
                _("This file has more than %(count)s lines. Please split it."),
                params={"count": MOST_LINES},
            )
        cells = [cell_text(cell) for cell in row]
        if any(cells):
            lines.append((number, cells))
    return lines


def rows_of_text(content: bytes) -> Iterator[Row]:
    text = decoded(content)
    head = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise ValidationError(_("This file is no table that we can read.")) from error


def decoded(content: bytes) -> str:
    """As UTF-8 or UTF-16 where that is what it says it is, else as Windows writes it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        raise ValidationError(_("This file is no table that we can read."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def rows_of_workbook(content: bytes) -> Iterator[Iterable[Any]]:
    """The first sheet's rows, with the values of formulas."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MOST_UNPACKED:
            raise ValidationError(_("This file is larger than 5 MB."))
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_row=MOST_LINES + 1, max_col=MOST_COLUMNS)
        yield from rows
    except ValidationError:
        raise
    except Exception as error:  # what a broken file makes openpyxl raise is not told
        raise ValidationError(_("This file is no table that we can read.")) from error


def cell_text(value: Any) -> str:
    """Without the mark that our own exports set before what looks like a formula."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


# -- writing


def as_csv(name: str, rows: Iterable[Row]) -> HttpResponse:
    response = attachment(name, "csv", "text/csv; charset=utf-8")
    response.write("\ufeff")  # so that spreadsheets take it for UTF-8
    writer = csv.writer(response, delimiter=";")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return response


def as_xlsx(name: str, rows: Iterable[Row]) -> HttpResponse:
    """All cells are text: no spreadsheet calculates what somebody wrote."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    response = attachment(name, "xlsx", XLSX)
    book.save(response)
    return response


def attachment(name: str, suffix: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{suffix}"'}
    return HttpResponse(content_type=kind, headers=headers)


WRITERS = {"csv": as_csv, "xlsx": as_xlsx}
