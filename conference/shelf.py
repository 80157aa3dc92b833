"""Where one kind of a recording's films stands: what is shown, and what is to replace it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from chat.refusal import Refusal
from conference.models import Person, Recording, Upload, Video

Kind = Video.Kind
HINTS = {
    Kind.FILM: _("The recording itself, with picture and sound."),
    Kind.SIGNED: _("A film of the interpreter, as long as the recording; it runs beside it."),
    Kind.DESCRIBED: _("The sound with a voice that describes what is to be seen."),
    Kind.EASY: _("A version of its own, in easy language."),
}


class Shelf(NamedTuple):
    kind: Video.Kind
    ready: Video | None
    coming: Video | None  # handed in after it: waits, is worked on, or has failed
    upload: Upload | None  # the reader's own, unfinished
    refusal: Refusal | None = None

    @classmethod
    def of(
        cls,
        recording: Recording,
        person: Person | AnonymousUser,
        refusals: Mapping[str, Refusal] = MappingProxyType({}),
    ) -> dict[str, Shelf]:
        """One for each kind; ``refusals`` says which was not taken just now, and why."""
        mine = Upload.objects.unfinished().filter(recording=recording, person=person.pk)
        uploads = {upload.kind: upload for upload in mine}
        shelves = {}
        for kind in Kind:
            newest = [one for one in recording.videos.all() if one.kind == kind][-1:]
            coming = newest[0] if newest and not newest[0].is_ready else None
            ready, upload = recording.video_of(kind), uploads.get(kind)
            shelves[str(kind)] = cls(kind, ready, coming, upload, refusals.get(kind))
        return shelves

    @property
    def hint(self) -> str:
        return str(HINTS[self.kind])

    @property
    def accepts(self) -> str:
        """What the file dialogue offers."""
        return "video/*,audio/*" if self.kind == Kind.DESCRIBED else "video/*"
