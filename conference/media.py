"""Files for readers: ranges, conditions, names; never a whole file in memory."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import AsyncIterator
from datetime import datetime
from hashlib import sha256
from posixpath import basename
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

from conference.segments import WINDOW

# Bytes of one range's answer, and of one block of a whole file. A player asks for the next
# piece by itself; a reader who stalls then holds no more than this.
PIECE = 256 * 1024
# What a browser may show in place; anything else is downloaded, above all HTML and SVG.
SHOWN = {
    "application/pdf",
    "audio/mp4",
    "audio/mpeg",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "text/vtt",
    "video/mp4",
}


class Stored(Protocol):
    """A model's file, or anything else in a storage; no local path is assumed."""

    @property
    def name(self) -> Any: ...

    @property
    def storage(self) -> Storage: ...


class InStorage(NamedTuple):
    """A file that no model has."""

    name: str
    storage: Storage = default_storage


class RangeError(ValueError):
    """No byte of the file lies in the range asked for."""


class Version(NamedTuple):
    """One state of a file: its bytes, and the validators by which caches know it."""

    size: int
    modified: datetime

    @classmethod
    def of(cls, file: Stored) -> Version:
        """Raises ``FileNotFoundError``."""
        return cls(file.storage.size(file.name), file.storage.get_modified_time(file.name))

    @property
    def etag(self) -> str:
        state = f"{self.modified.timestamp():.6f} {self.size}"
        return f'"{sha256(state.encode()).hexdigest()[:20]}"'


def send_file(
    request: HttpRequest,
    file: Stored,
    *,
    content_type: str | None = None,
    as_attachment: bool = False,
    filename: str | None = None,
) -> HttpResponseBase:
    """The file, or the piece of it that was asked for; the view has opened the door before.

    A range is answered with 256 KiB at most, which RFC 9110 allows and players and browsers
    continue by themselves. Who asks for no range gets the whole file in blocks, as fast as
    they take them (see ``conference.backpressure``). Behind nginx (``MEDIA_ACCEL_PREFIX``)
    all of this is nginx's to do, and with an object store (``STORAGE_URL``) the store's.
    Raises ``Http404`` when the file is gone.
    """
    filename = filename or basename(file.name)
    headers = _headers(filename, content_type, as_attachment)
    if sign := getattr(file.storage, "signed_address", None):
        address = sign(file.name, headers["Content-Type"], headers["Content-Disposition"])
        redirect = HttpResponseRedirect(address)
        patch_cache_control(redirect, max_age=WINDOW)  # far less than the address is good for
        return redirect
    if settings.MEDIA_ACCEL_PREFIX:
        inside = f"{settings.MEDIA_ACCEL_PREFIX.rstrip('/')}/{quote(file.name)}"
        return HttpResponse(headers=headers | {"X-Accel-Redirect": inside})
    try:
        version = Version.of(file)
    except FileNotFoundError as error:
        raise Http404 from error
    headers |= {
        "Accept-Ranges": "bytes",
        "Content-Length": str(version.size),
        "ETag": version.etag,
        "Last-Modified": http_date(version.modified.timestamp()),
    }
    whole = HttpResponse(headers=headers)
    answer = get_conditional_response(
        request, version.etag, int(version.modified.timestamp()), whole
    )
    if request.method == "HEAD" or answer is not whole:
        return answer or whole
    try:
        span = _asked_for(request, version)
    except RangeError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{version.size}"})
    if span:
        return _piece(file, span[:PIECE], version, headers)
    if version.size <= PIECE:
        return HttpResponse(_read(file, range(version.size)), headers=headers)
    return StreamingHttpResponse(_blocks(file, version.size), headers=headers)


def parse_range(header: str, size: int) -> range | None:
    """The first satisfiable range of the header, as byte positions within ``size``.

    None means: answer as if nothing had been asked, as RFC 9110 has it for what is malformed
    or in other units. Raises ``RangeError``.
    """
    unit, _equals, text = header.partition("=")
    specs = [spec for part in text.split(",") if (spec := part.strip(" \t"))]
    matches = [re.fullmatch(r"([0-9]{0,18})-([0-9]{0,18})", spec) for spec in specs]
    if unit.lower() != "bytes" or not matches:
        return None
    spans = []
    for match in matches:
        if match is None or match[0] == "-":
            return None
        first, last = match[1], match[2]
        if first and last and int(last) < int(first):
            return None
        if first:
            spans.append(range(int(first), min(int(last) + 1, size) if last else size))
        else:
            spans.append(range(max(size - int(last), 0), size))
    for span in spans:
        if span:
            return span
    raise RangeError


def _headers(filename: str, content_type: str | None, as_attachment: bool) -> dict[str, str]:
    guess = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    content_type = content_type or guess
    is_shown = content_type.partition(";")[0] in SHOWN
    disposition = content_disposition_header(as_attachment or not is_shown, filename)
    return {
        "Content-Type": content_type,
        "Content-Disposition": disposition or "attachment",
        "X-Content-Type-Options": "nosniff",
    }


def _asked_for(request: HttpRequest, version: Version) -> range | None:
    header = request.headers.get("Range")
    if header is None or not _is_still(request.headers.get("If-Range"), version):
        return None
    return parse_range(header, version.size)


def _is_still(condition: str | None, version: Version) -> bool:
    """Whether the reader's earlier pieces are of this very version (If-Range)."""
    if condition is None or condition == version.etag:
        return True
    return parse_http_date_safe(condition) == int(version.modified.timestamp())


def _piece(
    file: Stored, span: range, version: Version, headers: dict[str, str]
) -> HttpResponse:
    headers = headers | {
        "Content-Range": f"bytes {span.start}-{span.stop - 1}/{version.size}",
        "Content-Length": str(len(span)),
    }
    return HttpResponse(_read(file, span), status=206, headers=headers)


def _read(file: Stored, span: range) -> bytes:
    with file.storage.open(file.name, "rb") as source:
        source.seek(span.start)
        return source.read(len(span))


async def _blocks(file: Stored, size: int) -> AsyncIterator[bytes]:
    in_thread = sync_to_async(thread_sensitive=False)
    source = await in_thread(file.storage.open)(file.name, "rb")
    try:
        while size > 0 and (block := await in_thread(source.read)(min(PIECE, size))):
            size -= len(block)
            yield block
    finally:
        source.close()
