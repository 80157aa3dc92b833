from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.fields.files import FieldFile
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from chat import clock
from conference.films import FilmError, Made, make_film, make_sound
from conference.storage import clear_folder, clear_strays

WORKSHOP = "fachtag-film-"  # temporary directories of this name belong to one try
# A film whose workers die again and again kills them, perhaps by its size.
MOST_TRIES = 5
MADE = 0.9  # the part of the progress when all is made, and has to be put into the storage
# What a dead try has left is nobody's after so long.
LEFT_AFTER = timedelta(days=1)


class Superseded(Exception):  # noqa: N818 - nothing is wrong
    """Somebody else works on the film by now, or it was taken away."""


class VideoQuerySet(models.QuerySet["Video"]):
    def tidy(self) -> None:
        """Delete films that newer ones have replaced, and what dead tries have left."""
        for video in self.exclude(ready_at=None).order_by("pk"):
            newer = self.filter(recording=video.recording_id, kind=video.kind, pk__gt=video.pk)
            if newer.exclude(ready_at=None).exists():
                video.remove()
        clear_strays("recordings", set(self.values_list("folder", flat=True)), LEFT_AFTER)
        sources = {name.rpartition("/")[0] for name in self.values_list("source", flat=True)}
        clear_strays("sources", sources, LEFT_AFTER)
        for workshop in Path(gettempdir()).glob(f"{WORKSHOP}*"):
            if workshop.stat().st_mtime < time.time() - LEFT_AFTER.total_seconds():
                shutil.rmtree(workshop, ignore_errors=True)


def new_folder() -> str:
    """Where nobody else writes, and nobody guesses."""
    return f"recordings/{uuid4().hex}"


def new_source() -> str:
    """Where an original lies, alone in its folder, which goes with it."""
    return f"sources/{uuid4().hex}/original"


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

    class State(models.TextChoices):
        """What became of it; in the database it is dates."""

        WAITING = "waiting", _("waits to be worked on")
        WORKING = "working", _("is being worked on")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    recording = models.ForeignKey(
        "conference.Recording",
        models.CASCADE,
        related_name="videos",
        verbose_name=_("recording"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.FILM)
    source = models.FileField(_("original"), max_length=200, blank=True)
    filename = models.CharField(_("name of the file"), max_length=200, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    started_at = models.DateTimeField(_("being worked on since"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
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

    objects = VideoQuerySet.as_manager()

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
    def state(self) -> State:
        if self.ready_at:
            return self.State.READY
        if self.failed_at:
            return self.State.FAILED
        return self.State.WORKING if self.started_at else self.State.WAITING

    @property
    def seconds(self) -> float:
        return self.duration.total_seconds() if self.duration else 0.0

    def file(self, name: str) -> FieldFile:
        """One of those in its folder, such as ``film.mp4`` or ``720/00003.m4s``."""
        return FieldFile(self, self.source.field, f"{self.folder}/{name}")

    # -- taking away

    def remove(self) -> None:
        """With its files, which go a little later."""
        from conference.tasks import clear_folders  # it imports the models in turn

        folders = [self.folder, self.source.name.rpartition("/")[0] if self.source.name else ""]
        self.delete()
        transaction.on_commit(partial(clear_folders.enqueue, [*filter(None, folders)]))

    # -- making

    def process_soon(self) -> None:
        from conference.tasks import process_video  # it imports the models in turn

        transaction.on_commit(partial(process_video.enqueue, self.pk))

    def process(self) -> None:
        """Make what people watch of what was handed in; may take hours. Again is fine.

        A file that cannot be read, and a recording that is gone meanwhile, are no errors.
        """
        if self.is_ready or not self._claim():
            return
        with translation.override(self.recording.event.language):
            try:
                if self.tries > MOST_TRIES:
                    raise FilmError(WAS_KILLED)
                with TemporaryDirectory(prefix=WORKSHOP) as workshop:
                    self._make(Path(workshop))
            except Superseded:
                return
            except FilmError as error:
                self._fail(str(error))
            except Exception:
                self._fail(str(OUR_FAULT))
                raise

    def _claim(self) -> bool:
        """Begin a try, if nobody else has begun one since this row was read."""
        claim = Video.objects.filter(pk=self.pk, tries=self.tries, ready_at=None)
        is_ours = claim.update(
            tries=F("tries") + 1,
            started_at=clock.now(),
            progress=0,
            failed_at=None,
            failure="",
        )
        self.refresh_from_db()
        return bool(is_ours)

    def _make(self, workshop: Path) -> None:
        source, target = workshop / "source", workshop / "made"
        target.mkdir()
        self._fetch(source)
        make = make_sound if self.kind == self.Kind.DESCRIBED else make_film
        made = make(source, target, self._progress(lambda part: part * MADE))
        folder = new_folder()
        try:
            self._store(target, folder)
            self._publish(folder, made)
        except BaseException:
            clear_folder(folder)
            raise

    def _fetch(self, path: Path) -> None:
        """From the storage; pieces that were uploaded are put together for it at first."""
        if not self.source:
            self._put_together(path)
            return
        with self.source.open("rb") as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 2**20)

    def _put_together(self, path: Path) -> None:
        upload = self.upload
        with path.open("wb") as target:
            for piece in upload.pieces:
                with default_storage.open(piece, "rb") as source:
                    shutil.copyfileobj(source, target, 2**20)
        with path.open("rb") as whole:
            name = default_storage.save(new_source(), File(whole))
        if not self._mine.update(source=name):
            clear_folder(name.rpartition("/")[0])
            raise Superseded
        self.source.name = name
        upload.clear()

    def _store(self, target: Path, folder: str) -> None:
        files = [path for path in sorted(target.rglob("*")) if path.is_file()]
        tell = self._progress(lambda part: MADE + (0.99 - MADE) * part)
        for number, path in enumerate(files, 1):
            with path.open("rb") as file:
                name = f"{folder}/{path.relative_to(target).as_posix()}"
                default_storage.save(name, File(file))
            tell(number / len(files))

    @transaction.atomic
    def _publish(self, folder: str, made: Made) -> None:
        fields = made._asdict() | {"duration": timedelta(seconds=made.duration)}
        ready = {"folder": folder, "ready_at": clock.now(), "progress": 100}
        if not self._mine.update(**fields, **ready):
            raise Superseded
        self.refresh_from_db()
        if self.kind == self.Kind.FILM:
            self.recording.take_over(self)

    def _fail(self, words: str) -> None:
        self._mine.update(failed_at=clock.now(), failure=words)

    @property
    def _mine(self) -> models.QuerySet[Video]:
        """Its row, for as long as nobody else has begun."""
        return Video.objects.filter(pk=self.pk, tries=self.tries)

    def _progress(self, scale: Callable[[float], float]) -> Callable[[float], None]:
        """Writes it down once a second at most; raises ``Superseded``."""
        written_at = 0.0

        def tell(part: float) -> None:
            nonlocal written_at
            if time.monotonic() - written_at < 1:
                return
            written_at = time.monotonic()
            percent = min(99, max(0, int(scale(part) * 100)))
            if not self._mine.update(progress=percent):
                raise Superseded

        return tell


OUR_FAULT = _(
    "Something went wrong on our side, not with your file. It is tried again by itself; if "
    "this still stands here in an hour, please write to us."
)
WAS_KILLED = _(
    "The work on this film broke off several times. Perhaps it is too large for this machine: "
    "please hand in a smaller version, or write to us."
)
