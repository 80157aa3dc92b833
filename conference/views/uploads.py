"""Films on their way here, by the tus protocol; without JavaScript see ``recording_films``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat.limits import count
from chat.refusal import Refusal
from conference import tus
from conference.models import Person, Upload
from conference.models.upload import PIECE, TooLarge
from conference.views.recording_edits import find_edited

STARTS = 30  # of one person in ten minutes
PIECES = 3_000  # of one person in a minute
TEXT = "text/plain; charset=utf-8"


def speaks_tus(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers refusals with their sentence, and other versions of the protocol with ours."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.headers.get("Tus-Resumable") == tus.VERSION:
            try:
                response = view(request, *args, **kwargs)
            except Refusal as refusal:
                response = HttpResponse(str(refusal), status=refusal.status, content_type=TEXT)
        else:
            response = HttpResponse(status=412, headers={"Tus-Version": tus.VERSION})
        response["Tus-Resumable"] = tus.VERSION
        response["Cache-Control"] = "no-store"
        return response

    return answer


@require_http_methods(["POST"])
@speaks_tus
def create(request: HttpRequest, event_slug: str, slug: str, kind: str) -> HttpResponse:
    """An upload of so many bytes; answers where its pieces go."""
    recording = find_edited(request, event_slug, slug)
    assert isinstance(request.user, Person)  # noqa: S101 - ``find_edited`` let them in
    count(f"upload by {request.user.pk}", STARTS, seconds=600)
    told = tus.metadata(request.headers.get("Upload-Metadata"))
    upload = Upload.begin(
        recording,
        kind,
        request.user,
        size=tus.number(request.headers.get("Upload-Length")),
        filename=tus.filename(told.get("filename", "")),
    )
    address = reverse("upload", args=[event_slug, slug, upload.pk])
    return HttpResponse(status=201, headers={"Location": address} | until(upload))


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@speaks_tus
def piece(request: HttpRequest, event_slug: str, slug: str, pk: UUID) -> HttpResponse:
    """How far it is, its next piece, or its end."""
    recording = find_edited(request, event_slug, slug)
    uploads = Upload.objects.kept().filter(person=request.user.pk)
    upload = get_object_or_404(uploads, recording=recording, pk=pk)
    if request.method == "DELETE":
        upload.remove()
        return HttpResponse(status=204)
    if request.method == "PATCH":
        count(f"piece by {request.user.pk}", PIECES, seconds=60)
        upload.take(tus.number(request.headers.get("Upload-Offset")), body_of(request))
    told = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.size)}
    status = 204 if request.method == "PATCH" else 200
    return HttpResponse(status=status, headers=told | until(upload))


def body_of(request: HttpRequest) -> bytes:
    """At most one piece, whatever comes."""
    if request.content_type != tus.PIECE_TYPE:
        raise tus.BadHeader(_("The upload was cut short on its way. Please try again."))
    body = request.read(PIECE + 1)
    if len(body) > PIECE:
        raise TooLarge(_("This part of the file is too large."))
    return body


def until(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(upload.expires_at.timestamp())}
