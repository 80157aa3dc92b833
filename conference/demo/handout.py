"""One page of PDF, from a title and some lines; in a font that every reader has."""


def handout(title: str, lines: list[str]) -> bytes:
    """A4; ``lines`` become a list with dots, broken where they are too long."""
    ops = ["BT /B 22 Tf 60 760 Td 28 TL"]
    ops += [f"({escape(row)}) Tj T*" for row in broken(title, 44)]
    ops += ["/R 12 Tf 18 TL T*"]
    for line in lines:
        rows = broken(line, 80)
        ops += [f"(\\225  {escape(rows[0])}) Tj T*"]
        ops += [f"(    {escape(row)}) Tj T*" for row in rows[1:]]
        ops += ["0 -6 Td"]
    ops += ["T* /R 9 Tf (Beispielmaterial dieser Demonstration) Tj ET"]
    stream = "\n".join(ops).encode("cp1252", "replace")
    encoding = b"/Subtype /Type1 /Encoding /WinAnsiEncoding"
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (de-DE) "
            b"/ViewerPreferences << /DisplayDocTitle true >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
            b"<< /Type /Font " + encoding + b" /BaseFont /Helvetica >>",
            b"<< /Type /Font " + encoding + b" /BaseFont /Helvetica-Bold >>",
            b"<< /Title (%s) >>" % escape(title).encode("cp1252", "replace"),
        ]
    )


def assembled(objects: list[bytes]) -> bytes:
    """The objects 1 to n, the last one telling of the document, with their table."""
    file, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count, start = len(objects) + 1, len(file)
    return file + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (count, table, count, len(objects), start)
    )


def escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def broken(text: str, length: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= length:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
