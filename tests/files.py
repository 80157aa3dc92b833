"""Files as people hand them in."""

import zipfile
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def picture(
    kind: str = "JPEG",
    size: tuple[int, int] = (900, 700),
    mode: str = "RGB",
    name: str = "bild.jpg",
    **options: object,
) -> SimpleUploadedFile:
    """Its left half red, its right half blue."""
    image = Image.new(mode, size, "blue")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), "red"))
    out = BytesIO()
    image.save(out, kind, **options)
    return SimpleUploadedFile(name, out.getvalue())


def archive(name: str, *entries: str, mimetype: str = "") -> SimpleUploadedFile:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for entry in entries:
            file.writestr(entry, "<xml/>")
    return SimpleUploadedFile(name, out.getvalue())
