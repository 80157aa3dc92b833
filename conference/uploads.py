"""What people hand in: pictures and documents, known by their content, never by their name."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from django.core.files import File

MEGABYTE = 1024 * 1024
PICTURE_BYTES = 10 * MEGABYTE
PICTURE_PIXELS = 40_000_000  # decoded, each takes up to four bytes
SMALLEST = (600, 400)  # what is smaller looks blurred on every page
LARGEST = (2400, 1600)
DOCUMENT_BYTES = 20 * MEGABYTE
PICTURE_TYPES = ("JPEG", "PNG", "WEBP")

# The entry that tells what kind of office document a ZIP archive is.
OFFICE = {
    "word/document.xml": ".docx",
    "xl/workbook.xml": ".xlsx",
    "ppt/presentation.xml": ".pptx",
}
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
}
DOCUMENT_TYPES = [".pdf", *OFFICE.values(), *OPEN_DOCUMENT.values()]

# -- pictures


class PictureField(forms.FileField):
    """Takes a JPEG, PNG or WebP by its content, and gives the decoded picture."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    default_error_messages = {"empty": _("This file is empty.")}

    def to_python(self, data: Any) -> Image.Image | None:  # type: ignore[override]
        file = super().to_python(data)
        return open_picture(file) if file else None


class WebPField(forms.FileField):
    """Takes the same, of any size, and gives a file to keep: small enough, without metadata.

    Cameras write into pictures where they were taken.
    """

    def to_python(self, data: Any) -> UploadedFile | None:
        file = super().to_python(data)
        if not file:
            return None
        picture = open_picture(file, smallest=(1, 1))
        picture.thumbnail(LARGEST, Image.Resampling.LANCZOS)
        name = f"{PurePath(file.name or '').stem}.webp"
        return SimpleUploadedFile(name, as_webp(picture, picture.size).read(), "image/webp")


def open_picture(file: File[bytes], smallest: tuple[int, int] = SMALLEST) -> Image.Image:
    """Decoded, upright, in RGB; raises ``ValidationError`` with a sentence.

    A large JPEG may come at a fraction of its size, still larger than any page shows.
    """
    if file.size > PICTURE_BYTES:
        raise ValidationError(
            _("This picture is larger than 10 MB. Please choose a smaller one.")
        )
    file.seek(0)
    try:
        picture: Image.Image = Image.open(file, formats=PICTURE_TYPES)
        size = picture.size
        if size[0] * size[1] <= PICTURE_PIXELS:
            picture.draft("RGB", LARGEST)
            picture = on_white(ImageOps.exif_transpose(picture))
    # What a broken file makes a decoder raise is not told beforehand.
    except Exception:
        raise ValidationError(
            _("This file is no picture that we can read. Please choose a JPEG, PNG or WebP.")
        ) from None
    if size[0] * size[1] > PICTURE_PIXELS:
        raise ValidationError(
            _("This picture has too many pixels. Please choose a smaller one.")
        )
    if min(size) < min(smallest) or max(size) < max(smallest):
        raise ValidationError(
            _("This picture is too small: please take one of %(width)d × %(height)d pixels."),
            params={"width": smallest[0], "height": smallest[1]},
        )
    return picture


def on_white(picture: Image.Image) -> Image.Image:
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def as_webp(picture: Image.Image, size: tuple[int, int]) -> ContentFile[bytes]:
    """Cropped around its middle and scaled to this size in pixels, without metadata."""
    out = BytesIO()
    fitted = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    fitted.info.clear()
    fitted.save(out, "WEBP", quality=82, method=4)
    return ContentFile(out.getvalue())


# -- documents


def check_document(file: File[bytes]) -> None:
    """Raises ``ValidationError`` unless it is a PDF or an office document called like one."""
    if file.size > DOCUMENT_BYTES:
        raise ValidationError(_("This file is larger than 20 MB. Please choose a smaller one."))
    suffix = document_type(file)
    if suffix is None:
        raise ValidationError(
            _("Please choose a PDF or an office document (%(types)s), without macros."),
            params={"types": ", ".join(DOCUMENT_TYPES)},
        )
    if PurePath(file.name or "").suffix.lower() != suffix:
        raise ValidationError(
            _("This file holds something else: its name should end in %(suffix)s."),
            params={"suffix": suffix},
        )


def document_type(file: IO[bytes] | File[bytes]) -> str | None:
    """Its suffix by its content, such as ``.pdf``; None for anything else."""
    file.seek(0)
    try:
        start = file.read(1024)
        if start.startswith(b"%PDF-"):
            return ".pdf"
        return archive_type(file) if start.startswith(b"PK\x03\x04") else None
    finally:
        file.seek(0)


def archive_type(file: Any) -> str | None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                return None
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return OPEN_DOCUMENT.get(archive.read("mimetype").strip())
    except Exception:
        return None
    return next((suffix for entry, suffix in OFFICE.items() if entry in names), None)
