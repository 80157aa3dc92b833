from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conference import uploads
from conference.uploads import as_webp, check_document, open_picture
from tests.files import PDF, archive, picture

READABLE = (
    "Diese Datei ist kein Bild, das wir lesen können. Bitte wählen Sie ein JPEG, PNG oder WebP."
)


def refused(check: Any, file: SimpleUploadedFile) -> str:
    with pytest.raises(ValidationError) as refusal:
        check(file)
    return str(refusal.value.messages[0])


# -- pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_known_by_their_content(kind: str) -> None:
    opened = open_picture(picture(kind, name="ganz-etwas-anderes.txt"))
    assert (opened.size, opened.mode) == ((900, 700), "RGB")


def test_a_picture_is_turned_upright_and_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it 90° clockwise
    exif[0x010F] = "Kamera von Gerd"
    opened = open_picture(picture(exif=exif))
    assert opened.size == (700, 900)
    assert opened.getpixel((350, 10)) == pytest.approx((254, 0, 0), abs=3)
    written = Image.open(BytesIO(as_webp(opened, (600, 400)).read()))
    assert (written.format, written.size) == ("WEBP", (600, 400))
    assert dict(written.getexif()) == {}
    assert {"exif", "xmp", "icc_profile"} & set(written.info) == set()


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_kind_of_colour_can_be_shown(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (700, 500)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert open_picture(SimpleUploadedFile("a", out.getvalue())).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (600, 400), (255, 0, 0, 0)).save(out, "PNG")
    assert open_picture(SimpleUploadedFile("a.png", out.getvalue())).getpixel((5, 5)) == (
        255,
        255,
        255,
    )


def test_other_pictures_are_refused() -> None:
    assert refused(open_picture, picture("GIF", name="bild.jpg")) == READABLE
    svg = SimpleUploadedFile("bild.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert refused(open_picture, svg) == READABLE


def test_a_picture_that_breaks_off_is_refused() -> None:
    whole = picture().read()
    assert (
        refused(open_picture, SimpleUploadedFile("a.jpg", whole[: len(whole) // 2])) == READABLE
    )


def test_too_small_too_large_and_too_heavy_pictures_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert refused(open_picture, picture(size=(500, 300))) == (
        "Dieses Bild ist zu klein: Bitte nehmen Sie eines mit mindestens 600 × 400 Bildpunkten."
    )
    assert refused(open_picture, picture("PNG", size=(8000, 5001))) == (
        "Dieses Bild hat zu viele Bildpunkte. Bitte wählen Sie ein kleineres."
    )
    monkeypatch.setattr(uploads, "PICTURE_BYTES", 100)
    assert refused(open_picture, picture()) == (
        "Dieses Bild ist größer als 10 MB. Bitte wählen Sie ein kleineres."
    )


def test_a_bomb_is_not_unpacked() -> None:
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    file = SimpleUploadedFile("bombe.png", bomb.getvalue())
    assert refused(open_picture, file) in (
        READABLE,
        "Dieses Bild hat zu viele Bildpunkte. Bitte wählen Sie ein kleineres.",
    )


HEADS = [
    b"",
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x00\x10\x00\x00WEBP",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(HEADS), st.binary(max_size=2000))
def test_any_bytes_are_refused_with_a_sentence(head: bytes, rest: bytes) -> None:
    assert refused(open_picture, SimpleUploadedFile("a.jpg", head + rest)) != ""


WHOLE = {kind: picture(kind, size=(600, 400)).read() for kind in ("JPEG", "PNG", "WEBP")}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_damaged_picture_is_shown_or_refused(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[kind])
    places = st.integers(0, len(damaged) - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=20)):
        damaged[place] = data.draw(st.integers(0, 255))
    with suppress(ValidationError):
        assert open_picture(SimpleUploadedFile("a", bytes(damaged))).mode == "RGB"


# -- documents


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("Flyer.PDF", PDF),
        archive("brief.docx", "[Content_Types].xml", "word/document.xml"),
        archive("liste.xlsx", "[Content_Types].xml", "xl/workbook.xml"),
        archive("vortrag.pptx", "[Content_Types].xml", "ppt/presentation.xml"),
        archive("brief.odt", mimetype="application/vnd.oasis.opendocument.text"),
    ],
    ids=lambda file: file.name,
)
def test_documents_are_taken(file: SimpleUploadedFile) -> None:
    check_document(file)


OTHER = (
    "Bitte wählen Sie ein PDF oder ein Office-Dokument (.pdf, .docx, .xlsx, .pptx, .odt, .ods, "
    ".odp) ohne Makros."
)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("a.pdf", b"<html>"), OTHER),
        (SimpleUploadedFile("a.docx", b"PK\x03\x04 no archive"), OTHER),
        (archive("a.zip", "readme.txt"), OTHER),
        (archive("a.docx", "word/document.xml", "word/vbaProject.bin"), OTHER),
        (archive("a.epub", mimetype="application/epub+zip"), OTHER),
        (
            SimpleUploadedFile("a.html", PDF),
            "Diese Datei enthält etwas anderes, als ihr Name sagt: Er müsste auf .pdf enden.",
        ),
    ],
)
def test_everything_else_is_refused(file: SimpleUploadedFile, sentence: str) -> None:
    assert refused(check_document, file) == sentence


def test_a_heavy_document_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "DOCUMENT_BYTES", 10)
    assert refused(check_document, SimpleUploadedFile("a.pdf", PDF)) == (
        "Diese Datei ist größer als 20 MB. Bitte wählen Sie eine kleinere."
    )


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06"]), st.binary(max_size=500))
def test_any_bytes_are_no_office_document(head: bytes, rest: bytes) -> None:
    assert refused(check_document, SimpleUploadedFile("a.docx", head + rest)) != ""
