from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.refusal import Refusal
from conference import vtt

if TYPE_CHECKING:
    from conference.models.person import Person
    from conference.models.recording import Recording

LARGEST = 2**20  # letters


class ChangedMeanwhile(Refusal):
    """Somebody else saved this text while it was being edited."""

    status = 409


def check_text(body: str) -> None:
    """Raises ``ValidationError`` with the line of the mistake."""
    if len(body) > LARGEST:
        raise ValidationError(_("A text with times has at most 1 MB."))
    try:
        vtt.parse(body)
    except vtt.VttError as error:
        raise ValidationError(str(error)) from None


class TextTrackQuerySet(models.QuerySet["TextTrack"]):
    def shown(self) -> TextTrackQuerySet:
        """Without what a machine heard and nobody has checked."""
        return self.filter(drafted_at=None)


class TextTrack(models.Model):
    """A text with times, as WebVTT: what is said, or the chapters.

    ``version`` grows with each change, so that two who edit do not overwrite each other.
    """

    class Kind(models.TextChoices):
        CAPTIONS = "captions", _("Captions")
        CHAPTERS = "chapters", _("Chapters")

    recording = models.ForeignKey(
        "conference.Recording",
        models.CASCADE,
        related_name="tracks",
        verbose_name=_("recording"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CAPTIONS)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )
    body = models.TextField(_("text as WebVTT"), validators=[check_text])
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=clock.now, editable=False)
    changed_by = models.ForeignKey(
        "conference.Person", models.SET_NULL, null=True, related_name="+", editable=False
    )
    drafted_at = models.DateTimeField(
        _("written by a machine at, and not checked since"), null=True, editable=False
    )

    objects = TextTrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("text with times")
        verbose_name_plural = _("texts with times")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["recording", "kind", "language"], name="one_text_of_kind_and_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_language_display()})"

    @property
    def is_draft(self) -> bool:
        return self.drafted_at is not None

    @property
    def cues(self) -> list[vtt.Cue]:
        """None where it cannot be read: the video goes without."""
        try:
            return vtt.parse(self.body)
        except vtt.VttError:
            return []

    @property
    def transcript(self) -> str:
        """What is said, as plain text: a paragraph whenever somebody else speaks."""
        paragraphs: list[str] = []
        voice = ""
        for cue in self.cues:
            if paragraphs and cue.voice in ("", voice):
                paragraphs[-1] += f" {cue.text}"
            else:
                paragraphs.append(f"{cue.voice}: {cue.text}" if cue.voice else cue.text)
                voice = cue.voice
        return "\n\n".join(paragraphs) + "\n"

    @classmethod
    def keep(
        cls,
        recording: Recording,
        kind: str,
        language: str,
        body: str,
        *,
        seen: int,
        by: Person,
        is_checked: bool = True,
    ) -> None:
        """Save what somebody made of the version that they had ``seen``; 0 for none.

        A draft stays one until somebody says that they have checked it. Raises
        ``ChangedMeanwhile``.
        """
        change = {"body": body, "changed_at": clock.now(), "changed_by": by}
        there = cls.objects.filter(recording=recording, kind=kind, language=language)
        if seen:
            checked = {"drafted_at": None} if is_checked else {}
            change |= {"version": F("version") + 1, **checked}
            if there.filter(version=seen).update(**change):
                return
        else:
            try:
                with transaction.atomic():
                    there.create(recording=recording, kind=kind, language=language, **change)
                    return
            except IntegrityError:
                pass
        raise ChangedMeanwhile(in_words(there.select_related("changed_by").first(), recording))


def in_words(track: TextTrack | None, recording: Recording) -> str:
    """What happened to the text while somebody edited it."""
    if track is None:
        return gettext(
            "This text was deleted while you were editing it. Yours is not saved yet."
        )
    sentence = gettext(
        "%(name)s saved this text at %(time)s, before you. Yours is not saved yet."
    )
    at = track.changed_at.astimezone(recording.event.zone)
    name = track.changed_by or gettext("Somebody")
    return sentence % {"name": name, "time": date_format(at, "TIME_FORMAT")}
