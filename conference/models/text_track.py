from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from conference import vtt

LARGEST = 2**20  # letters


def check_text(body: str) -> None:
    """Raises ``ValidationError`` with the line of the mistake."""
    if len(body) > LARGEST:
        raise ValidationError(_("A text with times has at most 1 MB."))
    try:
        vtt.parse(body.encode())
    except vtt.VttError as error:
        raise ValidationError(str(error)) from None


class TextTrack(models.Model):
    """A text with times, as WebVTT: what is said, or the chapters."""

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
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

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
    def cues(self) -> list[vtt.Cue]:
        """None where it cannot be read: the video goes without."""
        try:
            return vtt.parse(self.body.encode())
        except vtt.VttError:
            return []
