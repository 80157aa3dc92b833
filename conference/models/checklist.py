"""What a recording needs so that everybody can watch it, and what of it is there."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conference.models.text_track import TextTrack
from conference.models.video import Video

if TYPE_CHECKING:
    from conference.models.recording import Recording, RecordingQuerySet


class State(StrEnum):
    DONE = "done"
    SOON = "soon"  # there, but ends
    MISSING = "missing"


class Item(NamedTuple):
    """One thing; ``word`` says how it stands, for people."""

    label: str
    state: State
    word: str

    @property
    def is_open(self) -> bool:
        return self.state != State.DONE


def with_checklist(recordings: RecordingQuerySet) -> RecordingQuerySet:
    """All that ``items_of`` asks, in four queries however many there are."""
    return recordings.prefetch_related(
        "speakers",
        "videos",
        Prefetch("tracks", TextTrack.objects.defer("body")),
        "consents",
    )


def items_of(recording: Recording) -> list[Item]:
    has_captions = _captions(recording)
    return [
        _film(recording),
        has_captions,
        has_captions._replace(label=_("Transcript")),
        _there(_("Sign language (DGS)"), recording.video_of(Video.Kind.SIGNED)),
        _there(_("Description"), recording.description.strip()),
        _there(_("Picture of the preview"), recording.poster),
        _consents(recording),
    ]


def missing_of(items: Iterable[Item]) -> int:
    return sum(item.is_open for item in items)


def _there(label: str, what: object) -> Item:
    if what:
        return Item(label, State.DONE, _("there"))
    return Item(label, State.MISSING, _("missing"))


def _film(recording: Recording) -> Item:
    label = _("Film")
    films = [video for video in recording.videos.all() if video.kind == Video.Kind.FILM]
    if films and not recording.film:
        failed = films[-1].failed_at
        word = _("could not be processed") if failed else _("is being processed")
        return Item(label, State.MISSING, word)
    return _there(label, recording.film)


def _captions(recording: Recording) -> Item:
    label, kind = _("Captions"), TextTrack.Kind.CAPTIONS
    tracks = [track for track in recording.tracks.all() if track.kind == kind]
    if tracks and all(track.is_draft for track in tracks):
        return Item(label, State.MISSING, _("to be checked"))
    return _there(label, tracks)


def _consents(recording: Recording) -> Item:
    label = _("Consent")
    speakers = {speaker.pk for speaker in recording.speakers.all()}
    consents = [one for one in recording.consents.all() if one.speaker_id in speakers]
    if not speakers:
        return Item(label, State.MISSING, _("nobody is named"))
    if any(one.is_ended for one in consents):
        return Item(label, State.MISSING, _("ended: not shown any more"))
    if lacking := len(speakers) - len(consents):
        word = ngettext("%(count)d is missing", "%(count)d are missing", lacking)
        return Item(label, State.MISSING, word % {"count": lacking})
    if soon := sorted(one.ends_on for one in consents if one.ends_soon and one.ends_on):
        word = _("ends on %(day)s") % {"day": date_format(soon[0], "SHORT_DATE_FORMAT")}
        return Item(label, State.SOON, word)
    return Item(label, State.DONE, _("there"))
