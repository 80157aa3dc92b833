from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.refusal import Refusal
from conference.models.video import Video
from conference.signatures import is_film
from conference.storage import clear_folder, clear_strays, free_space

if TYPE_CHECKING:
    from conference.models.person import Person
    from conference.models.recording import Recording

PIECE = 4 * 2**20  # bytes at most; each is in memory once
KEPT_FOR = timedelta(days=2)  # after its last piece
AT_ONCE = 30 * 2**20  # bytes of a plain form, as much as proxies let through
# Room for the film itself, for what is made of it, and for everybody else.
ROOM = 3
SPARE = 2**30  # bytes


class TooLarge(Refusal):
    status = 413


class NoRoom(Refusal):
    status = 507


class NoFilm(Refusal):
    status = 415


class WrongOffset(Refusal):
    """These bytes are not the next ones: the client asks which are, and goes on there."""

    status = 409


class UploadQuerySet(models.QuerySet["Upload"]):
    def kept(self) -> UploadQuerySet:
        return self.filter(touched_at__gt=clock.now() - KEPT_FOR)

    def unfinished(self) -> UploadQuerySet:
        return self.kept().filter(offset__lt=F("size"))

    def tidy(self) -> None:
        """Forget those that nobody has gone on with, and those that are put together."""
        for upload in self.filter(touched_at__lte=clock.now() - KEPT_FOR):
            if upload.video is None or upload.video.source:
                upload.remove()
        known = {upload.folder for upload in self.all()}
        clear_strays("uploads", known, KEPT_FOR)


class Upload(models.Model):
    """A film on its way here, in pieces (tus 1.0.0), until a ``Video`` has put it together.

    Each piece is an object of its own in the storage: nothing is ever appended to, which
    object stores cannot do. The row stays for a while, for clients that have missed the end.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    recording = models.ForeignKey(
        "conference.Recording", models.CASCADE, related_name="uploads"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Video.Kind)
    person = models.ForeignKey(
        "conference.Person", models.CASCADE, related_name="uploads", verbose_name=_("person")
    )
    filename = models.CharField(_("name of the file"), max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    offset = models.PositiveBigIntegerField(_("bytes that are here"), default=0)
    pieces = models.JSONField(_("pieces"), default=list)
    touched_at = models.DateTimeField(_("last piece at"), default=clock.now)
    video = models.OneToOneField(
        Video, models.SET_NULL, null=True, blank=True, related_name="upload"
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["touched_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__lte=F("size")) & Q(size__gt=0), name="upload_within_size"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} · {self.recording}"

    @property
    def folder(self) -> str:
        return f"uploads/{self.pk.hex}"

    @property
    def percent(self) -> int:
        return self.offset * 100 // self.size

    @property
    def expires_at(self) -> datetime:
        return self.touched_at + KEPT_FOR

    @classmethod
    def begin(
        cls, recording: Recording, kind: str, person: Person, *, size: int, filename: str
    ) -> Upload:
        """Instead of the person's earlier one, if that is unfinished.

        Raises ``NoFilm``, ``TooLarge`` or ``NoRoom``.
        """
        upload = cls(
            recording=recording, kind=kind, person=person, size=size, filename=filename
        )
        upload.check_size()
        uploads = cls.objects.filter(recording=recording, kind=kind, person=person)
        for earlier in uploads.filter(offset__lt=F("size")):
            earlier.remove()
        upload.save()
        return upload

    @classmethod
    def hand_in(
        cls, recording: Recording, kind: str, person: Person, file: File[bytes], filename: str
    ) -> None:
        """All at once; raises as ``begin`` and ``take`` do."""
        if file.size > AT_ONCE:
            raise TooLarge(
                _("Without JavaScript a film may have at most %(most)s.")
                % {"most": gigabytes(AT_ONCE)}
            )
        upload = cls.begin(recording, kind, person, size=file.size, filename=filename)
        for piece in file.chunks(PIECE):
            upload.take(upload.offset, piece)

    def check_size(self) -> None:
        """Raises ``TooLarge`` or ``NoRoom``, before the first byte is on its way."""
        if self.size <= 0:
            raise NoFilm(_("This file is empty."))
        if self.size > settings.VIDEO_UPLOAD_MAX:
            raise TooLarge(
                _("This film is too large: please export it with at most %(most)s.")
                % {"most": gigabytes(settings.VIDEO_UPLOAD_MAX)}
            )
        free = free_space()
        if free is not None and free < self.size * ROOM + SPARE:
            raise NoRoom(
                _("There is not enough room on the server just now. Please write to us.")
            )

    def take(self, offset: int, piece: bytes) -> None:
        """Keep the next piece; with the last one the work on the film begins.

        Raises ``WrongOffset``, ``NoFilm`` or ``TooLarge``.
        """
        if offset != self.offset:
            raise WrongOffset(_("This part of the file is here already."))
        end = offset + len(piece)
        if end > self.size:
            raise TooLarge(_("The file has become larger meanwhile. Please start anew."))
        if offset == 0 and not is_film(piece, with_sound=self.kind == Video.Kind.DESCRIBED):
            raise NoFilm(_("This file is no video. Please choose one, best as MP4."))
        name = default_storage.save(f"{self.folder}/{offset:015}", ContentFile(piece))
        fields = {"offset": end, "pieces": [*self.pieces, name], "touched_at": clock.now()}
        if not Upload.objects.filter(pk=self.pk, offset=offset).update(**fields):
            default_storage.delete(name)  # the same piece came twice at once
            raise WrongOffset(_("This part of the file is here already."))
        self.refresh_from_db()
        if self.offset == self.size:
            self.complete()

    @transaction.atomic
    def complete(self) -> None:
        """Its film takes the place of those that are not ready yet."""
        for earlier in self.recording.videos.filter(kind=self.kind, ready_at=None):
            earlier.remove()
        self.video = Video.objects.create(
            recording=self.recording,
            kind=self.kind,
            filename=self.filename,
            uploaded_at=clock.now(),
        )
        self.save(update_fields=["video"])
        self.video.process_soon()

    def remove(self) -> None:
        self.clear()
        self.delete()

    def clear(self) -> None:
        clear_folder(self.folder)


def gigabytes(size: int) -> str:
    return f"{size / 2**30:g} GB" if size >= 2**30 else f"{size / 2**20:g} MB"
