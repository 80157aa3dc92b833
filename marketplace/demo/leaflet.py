"""A leaflet as PDF: a title and some lines on one sheet of A4."""

from __future__ import annotations

import textwrap

WIDTH, HEIGHT, MARGIN = 595, 842, 64  # points
CHARACTERS = 84  # in a line


def leaflet(title: str, lines: list[str]) -> bytes:
    """Set in Helvetica, which every reader has; Western European letters only."""
    rows = [row for line in lines for row in [*textwrap.wrap(line, CHARACTERS), ""]]
    heading = textwrap.wrap(title, 40)
    text = [f"BT /F2 22 Tf 28 TL {MARGIN} {HEIGHT - 96} Td"]
    text += [f"({escaped(row)}) Tj T*" for row in heading]
    text += ["/F1 12 Tf 17 TL T*"]
    text += [f"({escaped(row)}) Tj T*" for row in rows]
    stream = "\n".join([*text, "ET"]).encode("cp1252", "replace")
    font = b"<< /Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /BaseFont /%s >>"
    return document(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (de-DE) "
            b"/ViewerPreferences << /DisplayDocTitle true >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>" % (WIDTH, HEIGHT),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
            font % b"Helvetica",
            font % b"Helvetica-Bold",
            b"<< /Title <feff%s> >>" % title.encode("utf-16-be").hex().encode(),
        ]
    )


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def document(objects: list[bytes]) -> bytes:
    """The objects one after the other, and the table that says where each begins."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (
        len(objects) + 1,
        len(objects),
    )
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)
