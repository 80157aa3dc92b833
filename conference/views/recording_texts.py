"""Captions and chapters of a recording, as who edits it sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chat.refusal import Refusal
from conference import vtt
from conference.models import Person, Recording, TextTrack
from conference.models.text_track import ChangedMeanwhile
from conference.recording_forms import TextFileForm, TextForm
from conference.templatetags.timecodes import timecode
from conference.views.recording_edits import find_edited


@never_cache
def create(request: HttpRequest, event_slug: str, slug: str, kind: str) -> HttpResponse:
    """From a file; one with a mistake opens in the editor, where it can be mended."""
    recording = find_edited(request, event_slug, slug)
    initial = {"language": recording.event.language}
    file = TextFileForm(request.POST or None, request.FILES or None, initial=initial)
    if not file.is_valid():
        context = {"event": recording.event, "recording": recording, "kind": kind}
        status = 422 if file.is_bound else 200
        context |= {"text_file": file, "label": TextTrack.Kind(kind).label}
        return render(request, "conference/recording_text_upload.html", context, status=status)
    language, decoded = file.cleaned_data["language"], file.cleaned_data["file"]
    if decoded.is_guess:
        messages.warning(
            request, _("The file was not in UTF-8. Please look whether its umlauts are right.")
        )
    return save(request, recording, kind, language, {"body": decoded.text, "version": 0})


@never_cache
def edit(
    request: HttpRequest, event_slug: str, slug: str, kind: str, language: str
) -> HttpResponse:
    recording = find_edited(request, event_slug, slug)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if request.method == "POST":
        return save(request, recording, kind, language, request.POST)
    track = recording.tracks.filter(kind=kind, language=language).first()
    version = track.version if track else 0
    form = TextForm(initial={"body": track.body if track else "", "version": version})
    return show(request, recording, kind, language, form)


@require_POST
def delete(
    request: HttpRequest, event_slug: str, slug: str, kind: str, language: str
) -> HttpResponse:
    recording = find_edited(request, event_slug, slug)
    track = get_object_or_404(recording.tracks, kind=kind, language=language)
    track.delete()
    messages.success(request, _("%(text)s: deleted.") % {"text": track})
    return redirect("recording_edit", event_slug, slug)


def save(
    request: HttpRequest,
    recording: Recording,
    kind: str,
    language: str,
    data: Mapping[str, Any],
) -> HttpResponse:
    """Keep it, or show what was handed in once more, with what is wrong."""
    form = TextForm(data)
    if not form.is_valid():
        return show(request, recording, kind, language, form, status=422)
    assert isinstance(request.user, Person)  # noqa: S101 - ``find_edited`` let them in
    body, version = form.cleaned_data["body"], form.cleaned_data["version"]
    is_checked = form.cleaned_data["is_checked"]
    try:
        TextTrack.keep(
            recording,
            kind,
            language,
            body,
            seen=version,
            by=request.user,
            is_checked=is_checked,
        )
    except ChangedMeanwhile as refusal:
        return show(request, recording, kind, language, form, refusal, refusal.status)
    tell(request, vtt.parse(body))
    return redirect("recording_text", recording.event.slug, recording.slug, kind, language)


def tell(request: HttpRequest, cues: list[vtt.Cue]) -> None:
    """What was saved, and what is allowed but seldom meant."""
    count = len(cues)
    saved = ngettext("%(count)d text is saved.", "%(count)d texts are saved.", count)
    messages.success(request, saved % {"count": count})
    if pairs := list(vtt.overlaps(cues)):
        overlaps = ngettext(
            "At %(time)s two texts overlap; they stand above each other.",
            "%(count)d times texts overlap, first at %(time)s; they stand above each other.",
            len(pairs),
        )
        time = timecode(pairs[0][1].start)
        messages.warning(request, overlaps % {"count": len(pairs), "time": time})


def show(
    request: HttpRequest,
    recording: Recording,
    kind: str,
    language: str,
    form: TextForm,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The editor; after a refusal, saving once more replaces what is there."""
    track = recording.tracks.filter(kind=kind, language=language).first()
    line = form.line
    if refusal:
        form = TextForm(initial=form.shown(track.version if track else 0))
    context = {
        "event": recording.event,
        "recording": recording,
        "track": track,
        "kind": kind,
        "language": language,
        "heading": TextTrack(kind=kind, language=language),
        "form": form,
        "line": line,
        "refusal": refusal,
    }
    return render(request, "conference/recording_text.html", context, status=status)
