"""The films of a recording, as who edits it sees them: handed in, worked on, ready, failed."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat.limits import count
from chat.refusal import Refusal
from conference import tus
from conference.models import Person, Upload
from conference.shelf import Shelf
from conference.views import recording_edits
from conference.views.recording_edits import find_edited
from conference.views.uploads import STARTS


@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str, slug: str, kind: str) -> HttpResponse:
    """Where it stands now: the page asks while a film is worked on in a ``state``."""
    recording = find_edited(request, event_slug, slug)
    shelf = Shelf.of(recording, request.user)[kind]
    context = {"event": recording.event, "recording": recording, "shelf": shelf}
    asked = request.GET.get("state")
    if asked and shelf.coming and shelf.coming.state == asked:
        return render(request, "conference/_recording_film.html#progress", context)
    response = render(request, "conference/_recording_film.html", context)
    if asked:  # it has come on: all that is said of it changes
        response["HX-Retarget"], response["HX-Reswap"] = f"#film-{kind}", "outerMorph"
    return response


@require_POST
def create(request: HttpRequest, event_slug: str, slug: str, kind: str) -> HttpResponse:
    """An ordinary form, for browsers without JavaScript: small films, in one go."""
    recording = find_edited(request, event_slug, slug)
    assert isinstance(request.user, Person)  # noqa: S101 - ``find_edited`` let them in
    try:
        count(f"upload by {request.user.pk}", STARTS, seconds=600)
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise Refusal(_("Please choose a file first."))
        name = tus.filename(file.name or "")
        Upload.hand_in(recording, kind, request.user, file, name)
    except Refusal as refusal:
        return recording_edits.page(request, recording, {kind: refusal}, refusal.status)
    return redirect("recording_edit", event_slug, slug)


@require_POST
def delete(request: HttpRequest, event_slug: str, slug: str, pk: int) -> HttpResponse:
    recording = find_edited(request, event_slug, slug)
    video = get_object_or_404(recording.videos, pk=pk)
    video.remove()
    messages.success(request, _("%(film)s: removed.") % {"film": video.get_kind_display()})
    return redirect("recording_edit", event_slug, slug)


@require_POST
def abandon(request: HttpRequest, event_slug: str, slug: str, kind: str) -> HttpResponse:
    """Forget the person's own unfinished upload."""
    recording = find_edited(request, event_slug, slug)
    for upload in Upload.objects.unfinished().filter(
        recording=recording, kind=kind, person=request.user.pk
    ):
        upload.remove()
    messages.success(request, _("The upload is cancelled."))
    return redirect("recording_edit", event_slug, slug)
