from __future__ import annotations

import logging
import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.refusal import Refusal
from conference import speech, vtt
from conference.models.text_track import TextTrack

if TYPE_CHECKING:
    from conference.models.recording import Recording

logger = logging.getLogger(__name__)


class CannotHear(Refusal):
    status = 409


class Recognition(models.Model):
    """Somebody asked a machine to write captions; it goes when they are there as a draft."""

    recording = models.ForeignKey(
        "conference.Recording", models.CASCADE, related_name="recognitions"
    )
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    asked_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("speech recognition")
        verbose_name_plural = _("speech recognitions")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["recording", "language"], name="one_recognition_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recording} ({self.get_language_display()})"

    @classmethod
    def ask(cls, recording: Recording, language: str) -> None:
        """Again is fine. Raises ``CannotHear``."""
        from conference.tasks import recognise  # it imports the models in turn

        if not speech.is_there():
            raise CannotHear(_("There is no speech model on this machine."))
        if recording.film is None:
            raise CannotHear(_("There is no film yet."))
        if recording.tracks.filter(kind=TextTrack.Kind.CAPTIONS, language=language).exists():
            raise CannotHear(_("There are captions in this language already."))
        recognition, _is_new = cls.objects.update_or_create(
            recording=recording,
            language=language,
            defaults={"asked_at": clock.now(), "failed_at": None, "failure": ""},
        )
        transaction.on_commit(partial(recognise.enqueue, recognition.pk))

    def run(self) -> None:
        """Write the draft; takes minutes. What somebody wrote meanwhile stays."""
        with translation.override(self.recording.event.language):
            try:
                cues = self._hear()
            except speech.SpeechError as error:
                self._fail(str(error))
                return
            except Exception:
                self._fail(str(_("Something went wrong with us.")))
                logger.exception("Speech recognition of %s failed.", self.recording)
                return
        with transaction.atomic():
            self.recording.tracks.get_or_create(
                kind=TextTrack.Kind.CAPTIONS,
                language=self.language,
                defaults={"body": vtt.write(cues), "drafted_at": clock.now()},
            )
            self.delete()

    def _hear(self) -> list[vtt.Cue]:
        film = self.recording.film
        if film is None:
            raise speech.SpeechError(_("There is no film yet."))
        with TemporaryDirectory() as directory:
            local = Path(directory) / "film.mp4"
            file = film.file("film.mp4")
            with file.storage.open(str(file.name), "rb") as source, local.open("wb") as target:
                shutil.copyfileobj(source, target)
            return speech.hear(local, self.language)

    def _fail(self, failure: str) -> None:
        self.failed_at, self.failure = clock.now(), failure
        self.save(update_fields=["failed_at", "failure"])
