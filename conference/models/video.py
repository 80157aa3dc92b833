from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _


def new_folder() -> str:
    """Where nobody else writes, and nobody guesses."""
    return f"recordings/{uuid4().hex}"


class Video(models.Model):
    """One film of a recording, made from one upload.

    What is made of it lies in ``folder``, a new one for each try, which is set together with
    ``ready_at``: so nothing half-made is ever visible. There: ``film.mp4`` (plain, at most 720
    lines), ``poster.webp``, ``sprite.webp``, and for each of the ``renditions``
    ``<name>/init.mp4`` and ``<name>/00000.m4s`` and so on; for an audio description
    ``sound.m4a`` and no pictures.
    """

    class Kind(models.TextChoices):
        FILM = "film", _("Film")
        SIGNED = "signed", _("Sign language (DGS)")
        DESCRIBED = "described", _("Audio description")
        EASY = "easy", _("Easy language")

    recording = models.ForeignKey(
        "conference.Recording",
        models.CASCADE,
        related_name="videos",
        verbose_name=_("recording"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.FILM)
    source = models.FileField(_("original"), upload_to="sources/", blank=True)
    filename = models.CharField(_("name of the file"), max_length=200, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    started_at = models.DateTimeField(_("being worked on since"), null=True, blank=True)
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    ready_at = models.DateTimeField(_("ready since"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    failure = models.TextField(_("why it failed"), blank=True)
    folder = models.CharField(_("folder"), max_length=100, blank=True)
    duration = models.DurationField(_("length"), null=True, blank=True)
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)
    has_sound = models.BooleanField(_("has sound"), default=True)
    renditions = models.JSONField(_("renditions"), default=list, blank=True)
    sprite = models.JSONField(_("pictures of the timeline"), null=True, blank=True)

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="video_progress"),
            models.CheckConstraint(
                condition=Q(ready_at=None) ^ ~Q(folder=""), name="video_ready_has_folder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.recording}"

    @property
    def is_ready(self) -> bool:
        return self.ready_at is not None

    @property
    def seconds(self) -> float:
        return self.duration.total_seconds() if self.duration else 0.0

    def file(self, name: str) -> FieldFile:
        """One of those in its folder, such as ``film.mp4`` or ``720/00003.m4s``."""
        return FieldFile(self, self.source.field, f"{self.folder}/{name}")
